package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// deliver gives credit platforms what is public (双公示数据报送) as rows: one that lacks something waits for a person, and the
// platforms accept what they get.
func (d *demonstration) deliver(ctx context.Context) error {
	if len(d.platforms) == 0 {
		return nil
	}
	d.chapter("Rows for credit platforms 双公示数据报送 and their receipts 回执")
	for _, platform := range d.platforms {
		if err := d.complete(ctx, platform); err != nil {
			return err
		}
		for _, kind := range []delivery.Kind{delivery.Penalty, delivery.Licence} {
			if err := d.hand(ctx, platform, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete adds to the licence what no licence says and the platform demands.
func (d *demonstration) complete(ctx context.Context, platform string) error {
	id := delivery.ID(platform, d.results.licensed.disclosure)
	held, err := d.delivered(ctx, id, func(v *viewv1.Delivery) bool { return v != nil })
	if err != nil || held.GetRepresentative() != "" {
		return err
	}
	for _, p := range held.GetProblems() {
		d.line("policy", "holds the licence's row for %s: %s %s", platform, p.GetField(), p.GetRule())
	}
	req := &mingjianv1.RecordDeliveryRepresentativeRequest{DeliveryId: id, Name: representative, Reason: "按登记机关记载"}
	if err := d.clerk.post(ctx, "/v1/deliveries/"+id+":recordRepresentative", req, &mingjianv1.RecordDeliveryRepresentativeResponse{}); err != nil {
		return err
	}
	d.line("clerk", "records the firm's 法定代表人, which no licence says")
	// The policy takes one event after another, so all rows of before are there with this one.
	_, err = d.delivered(ctx, id, func(v *viewv1.Delivery) bool { return v.GetStatus() != string(delivery.WasHeld) })
	return err
}

// delivered waits until a delivery is as it should be; nil is what is not there.
func (d *demonstration) delivered(ctx context.Context, id string, done func(*viewv1.Delivery) bool) (v *viewv1.Delivery, err error) {
	err = eventually(ctx, "wait for the row "+id, func(ctx context.Context) (bool, error) {
		resp := &mingjianv1.ListDeliveriesResponse{}
		err := d.clerk.get(ctx, "/v1/deliveries", url.Values{"authority_id": {bureau}, "page_size": {"1000"}}, resp)
		v = nil
		if i := slices.IndexFunc(resp.GetDeliveries(), func(v *viewv1.Delivery) bool { return v.GetId() == id }); i >= 0 {
			v = resp.GetDeliveries()[i]
		}
		return err == nil && done(v), err
	})
	return v, err
}

// hand reads the rows of a kind, checks their running digest, and hands in what the platform makes of them.
func (d *demonstration) hand(ctx context.Context, platform string, kind delivery.Kind) error {
	path := fmt.Sprintf("/v1/delivery-rows/%s/%s", platform, kind)
	resp := &mingjianv1.ListDeliveryRowsResponse{}
	if err := d.integrator.get(ctx, path, url.Values{"page_size": {"1000"}}, resp); err != nil {
		return err
	}
	running := chain.Chain{}
	send := &mingjianv1.SubmitDeliveryRowsRequest{Platform: platform, Kind: string(kind), Channel: "pull"}
	answer := &mingjianv1.RecordReceiptsRequest{Platform: platform, Kind: string(kind)}
	for _, row := range resp.GetRows() {
		running = running.Next([]byte(row.GetItem()))
		open := row.GetStatus() == string(delivery.WasPrepared)
		if open {
			send.Rows = append(send.Rows, &mingjianv1.SubmittedDeliveryRow{Number: row.GetNumber(), Digest: row.GetDigest()})
		}
		if open || row.GetStatus() == string(delivery.WasSubmitted) {
			answer.Lines = append(answer.Lines, &mingjianv1.DeliveryReceiptLine{Number: row.GetNumber(), Digest: row.GetDigest(), Verdict: "accepted"})
		}
	}
	if running.String() != resp.GetHead().GetChain() {
		return fmt.Errorf("demo: the running digest of %s is %s, not %s", path, running, resp.GetHead().GetChain())
	}
	d.line("integrator", "reads %d rows of %s; their running digest is the ledger's: %s", len(resp.GetRows()), kind, short(running.String()))
	if len(send.GetRows()) > 0 {
		sent := &mingjianv1.SubmitDeliveryRowsResponse{}
		send.Batch = fmt.Sprintf("%s-%s-%d", platform, kind, send.GetRows()[0].GetNumber())
		if err := d.admin.post(ctx, path+":submit", send, sent); err != nil {
			return err
		}
		if err := allTaken(send.GetBatch(), sent.GetResults()); err != nil {
			return err
		}
	}
	return d.receive(ctx, path, answer)
}

// receive hands in a receipt, if it says anything.
func (d *demonstration) receive(ctx context.Context, path string, answer *mingjianv1.RecordReceiptsRequest) error {
	if len(answer.GetLines()) == 0 {
		return nil
	}
	text := strings.Builder{}
	for _, line := range answer.GetLines() {
		fmt.Fprintln(&text, line.GetNumber(), line.GetDigest(), line.GetVerdict())
	}
	sum, taken := sha256.Sum256([]byte(text.String())), &mingjianv1.RecordReceiptsResponse{}
	answer.Receipt = hex.EncodeToString(sum[:])
	if err := d.clerk.post(ctx, path+":receive", answer, taken); err != nil {
		return err
	}
	d.line("clerk", "hands in the receipt: %d rows accepted", len(answer.GetLines()))
	return allTaken("receipt", taken.GetResults())
}
