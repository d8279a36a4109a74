package gateway

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"

	"google.golang.org/grpc"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// files serves the forms of returns as the files that they are; every other path is the next handler's. A pattern of the standard
// router can't end in the middle of a segment.
func files(conn grpc.ClientConnInterface, next http.Handler) http.Handler {
	client := mingjianv1.NewReturnServiceClient(conn)
	export, download := exported(client), downloaded(client)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		row, verb, _ := strings.Cut(r.PathValue("name"), ":")
		r.SetPathValue("row", row)
		switch verb {
		case "export":
			export.ServeHTTP(w, r)
		case "download":
			download.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func exported(client mingjianv1.ReturnServiceClient) http.Handler {
	return pieces(attached, func(ctx context.Context, r *http.Request) (func() ([]byte, error), error) {
		q := r.URL.Query()
		stream, err := client.ExportReturn(ctx, &mingjianv1.ExportReturnRequest{
			Row: r.PathValue("row"), AuthorityId: q.Get("authority_id"), Period: q.Get("period"), Format: q.Get("format"), After: q.Get("after"),
		})
		return func() ([]byte, error) {
			piece, err := stream.Recv()
			return piece.GetChunk(), err
		}, err
	})
}

func downloaded(client mingjianv1.ReturnServiceClient) http.Handler {
	return pieces(attached, func(ctx context.Context, r *http.Request) (func() ([]byte, error), error) {
		q := r.URL.Query()
		stream, err := client.DownloadReturn(ctx, &mingjianv1.DownloadReturnRequest{
			Row: r.PathValue("row"), AuthorityId: q.Get("authority_id"), Period: q.Get("period"), After: q.Get("after"),
		})
		return func() ([]byte, error) {
			piece, err := stream.Recv()
			return piece.GetChunk(), err
		}, err
	})
}

// annualReport serves the counts of a year as a file.
func annualReport(conn grpc.ClientConnInterface) http.Handler {
	client := mingjianv1.NewReturnServiceClient(conn)
	return pieces(attached, func(ctx context.Context, r *http.Request) (func() ([]byte, error), error) {
		q := r.URL.Query()
		year, err := strconv.ParseUint(q.Get("year"), 10, 32)
		if err != nil {
			year = 0 // is refused as what it is: no year
		}
		stream, err := client.ExportAnnualReport(ctx, &mingjianv1.ExportAnnualReportRequest{
			Year: uint32(year), AuthorityId: q.Get("authority_id"), Format: q.Get("format"), After: q.Get("after"),
		})
		return func() ([]byte, error) {
			piece, err := stream.Recv()
			return piece.GetChunk(), err
		}, err
	})
}

// attached are the headers of a file that is kept, not shown, and is no cache's business: what it holds is not all public. A
// workbook is an archive and begins like one.
func attached(h http.Header, r *http.Request, first []byte) {
	kind, ext := "text/csv; charset=utf-8", "csv"
	if bytes.HasPrefix(first, []byte("PK")) {
		kind, ext = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
	}
	name := "annual-report-" + r.URL.Query().Get("year")
	if row := r.PathValue("row"); row != "" {
		name = "return-" + row + "-" + r.URL.Query().Get("period")
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+"."+ext+`"`)
	h.Set("Cache-Control", "private, no-store")
}

// public are the headers of what everybody may read and keep.
func public(kind string) func(http.Header, *http.Request, []byte) {
	return func(h http.Header, _ *http.Request, _ []byte) {
		h.Set("Content-Type", kind)
		h.Set("Cache-Control", "public, no-cache")
	}
}
