package policy

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

const samplingCategory = sampling.Category

// sampling makes each document of a published list what the public sees of its result, once the list's last byte has shown
// that all of it is right. It goes on after a fault, so that a second try has less to do.
func (c cause) sampling(ctx context.Context) error {
	if sampling.Codec().Today(c.rec.Type) != (sampling.ResultsPublished{}).EventType() {
		return nil
	}
	event, err := sampling.Codec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	published, _ := event.(sampling.ResultsPublished) // the type says so
	campaign, err := es.Load(ctx, c.Store, sampling.Campaigns, c.rec.Stream.ID)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	for _, err := range c.documents(ctx, published.List.Digest) {
		if err != nil {
			return err
		}
	}
	work := make(chan json.RawMessage)
	faults := make([]error, assigners)
	var running sync.WaitGroup
	for n := range assigners {
		running.Go(func() {
			for document := range work {
				if err := c.show(ctx, campaign.State.Authority, published, document); err != nil {
					faults[n] = err
				}
			}
		})
	}
	var broken error
	for document, err := range c.documents(ctx, published.List.Digest) {
		if broken = err; err != nil {
			break
		}
		work <- document
	}
	close(work)
	running.Wait()
	return cmp.Or(broken, cmp.Or(faults...))
}

// documents yields the documents of a list.
func (c cause) documents(ctx context.Context, digest string) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		list, err := c.Blobs.Open(ctx, digest)
		if err != nil {
			yield(nil, fmt.Errorf("policy: list %s: %w", digest, err))
			return
		}
		defer func() { _ = list.Close() }() // read only
		for document, err := range sampling.ReadList(list) {
			if err != nil {
				err = fmt.Errorf("policy: list %s: %w", digest, err)
			}
			if !yield(document, err) {
				return
			}
		}
	}
}

func (c cause) show(ctx context.Context, authority domain.AuthorityID, e sampling.ResultsPublished, document json.RawMessage) error {
	d, err := sampling.ParseDocument(document)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	m, err := c.metadata(authority, "show", d.ID)
	if err != nil {
		return err
	}
	cmd := sampling.Show{By: actor(authority), Version: e.Version, DocumentNo: e.DocumentNo, PublishedOn: e.PublishedOn, Document: document}
	return send[sampling.Result, sampling.ResultCommand](ctx, c, sampling.Results, d.ID, cmd, m)
}
