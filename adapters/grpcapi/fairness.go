package grpcapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/fairness"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	"github.com/mingjian-ledger/mingjian/projections"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Limits of what is measured for whoever asks.
const (
	fairnessYears  = 10
	fairnessPlaces = 2_000_000 // in pools, of one answer, and of all that are kept
)

// FairnessDesk measures the draws of authorities from their published bundles, one measurement at a time, and keeps the latest
// until one of their draws changes.
type FairnessDesk struct {
	turn chan struct{} // whoever measures holds it
	mu   sync.Mutex
	kept []*measured // the latest used is the last
}

// NewFairnessDesk makes a desk that keeps nothing yet.
func NewFairnessDesk() *FairnessDesk { return &FairnessDesk{turn: make(chan struct{}, 1)} }

// period is whose draws, and of which years.
type period struct {
	authority string
	from, to  int
}

// measured is a measurement that was made.
type measured struct {
	period
	draws  [sha256.Size]byte // digest of what the draws were then
	places uint64
	study  *fairness.Study
	report fairness.Report
	mu     sync.Mutex
	units  map[string][]fairness.Unit
	head   uint64        // releases that the hits count
	day    calendar.Date // on which they were counted
	hits   []fairness.Hit
	hit    bool
}

// GetFairness is what an authority's draws come to.
func (s PublicServer) GetFairness(ctx context.Context, req *mingjianv1.GetFairnessRequest) (*mingjianv1.GetFairnessResponse, error) {
	m, err := s.measure(ctx, req)
	if err != nil {
		return nil, err
	}
	hits, err := s.hitRates(ctx, m)
	if err != nil {
		return nil, err
	}
	v := FairnessView(m.report, hits)
	v.AuthorityId, v.FromYear, v.ToYear = m.authority, uint32(m.from), uint32(m.to) //nolint:gosec // years
	return &mingjianv1.GetFairnessResponse{Fairness: v}, nil
}

// ListFairnessUnits is how often each unit was drawn.
func (s PublicServer) ListFairnessUnits(ctx context.Context, req *mingjianv1.ListFairnessUnitsRequest) (*mingjianv1.ListFairnessUnitsResponse, error) {
	after, err := base64.RawURLEncoding.DecodeString(req.GetPageToken())
	if err != nil {
		return nil, projections.ErrCursor
	}
	m, err := s.measure(ctx, req)
	if err != nil {
		return nil, err
	}
	var page []*viewv1.FairnessUnit
	last, token := "", ""
	units := m.list(req.GetKind())
	at, found := slices.BinarySearchFunc(units, string(after), func(u fairness.Unit, key string) int { return strings.Compare(unitKey(u), key) })
	if found {
		at++ // the page before ended with it
	}
	for _, u := range units[at:] {
		if id := req.GetId(); id != "" && id != u.ID && id != u.With {
			continue
		}
		if len(page) == pageSize(req.GetPageSize()) {
			token = base64.RawURLEncoding.EncodeToString([]byte(last))
			break
		}
		page, last = append(page, unitView(u)), unitKey(u)
	}
	return &mingjianv1.ListFairnessUnitsResponse{Units: page, NextPageToken: token}, nil
}

func unitKey(u fairness.Unit) string { return u.ID + "\x00" + u.With }

// list gives all units of a kind by their keys; it is made when it is asked for first.
func (m *measured) list(kind string) []fairness.Unit {
	m.mu.Lock()
	defer m.mu.Unlock()
	if list, made := m.units[kind]; made {
		return list
	}
	of := map[string]func(*fairness.Study) []fairness.Unit{
		"subjects":   func(s *fairness.Study) []fairness.Unit { return slices.Collect(s.Subjects()) },
		"inspectors": func(s *fairness.Study) []fairness.Unit { return slices.Collect(s.Inspectors()) },
		"pairs":      func(s *fairness.Study) []fairness.Unit { return slices.Collect(s.Pairs()) },
	}
	list := of[kind](m.study)
	slices.SortFunc(list, func(a, b fairness.Unit) int { return strings.Compare(unitKey(a), unitKey(b)) })
	m.units[kind] = list
	return list
}

