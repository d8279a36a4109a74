package main

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/audit"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/evidence"
	"github.com/mingjian-ledger/mingjian/domain/gap"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	natural "github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

// aggregate knows how to read the streams of one category again.
type aggregate struct {
	fold func(ctx context.Context, v *verifier, id string) error
}

// aggregates are all categories of the log.
func aggregates() map[string]aggregate {
	all := map[string]aggregate{}
	add(all, audit.Decider, nil)
	add(all, authority.Decider, nil)
	add(all, catalogue.Decider, nil)
	add(all, roster.Subjects, nil)
	add(all, roster.Inspectors, nil)
	add(all, plan.Decider, nil)
	add(all, draw.Decider, (*verifier).checkDraw)
	add(all, inspection.Decider, nil)
	add(all, penalty.Decider, nil)
	add(all, natural.Decider, nil)
	add(all, gap.Decider, nil)
	add(all, ledger.Decider, nil)
	add(all, licence.Decider, nil)
	add(all, disclosure.Decider, nil)
	add(all, delivery.Decider, nil)
	add(all, evidence.Decider, (*verifier).checkEvidence)
	add(all, deadline.Decider, (*verifier).checkDeadlines)
	add(all, holiday.Decider, nil)
	add(all, returns.Decider, nil)
	add(all, listing.Decider, nil)
	add(all, dispute.Decider, nil)
	add(all, dispute.Replies, nil)
	add(all, sampling.Campaigns, (*verifier).checkSampling)
	add(all, sampling.Results, nil)
	return all
}

// add enters a decider, with a further check of the folded state if there is one.
func add[S, C any, E es.Event](all map[string]aggregate, d es.Decider[S, C, E], check func(*verifier, context.Context, S) error) {
	all[d.Category] = aggregate{fold: func(ctx context.Context, v *verifier, id string) error {
		res, err := es.Load(ctx, v.events, d, id)
		if err != nil || check == nil {
			return err
		}
		return check(v, ctx, res.State)
	}}
}
