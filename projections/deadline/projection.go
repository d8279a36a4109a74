package deadline

import (
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "deadline.v1"

// The tables: periods by id, and counts by authority, month and rule.
const (
	Table      = "deadline"
	CountTable = "punctuality"
)

// divider parts the parts of a key; no id of an authority or a rule holds it.
const divider = "|"

// States of a period.
const (
	Open   = "open"
	Met    = "met"
	Lapsed = "lapsed"
)

// Columns.
const (
	colAuthority = "authority"
	colRule      = "rule"
	colState     = "state"
	colDue       = "due"
	colMonth     = "month"
	colRecord    = "record"
)

// Projection keeps periods and counts.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: Table, Columns: []string{colAuthority, colRule, colState, colDue, colMonth, colRecord},
				Indexes: [][]string{
					{colState, colDue}, {colAuthority, colState, colDue}, {colAuthority, colRule, colState, colDue},
					{colAuthority, colMonth, colDue}, {colAuthority, colMonth, colRule, colDue}, {colRecord, colDue},
				},
			},
			{Name: CountTable},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if !deadline.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := deadline.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	id, due := place(event)
	row := projections.Key{Table: Table, Key: id}
	change := projections.Change{Keys: []projections.Key{row}}
	if e, first := event.(deadline.Set); first {
		change.Keys = append(change.Keys, countKey(string(e.Authority), month(due), e.Rule))
	}
	change.More = func(rows *projections.Rows) ([]projections.Key, error) {
		v, err := load(rows, id)
		if err != nil || v.GetId() == "" {
			return nil, err
		}
		keys := []projections.Key{keyOf(v)}
		if due != "" {
			keys = append(keys, countKey(v.GetAuthorityId(), month(due), v.GetRule()))
		}
		return keys, nil
	}
	change.Apply = func(rows *projections.Rows) error {
		before, err := load(rows, id)
		if err != nil {
			return err
		}
		after, err := load(rows, id)
		if err != nil {
			return err
		}
		apply(after, event)
		if after.GetId() == "" {
			return nil // of a period that never began
		}
		if err := put(rows, after); err != nil {
			return err
		}
		return count(rows, before, after)
	}
	return change, nil
}

// place is which period an event is about, and its last day where the event says one.
func place(event deadline.Event) (id, due string) {
	switch e := event.(type) {
	case deadline.Set:
		return e.Deadline, e.Due.String()
	case deadline.Recomputed:
		return e.Deadline, e.Due.String()
	case deadline.Met:
		return e.Deadline, ""
	case deadline.Lapsed:
		return e.Deadline, ""
	}
	return "", ""
}

func load(rows *projections.Rows, id string) (*viewv1.Deadline, error) {
	v := &viewv1.Deadline{}
	_, err := document.Get(rows, Table, id, v)
	return v, err
}

func put(rows *projections.Rows, v *viewv1.Deadline) error {
	return document.Put(rows, Table, projections.Row{Key: v.GetId(), Columns: []string{
		v.GetAuthorityId(), v.GetRule(), v.GetState(), v.GetDueOn(), month(v.GetDueOn()), recordColumn(v.GetRecordKind(), v.GetRecordId()),
	}}, v)
}

// apply changes the view as the event says.
func apply(v *viewv1.Deadline, event deadline.Event) {
	switch e := event.(type) {
	case deadline.Set:
		set(v, e)
	case deadline.Recomputed:
		v.DueOn, v.Provisional, v.CalendarVersion = e.Due.String(), e.Provisional, e.CalendarVersion
		v.Recounts = append(v.GetRecounts(), &viewv1.Recount{
			FormerDueOn: e.Former.String(), DueOn: e.Due.String(), Notice: e.Notice, CalendarVersion: e.CalendarVersion,
		})
	case deadline.Met:
		v.State, v.EndedOn, v.EndedBy, v.Late = Met, e.On.String(), e.By, e.On.String() > v.GetDueOn()
	case deadline.Lapsed:
		v.State, v.EndedOn, v.EndedBy = Lapsed, e.On.String(), e.By
	}
}

func set(v *viewv1.Deadline, e deadline.Set) {
	v.Id, v.Rule, v.Duty, v.DutyEn, v.Source, v.Unconfirmed = e.Deadline, e.Rule, e.Duty, e.DutyEN, e.Source, e.Unconfirmed
	v.AuthorityId, v.Jurisdiction = string(e.Authority), e.Jurisdiction
	v.RecordKind, v.RecordId, v.Outlet = string(e.Record.Kind), e.Record.ID, string(e.Outlet)
	v.Unit, v.N, v.Day = string(e.Unit), uint32(max(e.N, 0)), e.Day //nolint:gosec // days of the rules, at most 3660
	v.Trigger, v.TriggerEvent = e.Trigger, string(e.TriggerEvent)
	v.StartOn, v.DueOn, v.Provisional = e.Start.String(), e.Due.String(), e.Provisional
	v.TableVersion, v.CalendarVersion, v.State = e.TableVersion, e.CalendarVersion, Open
}

func recordColumn(kind, id string) string { return projections.Clip(kind + "." + id) }

// month is the month of a day.
func month(day string) string { return day[:min(len(day), len("2006-01"))] }