// asked is what both requests have in common.
type asked interface {
	GetAuthorityId() string
	GetFromYear() uint32
	GetToYear() uint32
}

func (s PublicServer) period(req asked) (period, error) {
	p := period{authority: req.GetAuthorityId(), from: int(req.GetFromYear()), to: int(req.GetToYear())}
	if uscc.HoldsResidentID(p.authority) { // the answer would tell it again
		return p, domain.Refuse(domain.NotFound, "authority.missing", "authority_id", "没有该机关", "there is no such authority")
	}
	if p.to == 0 {
		p.to = s.Today().Year()
	}
	if p.from == 0 {
		p.from = p.to
	}
	if p.from > p.to || p.to-p.from >= fairnessYears {
		return p, domain.Refuse(domain.Invalid, "fairness.years", "from_year",
			fmt.Sprintf("年份应从早到晚，最多 %d 年", fairnessYears), fmt.Sprintf("the years must ascend and be %d at most", fairnessYears))
	}
	return p, nil
}

// measure gives the measurement of the period as its draws are now.
func (s PublicServer) measure(ctx context.Context, req asked) (*measured, error) {
	p, err := s.period(req)
	if err != nil {
		return nil, err
	}
	draws, err := s.drawsOf(ctx, p)
	if err != nil {
		return nil, err
	}
	m := &measured{period: p, units: map[string][]fairness.Unit{}}
	text := sha256.New()
	for _, d := range draws {
		fmt.Fprintf(text, "%q %q %q %d\n", d.GetId(), d.GetState(), d.GetSeed(), len(d.GetReplacements()))
		if d.GetSeed() != "" {
			m.places += d.GetSubjects().GetCount()
		}
	}
	m.draws = [sha256.Size]byte(text.Sum(nil))
	if m.places > fairnessPlaces {
		return nil, domain.Refuse(domain.TooLarge, "fairness.size", "from_year",
			fmt.Sprintf("所选年份的名录共 %d 条，超过在线计算的上限 %d 条；请缩短年份，或下载抽取包用 mingjian draw fairness 计算", m.places, fairnessPlaces),
			fmt.Sprintf("the pools of these years hold %d places, more than the %d that are measured here: ask for fewer years, "+
				"or give the bundles to mingjian draw fairness", m.places, fairnessPlaces))
	}
	if had := s.Fairness.find(m); had != nil {
		return had, nil
	}
	select {
	case s.Fairness.turn <- struct{}{}:
		defer func() { <-s.Fairness.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if had := s.Fairness.find(m); had != nil {
		return had, nil
	}
	if m.study, err = s.study(ctx, draws); err != nil {
		return nil, fmt.Errorf("grpcapi: fairness of %s: %w", p.authority, err)
	}
	m.report = m.study.Report()
	s.Fairness.keep(m)
	return m, nil
}

// find gives what is kept of the same draws, if anything is.
func (d *FairnessDesk) find(m *measured) *measured {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.IndexFunc(d.kept, func(k *measured) bool { return k.period == m.period && k.draws == m.draws })
	if at < 0 {
		return nil
	}
	had := d.kept[at]
	d.kept = append(slices.Delete(d.kept, at, at+1), had)
	return had
}

// keep puts a measurement in the place of an older one of the period, and lets go of those not used for longest.
func (d *FairnessDesk) keep(m *measured) {
	const most = 64
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = slices.DeleteFunc(d.kept, func(k *measured) bool { return k.period == m.period })
	d.kept = append(d.kept, m)
	for places, i := uint64(0), len(d.kept)-1; i >= 0; i-- {
		if places += d.kept[i].places; i < len(d.kept)-1 && (places > fairnessPlaces || len(d.kept)-i > most) {
			d.kept = slices.Delete(d.kept, 0, i+1)
			return
		}
	}
}

// drawsOf lists the draws whose pools were frozen in the years, newest first.
func (s PublicServer) drawsOf(ctx context.Context, p period) ([]*viewv1.Draw, error) {
	var list []*viewv1.Draw
	for f := (drawview.Filter{Authority: p.authority, PageSize: projections.MaxLimit}); ; {
		page, next, err := drawview.List(ctx, s.Views, f)
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			at, err := time.Parse(time.RFC3339Nano, d.GetFrozenAt())
			if err != nil {
				return nil, fmt.Errorf("grpcapi: fairness: when %s was frozen: %w", d.GetId(), err)
			}
			switch year := calendar.DateOf(at).Year(); {
			case year < p.from:
				return list, nil
			case year <= p.to:
				list = append(list, d)
			}
		}
		if f.PageToken = next; next == "" {
			return list, nil
		}
	}
}

func (s PublicServer) study(ctx context.Context, draws []*viewv1.Draw) (*fairness.Study, error) {
	var sources []fairness.Source
	aborted, open := 0, 0
	for _, d := range draws {
		switch {
		case d.GetSeed() != "":
			recorded := []string{d.GetFixedAt()}
			for _, p := range d.GetParties() {
				recorded = append(recorded, p.GetCommittedAt())
			}
			sources = append(sources, fairness.Source{
				DrawID: d.GetId(), RecordedAt: fairness.Latest(recorded...), Open: func() (fairness.Opened, error) { return s.openBundle(ctx, d.GetId()) },
			})
		case d.GetState() == string(draw.PhaseAborted):
			aborted++
		default:
			open++
		}
	}
	study, err := fairness.Measure(sources)
	if err != nil {
		return nil, err
	}
	for range aborted {
		study.Undrawn(true)
	}
	for range open {
		study.Undrawn(false)
	}
	return study, nil
}

// openBundle reads the bundle as it is published, through the same words.
func (s PublicServer) openBundle(ctx context.Context, id string) (fairness.Opened, error) {
	res, err := es.Load(ctx, s.Store, draw.Decider, id)
	if err != nil {
		return fairness.Opened{}, err
	}
	out, in := io.Pipe()
	text := sha256.New()
	written := make(chan error, 1)
	go func() {
		err := draw.WriteBundle(ctx, io.MultiWriter(in, text), s.Blobs, res.State)
		written <- errors.Join(err, in.CloseWithError(err))
	}()
	published, err := sortition.ReadBundle(out)
	err = errors.Join(err, out.CloseWithError(io.ErrClosedPipe))
	if werr := <-written; err == nil {
		err = werr
	}
	if err != nil {
		return fairness.Opened{}, err
	}
	return OpenedBundle(published, sortition.Digest(text.Sum(nil)), nil)
}

// OpenedBundle is a bundle that was read, ready to be measured.
func OpenedBundle(p sortition.Published, digest sortition.Digest, open func(sortition.PoolFile) (io.ReadCloser, error)) (fairness.Opened, error) {
	pools, err := p.Pools(open)
	return fairness.Opened{Bundle: p.Bundle(), Pools: pools, SHA256: digest}, err
}

// hitRates counts the results that are public now; anew when something was released since, and on another day.
func (s PublicServer) hitRates(ctx context.Context, m *measured) ([]fairness.Hit, error) {
	_, head, err := release.Feed(ctx, s.Views, 0, 1)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	today := s.Today()
	if m.hit && m.head == head && m.day == today {
		return m.hits, nil
	}
	hits, err := m.study.Hits(func(yield func(fairness.Result, error) bool) {
		var none fairness.Result
		f := release.Filter{Kind: "inspection", Authority: m.authority, From: fmt.Sprintf("%04d-01-01", m.from), Day: today, PageSize: projections.MaxLimit}
		for {
			page, next, err := release.List(ctx, s.Views, f)
			if err != nil {
				yield(none, err)
				return
			}
			for _, r := range page {
				result, counts, err := InspectionResult(r.GetRelease().GetDocument())
				if (counts || err != nil) && !yield(result, err) {
					return
				}
			}
			if f.PageToken = next; next == "" {
				return
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("grpcapi: fairness of %s: hits: %w", m.authority, err)
	}
	m.hits, m.head, m.day, m.hit = hits, head, today, true
	return hits, nil
}
