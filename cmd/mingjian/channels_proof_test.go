package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"syscall"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// finish ends the load and has everything arrive.
func (c *channels) finish() {
	c.Helper()
	c.stop(syscall.SIGTERM)
	c.platform.settle()
	c.start()
}

// prove compares what each consumer has with the producer.
func (c *channels) prove() {
	c.Helper()
	all := append(c.consumers(), c.late())
	for _, f := range c.followed {
		all = append(all, f.whole())
	}
	released := c.pulse.count("release")
	for _, r := range all {
		c.equal(r, released)
		c.Log(r)
	}
	c.alike()
	c.rowsEqual()
	c.stop(syscall.SIGTERM)
	c.inLog()
	c.run("verify", "--data", c.data)
	k := c.caller
	c.Logf("%d kills; %d writes acknowledged; %d attempts made again: %s", c.kills, len(k.acked), k.retried, tallied(k.failed))
	if k.retried == 0 {
		c.Error("no attempt failed: there was no chaos")
	}
}

// equal demands that a consumer has what the producer released, no more and no less.
func (c *channels) equal(r *receiver, released int) {
	c.Helper()
	for _, fault := range r.faults {
		c.Error(fault)
	}
	var head struct{ Sequence, Chain, Head string }
	fetch(c.T, fmt.Sprintf("http://%s/v1/feed/head?at=%d", c.address, r.through), &head)
	if got := hex.EncodeToString(r.digest[:]); head.Chain != got || head.Sequence != head.Head || head.Head != strconv.Itoa(released) {
		c.Errorf("%s has %d releases and the digest %s; the producer %+v; %d were made", r.name, r.through, got, head, released)
	}
	if len(r.items) != released {
		c.Errorf("%s has %d releases, %d were made", r.name, len(r.items), released)
	}
}

// alike demands that a release has one id, by whichever channel it came as a message.
func (c *channels) alike() {
	c.Helper()
	for n, id := range c.brokered.ids {
		if id != "" && c.pushed.ids[n] != id {
			c.Errorf("release %d is %s on the broker and %s as a webhook", n, id, c.pushed.ids[n])
		}
	}
}

// rowsEqual compares the rows that went out as files with the producer's, and what it booked with what the platform said.
func (c *channels) rowsEqual() {
	c.Helper()
	p := c.platform
	for _, fault := range p.faults {
		c.Error(fault)
	}
	for _, kind := range rowKinds() {
		rows, head := c.rows(kind)
		if got := fmt.Sprintf("%x", p.digest[kind]); head.Chain != got && len(p.rows[kind]) > 0 || head.Number != strconv.Itoa(len(p.rows[kind])) || len(rows) != len(p.rows[kind]) {
			c.Errorf("the platform has %d rows of %s and the digest %s; the producer %+v and %d", len(p.rows[kind]), kind, got, head, len(rows))
			continue
		}
		counts := map[string]int{}
		for n, row := range rows {
			counts[row.Status]++
			if want := p.said[kind][uint64(n+1)]; row.Item != p.rows[kind][n] || row.Status != want { //nolint:gosec // some hundreds
				c.Errorf("row %d of %s is %s at the producer, the platform said %q of\n%s", n+1, kind, row.Status, want, p.rows[kind][n])
			}
		}
		c.Logf("files: %d rows of %s, digest %.12s…: %s", len(rows), kind, head.Chain, tallied(counts))
	}
	c.Logf("files: %d batches, %d receipts put there twice", len(p.seen), p.twice)
}

type rowTold struct{ Number, Item, Status string }

type rowsHead struct{ Number, Chain string }

// rows are the producer's rows of a kind.
func (c *channels) rows(kind string) (all []rowTold, head rowsHead) {
	c.Helper()
	for {
		path := fmt.Sprintf("/v1/delivery-rows/credit_china/%s?pageSize=500&afterNumber=%d", kind, len(all))
		answer, err := c.people["platform"].call(c.Context(), http.MethodGet, path, nil, nil)
		var page struct {
			Rows []rowTold
			Head rowsHead
		}
		if err == nil {
			err = json.Unmarshal(answer, &page)
		}
		if err != nil {
			c.Fatal(err)
		}
		all, head = append(all, page.Rows...), page.Head
		if len(page.Rows) == 0 {
			return all, head
		}
	}
}

// inLog finds every acknowledged command in the log once, every row's sending once, and every verdict once.
func (c *channels) inLog() {
	c.Helper()
	conf := config{Data: c.data}
	store, err := conf.openEvents(c.Context(), true)
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = store.Close() }() // it was read
	var records []es.Record
	for batch, err := range store.Follow(c.Context(), es.Position{}) {
		if err != nil {
			c.Fatal(err)
		}
		records = append(records, batch.Records...)
		if batch.CaughtUp {
			break
		}
	}
	at, events, faults := commandsOf(records)
	faults = append(faults, unkept(c.caller.acked, c.tokens, at, events)...)
	type of struct{ kind, number string }
	sent, answered := map[of]int{}, map[of]int{}
	for _, rec := range records {
		var e struct{ Number json.Number }
		switch rec.Type {
		case "mingjian.delivery.submitted.v1", "mingjian.delivery.accepted.v1", "mingjian.delivery.rejected.v1":
			if err := json.Unmarshal(rec.Data, &e); err != nil {
				c.Fatal(err)
			}
			kind := kindOfDelivery(rec.Stream.ID)
			if rec.Type == "mingjian.delivery.submitted.v1" {
				sent[of{kind, e.Number.String()}]++
			} else {
				answered[of{kind, e.Number.String()}]++
			}
		}
	}
	rows := 0
	for _, kind := range rowKinds() {
		for n := range c.platform.said[kind] {
			rows++
			if row := (of{kind, strconv.FormatUint(n, 10)}); sent[row] != 1 || answered[row] != 1 {
				faults = append(faults, fmt.Sprintf("row %d of %s was recorded as sent %d times, and answered %d times", n, kind, sent[row], answered[row]))
			}
		}
	}
	if len(sent) != rows || len(answered) != rows {
		faults = append(faults, fmt.Sprintf("%d rows were sent and %d answered, the platform has %d", len(sent), len(answered), rows))
	}
	for _, fault := range faults {
		c.Error(fault)
	}
	c.Logf("%d events of %d commands", len(records), len(events))
}

// kindOfDelivery is penalty or licence: a delivery is named PLATFORM.KIND.RECORD.
func kindOfDelivery(id string) string {
	for _, kind := range rowKinds() {
		if len(id) > len("credit_china.")+len(kind) && id[len("credit_china."):len("credit_china.")+len(kind)] == kind {
			return kind
		}
	}
	return ""
}

// late reads the broker from its first message on, as a consumer that comes late.
func (c *channels) late() *receiver {
	c.Helper()
	conn, err := nats.Connect(c.nats.URL())
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		c.Fatal(err)
	}
	kept, err := streamed(c.Context(), js, "MINGJIAN_V1_PUBLIC")
	if err != nil {
		c.Fatal(err)
	}
	r := newReceiver("broker-late", c.dir, c.pulse)
	for _, m := range kept {
		r.take(m.Data, m.ID)
	}
	return r
}
