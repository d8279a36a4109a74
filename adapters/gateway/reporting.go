package gateway

import (
	"bytes"
	"context"
	"net/http"

	"google.golang.org/grpc"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// reportingProof serves the list of a month's decisions as the file that it is.
func reportingProof(conn grpc.ClientConnInterface) http.Handler {
	client := mingjianv1.NewReportingServiceClient(conn)
	return pieces(reportingHeaders, func(ctx context.Context, r *http.Request) (func() ([]byte, error), error) {
		q := r.URL.Query()
		stream, err := client.ExportReportingProof(ctx, &mingjianv1.ExportReportingProofRequest{
			Month: q.Get("month"), Platform: q.Get("platform"), AuthorityId: q.Get("authority_id"), After: q.Get("after"),
		})
		return func() ([]byte, error) {
			piece, err := stream.Recv()
			return piece.GetChunk(), err
		}, err
	})
}

// reportingReport serves the monthly report as the file that it is.
func reportingReport(conn grpc.ClientConnInterface) http.Handler {
	client := mingjianv1.NewReportingServiceClient(conn)
	return pieces(reportingHeaders, func(ctx context.Context, r *http.Request) (func() ([]byte, error), error) {
		q := r.URL.Query()
		stream, err := client.ExportReportingReport(ctx, &mingjianv1.ExportReportingReportRequest{
			Month: q.Get("month"), Platform: q.Get("platform"), AuthorityId: q.Get("authority_id"), Format: q.Get("format"), After: q.Get("after"),
		})
		return func() ([]byte, error) {
			piece, err := stream.Recv()
			return piece.GetChunk(), err
		}, err
	})
}

// reportingHeaders are those of a file that is kept and is no cache's business. A list begins with a brace, a workbook like an
// archive. The month was taken by the service, so that it holds nothing that a header can't.
func reportingHeaders(h http.Header, r *http.Request, first []byte) {
	kind, ext := "text/csv; charset=utf-8", "csv"
	switch {
	case bytes.HasPrefix(first, []byte("{")):
		kind, ext = "application/x-ndjson", "jsonl"
	case bytes.HasPrefix(first, []byte("PK")):
		kind, ext = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="reporting-`+r.URL.Query().Get("month")+"."+ext+`"`)
	h.Set("Cache-Control", "private, no-store")
}
