package grpcapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// exported is the file that a stream of pieces is.
func (w *matrixWorld) exported(by caller, req proto.Message) ([]byte, error) {
	w.Helper()
	ctx := metadata.AppendToOutgoingContext(w.Context(), grpcapi.KeyAuthorization, "Bearer "+by.token())
	m := methodOf(req)
	stream, err := w.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, fullName(m))
	if err == nil {
		err = errors.Join(stream.SendMsg(req), stream.CloseSend())
	}
	if err != nil {
		return nil, err
	}
	var out []byte
	for {
		piece := &mingjianv1.ExportReturnResponse{} // all have the same shape
		raw, ok := map[string]proto.Message{
			"ExportReturn": piece, "DownloadReturn": &mingjianv1.DownloadReturnResponse{}, "ExportAnnualReport": &mingjianv1.ExportAnnualReportResponse{},
			"ExportReportingProof": &mingjianv1.ExportReportingProofResponse{}, "ExportReportingReport": &mingjianv1.ExportReportingReportResponse{},
		}[string(m.Name())]
		if !ok {
			w.Fatalf("%s gives no pieces", m.Name())
		}
		if err := stream.RecvMsg(raw); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out = append(out, raw.(interface{ GetChunk() []byte }).GetChunk()...)
	}
}

// looked is the request with the digest of the form as it is.
func looked[M interface {
	proto.Message
	GetRow() string
	GetPeriod() string
	GetFormat() string
}](set func(M, string), m M) func(*matrixWorld) proto.Message {
	return func(w *matrixWorld) proto.Message {
		w.Helper()
		data, err := w.exported(planner, &mingjianv1.ExportReturnRequest{Row: m.GetRow(), Period: m.GetPeriod(), Format: m.GetFormat()})
		if err != nil {
			w.Fatal(err)
		}
		sum := sha256.Sum256(data)
		out := proto.Clone(m).(M)
		set(out, hex.EncodeToString(sum[:]))
		return out
	}
}

// foodReturn is a world in which a food sample is recorded, and perhaps its return delivered.
func foodReturn(w *matrixWorld) { sampledProducts(w) }

func deliveredReturn(w *matrixWorld) {
	foodReturn(w)
	w.do(clerk, &mingjianv1.SubmitReturnRequest{Row: "1", Period: "2026-01", Format: "csv"})
}

func returnCases() map[string]writeCase {
	const foreign, waited = "return.authority.foreign", "it is waited for before the form is made"
	const read = "authority.foreign"
	return map[string]writeCase{
		"OverrideReturnSchedule": {by: planner, given: authorities, foreign: foreign, alter: map[string]string{
			"row": "2", "authority_id": string(otherBureau), "every": "quarter", "covers": "to_due", "roll": "stay", "from": "2026-12-02"},
			req: fixed(&mingjianv1.OverrideReturnScheduleRequest{
				Row: "1", AuthorityId: string(ownBureau), From: "2026-12-01", Every: "month", Day: 20, AfterMonths: 1, Covers: "period", Roll: "later",
				Lines: []string{"food", "餐饮服务"}, WithoutInspectors: true, OverrideBy: "市局条线", CopyTo: "党政办公室", DocumentNo: "1号", Reason: "条线要求"})},
		"SubmitReturn": {by: clerk, given: foodReturn, foreign: read, alter: map[string]string{
			"row": "2", "authority_id": string(otherBureau), "period": "2026-02", "format": "csv", "after": "1"},
			apart: map[string]string{"after": waited},
			req: looked(func(m *mingjianv1.SubmitReturnRequest, digest string) { m.ExpectedDigest = digest },
				&mingjianv1.SubmitReturnRequest{Row: "1", AuthorityId: string(ownBureau), Period: "2026-01", Format: "xlsx", After: "0"})},
		"AmendReturn": {by: clerk, given: deliveredReturn, foreign: read, alter: map[string]string{
			"row": "2", "authority_id": string(otherBureau), "period": "2026-02", "format": "csv", "after": "1"},
			apart: map[string]string{"after": waited},
			req: looked(func(m *mingjianv1.AmendReturnRequest, digest string) { m.ExpectedDigest = digest },
				&mingjianv1.AmendReturnRequest{Row: "1", AuthorityId: string(ownBureau), Period: "2026-01", Format: "xlsx", Reason: "改用工作簿", After: "0"})},
	}
}

func returnReads() map[string]readCase {
	return map[string]readCase{
		"ReturnService/ListReturns": {given: deliveredReturn, shows: always("2026-01"), reqs: asks(
			&mingjianv1.ListReturnsRequest{AuthorityId: string(ownBureau), DueFrom: "2026-01-01"})},
		"ReturnService/GetReturnState": {given: deliveredReturn, shows: always("2026-01"), reqs: asks(
			&mingjianv1.GetReturnStateRequest{Row: "1", AuthorityId: string(ownBureau)})},
		"ReturnService/GetAnnualReport": {given: grantedLicence, shows: always("第二十条"), reqs: asks(
			&mingjianv1.GetAnnualReportRequest{Year: 2026, AuthorityId: string(ownBureau)})},
	}
}
