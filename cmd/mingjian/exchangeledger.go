package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	natural "github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/projections"
	view "github.com/mingjian-ledger/mingjian/projections/delivery"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// exchangeActor is the account of what carries files.
const exchangeActor = "exchange"

// exchangeRows are the rows of a platform and kind as a sender wants them.
type exchangeRows struct {
	in       *instance
	route    exchangeRoute
	profiles profile.Profiles
}

func (x exchangeRows) sequence() view.Sequence {
	return view.Sequence{Platform: x.route.Platform, Kind: delivery.Kind(x.route.Kind)}
}

// From yields the rows from a number on.
func (x exchangeRows) From(ctx context.Context, number uint64) iter.Seq2[exchange.Row, error] {
	return func(yield func(exchange.Row, error) bool) {
		for after := number - 1; ; {
			list, err := view.Rows(ctx, x.in.views, x.sequence(), after, projections.MaxLimit)
			if err != nil {
				yield(exchange.Row{}, err)
				return
			}
			for _, kept := range list {
				if !yield(rowOf(kept), nil) {
					return
				}
				after = kept.GetRow().GetNumber()
			}
			if len(list) < projections.MaxLimit {
				return
			}
		}
	}
}

func rowOf(kept *viewv1.KeptDeliveryRow) exchange.Row {
	r := kept.GetRow()
	return exchange.Row{
		Number: r.GetNumber(), Item: []byte(r.GetItem()), Personal: r.GetPersonal(),
		Identity: domain.Sealed{Item: kept.GetIdentityItem(), Persons: kept.GetIdentityPersons(), Commitment: kept.GetIdentityCommitment()},
	}
}

// Before is the running digest before a number.
func (x exchangeRows) Before(ctx context.Context, number uint64) (chain.Chain, error) {
	return view.Chain(ctx, x.in.views, x.sequence(), number-1)
}

// Next is the first row that waits.
func (x exchangeRows) Next(ctx context.Context) (uint64, error) {
	if err := x.in.caughtUp(ctx, view.Name); err != nil {
		return 0, err
	}
	return view.Waiting(ctx, x.in.views, x.sequence())
}

// identities opens the identity of the party and fills the personal columns from it.
func (x exchangeRows) identities(ctx context.Context, row exchange.Row) (map[string]string, *exchange.Problem, error) {
	plain, err := x.in.vault.Open(ctx, row.Identity)
	if err != nil {
		return nil, nil, err
	}
	var id natural.Identity
	if json.Unmarshal(plain, &id) != nil { // what the decoder says may quote it
		return nil, &exchange.Problem{Field: row.Personal[0], Rule: "personal", ZH: "封存的身份信息无法读取", EN: "the sealed identity can't be read"}, nil
	}
	var of struct{ Version string }
	if err := json.Unmarshal(row.Item, &of); err != nil {
		return nil, nil, err
	}
	p, _ := x.profiles.Get(x.route.Platform, x.route.Kind, of.Version)
	wanted := profile.Row{Personal: row.Personal}
	for _, key := range row.Personal {
		wanted.Columns = append(wanted.Columns, profile.Column{Key: key})
	}
	columns, problems := p.Identified(wanted, profile.Identity{Kind: profile.Coded{Code: string(id.Kind)}, Number: id.Number})
	for _, problem := range problems {
		if !problem.Warning {
			return nil, &exchange.Problem{
				Field: problem.Field, Rule: string(problem.Rule), ZH: problem.Label + "：" + problem.Chinese, EN: problem.Field + ": " + problem.English,
			}, nil
		}
	}
	out := make(map[string]string, len(columns))
	for _, c := range columns {
		out[c.Key] = c.Value
	}
	return out, nil, nil
}

// Submitted records that a row went out.
func (x exchangeRows) Submitted(ctx context.Context, row exchange.Row, batch string) error {
	kept, err := view.Row(ctx, x.in.views, x.sequence(), row.Number)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(row.Item)
	cmd := delivery.Submit{
		By: carrier(), Today: x.in.config.today(), Row: int(kept.GetPlace()), Number: row.Number, Content: kept.GetContent(),
		Digest: hex.EncodeToString(sum[:]), Batch: batch, Channel: x.route.channel(),
	}
	return x.in.carry(ctx, kept, cmd, "submit", batch)
}

