package sampling

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "sampling.v1"

// The tables: campaigns and results as the public and as staff see them.
const (
	Table       = "sampling"
	DeskTable   = "sampling_desk"
	ResultTable = "sampling_result"
	ShownTable  = "sampling_shown"
)

// Columns.
const (
	colAuthority = "authority"
	colYear      = "year"
	colComplete  = "complete" // yes or no: all four are published
	colOpened    = "opened"
	colSampling  = "sampling"
	colKind      = "kind"
	colFailing   = "failing"  // yes or no
	colHandling  = "handling" // open, closed or empty
	colDue       = "due"      // last day of the handling, never without one
	colRecorded  = "recorded"
	colDate      = "date" // of the report
)

const (
	yes   = "1"
	no    = "0"
	never = "9999-12-31"
)

// Projection keeps the views.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: Table, Columns: []string{colAuthority, colYear, colComplete, colOpened},
				Indexes: [][]string{
					{colOpened}, {colAuthority, colOpened}, {colYear, colOpened}, {colComplete, colOpened}, {colAuthority, colYear, colOpened},
					{colAuthority, colComplete, colOpened}, {colYear, colComplete, colOpened}, {colAuthority, colYear, colComplete, colOpened},
				},
			},
			{
				Name: DeskTable, Columns: []string{colAuthority, colYear, colOpened},
				Indexes: [][]string{{colOpened}, {colAuthority, colOpened}, {colYear, colOpened}, {colAuthority, colYear, colOpened}},
			},
			{
				Name: ResultTable, Columns: []string{colSampling, colAuthority, colFailing, colHandling, colDue, colRecorded},
				Indexes: [][]string{
					{colRecorded}, {colFailing, colRecorded}, {colAuthority, colRecorded}, {colAuthority, colFailing, colRecorded},
					{colSampling}, {colSampling, colRecorded}, {colSampling, colFailing, colRecorded},
					{colHandling, colDue}, {colAuthority, colHandling, colDue},
				},
			},
			{
				Name: ShownTable, Columns: []string{colSampling, colAuthority, colKind, colFailing, colHandling, colDate},
				Indexes: [][]string{
					{colDate}, {colFailing, colDate}, {colHandling, colDate}, {colKind, colDate}, {colKind, colFailing, colDate},
					{colSampling, colDate}, {colSampling, colFailing, colDate}, {colSampling, colHandling, colDate},
					{colAuthority, colDate}, {colAuthority, colFailing, colDate}, {colAuthority, colHandling, colDate},
					{colAuthority, colKind, colDate}, {colAuthority, colKind, colFailing, colDate},
				},
			},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	switch {
	case sampling.Codec().Knows(rec.Type):
		return projectCampaign(rec)
	case sampling.ResultCodec().Knows(rec.Type):
		return projectResult(rec)
	}
	return projections.Change{}, nil
}

func projectCampaign(rec es.Record) (projections.Change, error) {
	event, err := sampling.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{Keys: []projections.Key{{Table: DeskTable, Key: id}}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.SamplingDesk{}
		if _, err := document.Get(rows, DeskTable, id, v); err != nil {
			return err
		}
		if v.Sampling == nil {
			v.Sampling = &viewv1.Sampling{Id: id, OpenedAt: meta.RecordedAt.UTC().Format(time.RFC3339)}
		}
		applyCampaign(v, event)
		return putCampaign(rows, v, true)
	}}, nil
}

// putCampaign writes a campaign, for the public too if it is public and what the public sees has changed.
func putCampaign(rows *projections.Rows, v *viewv1.SamplingDesk, changed bool) error {
	s := v.GetSampling()
	year := projections.Num(uint64(max(s.GetYear(), 0))) //nolint:gosec // not negative
	desk := projections.Row{Key: s.GetId(), Columns: []string{s.GetAuthorityId(), year, s.GetOpenedAt()}}
	if err := document.Put(rows, DeskTable, desk, v); err != nil || !changed || !v.GetPublic() {
		return err
	}
	public := projections.Row{Key: s.GetId(), Columns: []string{s.GetAuthorityId(), year, flag(len(s.GetMissing()) == 0), s.GetOpenedAt()}}
	return document.Put(rows, Table, public, s)
}

func flag(is bool) string {
	if is {
		return yes
	}
	return no
}

func projectResult(rec es.Record) (projections.Change, error) {
	event, err := sampling.ResultCodec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	change := projections.Change{
		Keys:  []projections.Key{{Table: ResultTable, Key: id}, {Table: ShownTable, Key: id}},
		Apply: func(rows *projections.Rows) error { return applyResult(rows, id, event, meta) },
	}
	if first, ok := event.(sampling.ResultRecorded); ok {
		change.Keys = append(change.Keys, projections.Key{Table: DeskTable, Key: first.Sampling})
		return change, nil
	}
	change.More = func(rows *projections.Rows) ([]projections.Key, error) {
		v := &viewv1.SamplingResult{}
		known, err := document.Get(rows, ResultTable, id, v)
		if err != nil || !known {
			return nil, err
		}
		return []projections.Key{{Table: DeskTable, Key: v.GetSamplingId()}}, nil
	}
	return change, nil
}

// applyResult changes a result, what its campaign counts of it, and, if it is public, what goes on in public.
func applyResult(rows *projections.Rows, id string, event sampling.ResultEvent, meta es.Metadata) error {
	v := &viewv1.SamplingResult{}
	known, err := document.Get(rows, ResultTable, id, v)
	if err != nil {
		return err
	}
	if !known {
		first, ok := event.(sampling.ResultRecorded)
		if !ok {
			return nil // a stream that does not begin with its beginning tells of nothing
		}
		v.Id, v.SamplingId = id, first.Sampling
		v.RecordedAt, v.RecordedBy = meta.RecordedAt.UTC().Format(time.RFC3339), first.By
	}
	desk := &viewv1.SamplingDesk{}
	if _, err := document.Get(rows, DeskTable, v.GetSamplingId(), desk); err != nil {
		return err
	}
	count(desk, v, -1)
	change(v, event)
	count(desk, v, 1)
	opened := !desk.GetPublic()
	desk.Public = true
	if desk.GetSampling() != nil {
		if err := putCampaign(rows, desk, opened); err != nil {
			return err
		}
	}
	row := projections.Row{Key: id, Columns: []string{
		v.GetSamplingId(), v.GetAuthorityId(), flag(v.GetFailing()), v.GetHandlingState(), due(v), v.GetRecordedAt(),
	}}
	if err := document.Put(rows, ResultTable, row, v); err != nil {
		return err
	}
	return show(rows, v, event)
}

// count adds what a result adds to its campaign's numbers, or takes it away again.
func count(desk *viewv1.SamplingDesk, v *viewv1.SamplingResult, n int32) {
	if v.GetSample() == nil {
		return // there was none before
	}
	desk.Results += n
	for _, c := range []struct {
		holds bool
		at    *int32
	}{
		{v.GetFailing(), &desk.Failing},
		{v.GetPublishedVersion() == 0 && v.GetAnnulled() == "", &desk.Unpublished},
		{v.GetStale(), &desk.Stale},
		{objected(v), &desk.Objected},
		{v.GetHandlingState() == handlingOpen, &desk.HandlingsOpen},
	} {
		if c.holds {
			*c.at += n
		}
	}
}

func due(v *viewv1.SamplingResult) string {
	if n := len(v.GetHandlings()); n > 0 && v.GetHandlings()[n-1].GetDueOn() != "" {
		return v.GetHandlings()[n-1].GetDueOn()
	}
	return never
}