// Held records that a row can't be sent.
func (x exchangeRows) Held(ctx context.Context, row exchange.Row, p exchange.Problem) error {
	kept, err := view.Row(ctx, x.in.views, x.sequence(), row.Number)
	if err != nil {
		return err
	}
	cmd := delivery.SetAside{
		By: carrier(), Today: x.in.config.today(), Row: int(kept.GetPlace()), Number: row.Number,
		Problems: []delivery.Problem{{Field: p.Field, Rule: p.Rule, ZH: p.ZH, EN: p.EN}},
	}
	return x.in.carry(ctx, kept, cmd, "hold", p.Field, p.Rule)
}

// takeAnswer records a line of a receipt, which may be of some routes.
func (in *instance) takeAnswer(ctx context.Context, routes []exchangeRoute, receipt string, a exchange.Answer) error {
	kept, err := in.answered(ctx, routes, a)
	if err != nil {
		return err
	}
	number := kept.GetRow().GetNumber()
	cmd := delivery.Receive{
		By: carrier(), Today: in.config.today(), Row: int(kept.GetPlace()), Number: number, Digest: kept.GetRow().GetDigest(),
		Verdict: delivery.Verdict(a.Verdict), Code: a.Code, Text: a.Text, Receipt: receipt,
	}
	return in.carry(ctx, kept, cmd, "receive", receipt, strconv.Itoa(a.Line), string(a.Verdict), a.Code, a.Text)
}

// answered is the row that an answer is of.
func (in *instance) answered(ctx context.Context, routes []exchangeRoute, a exchange.Answer) (found *viewv1.KeptDeliveryRow, err error) {
	routes = slices.DeleteFunc(slices.Clone(routes), func(r exchangeRoute) bool {
		return a.Platform != "" && (r.Platform != a.Platform || r.Kind != a.Kind)
	})
	if len(routes) == 0 {
		return nil, domain.Refuse(domain.NotFound, "exchange.route.unknown", "platform", "没有向该平台报送这类信息", "nothing of this kind is sent to this platform")
	}
	sequence := func(r exchangeRoute) view.Sequence {
		return view.Sequence{Platform: r.Platform, Kind: delivery.Kind(r.Kind)}
	}
	if a.Number > 0 {
		return view.Row(ctx, in.views, sequence(routes[0]), a.Number)
	}
	if err := in.caughtUp(ctx, view.Name); err != nil { // with the answers of the lines before
		return nil, err
	}
	named := view.Named{
		Match: delivery.Match{DocumentNo: a.Decision.DocumentNo, Party: a.Decision.Party, DecidedOn: a.Decision.On},
		From:  a.From, To: a.To, Verdict: delivery.Verdict(a.Verdict), Code: a.Code,
	}
	none := error(nil)
	for _, r := range routes {
		row, err := view.Match(ctx, in.views, sequence(r), named)
		switch {
		case domain.KindOf(err) == domain.NotFound:
			none = err
		case err != nil:
			return nil, err
		case found != nil:
			return nil, delivery.Ambiguous(a.Decision.DocumentNo)
		default:
			found = row
		}
	}
	if found == nil {
		return nil, none
	}
	return found, nil
}

// carrier is who carries files: nobody's authority, hence an administrator of the instance.
func carrier() domain.Actor { return domain.Actor{Account: exchangeActor, Role: domain.Admin} }

// carry runs a command on the delivery of a row. Its id derives from what it is about, so that the same is recorded once.
func (in *instance) carry(ctx context.Context, kept *viewv1.KeptDeliveryRow, cmd delivery.Command, about ...string) error {
	r := kept.GetRow()
	parts := append([]string{r.GetDeliveryId(), strconv.FormatUint(r.GetNumber(), 10)}, about...)
	digest := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	command := es.DeriveID(es.DeriveID("", "mingjian", exchangeActor), parts...)
	_, err := es.Transact(ctx, in.store(), delivery.Decider, r.GetDeliveryId(), cmd, es.Metadata{
		Command: command, CommandDigest: hex.EncodeToString(digest[:]), Correlation: command, Causation: command,
		Actor: exchangeActor, Authority: r.GetAuthorityId(), RecordedAt: in.config.now().UTC(),
	})
	return err
}
