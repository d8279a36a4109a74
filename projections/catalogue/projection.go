package catalogue

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "catalogue.v2"

// The tables: versions that are or were public, drafts, and the items of either.
const (
	Table        = "catalogue_version"
	DraftTable   = "catalogue_draft"
	contentTable = "catalogue_content"
)

// Columns.
const (
	colAuthority = "authority"
	colCatalogue = "catalogue"
	colStatus    = "status"
	colPlace     = "place" // year of publication (of drafting for drafts) and position: newest last
)

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: Table, Columns: []string{colAuthority, colCatalogue, colStatus, colPlace},
				Indexes: [][]string{
					{colPlace}, {colAuthority, colPlace}, {colCatalogue, colPlace},
					{colStatus, colPlace}, {colAuthority, colStatus, colPlace}, {colCatalogue, colStatus, colPlace},
				},
			},
			{
				Name: DraftTable, Columns: []string{colAuthority, colCatalogue, colPlace},
				Indexes: [][]string{{colPlace}, {colAuthority, colPlace}, {colCatalogue, colPlace}},
			},
			{Name: contentTable},
		},
		Project: project,
	}
}

// key of a version; no catalogue id holds a "/".
func key(id string, version int) string { return fmt.Sprintf("%s/%d", id, version) }

func project(rec es.Record) (projections.Change, error) {
	if !catalogue.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := catalogue.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	c := change{id: rec.Stream.ID, today: calendar.DateOf(meta.RecordedAt)}
	switch e := event.(type) {
	case catalogue.VersionDrafted:
		c.version, c.apply = e.Version, func(v *viewv1.Catalogue) { c.draft(v, e) }
	case catalogue.ItemsAdded:
		c.version, c.apply = e.Version, func(v *viewv1.Catalogue) { v.Items = append(v.GetItems(), items(e.Items)...) }
	case catalogue.VersionPublished:
		c.version, c.apply = e.Version, func(v *viewv1.Catalogue) {
			v.Status, v.DocumentNo, v.PublishedOn, v.DraftedBy = string(catalogue.Published), e.DocumentNo, e.PublishedOn.String(), ""
			v.ContentDigest = e.ContentDigest
		}
	case catalogue.VersionWithdrawn:
		c.version, c.apply = e.Version, func(v *viewv1.Catalogue) {
			v.Status, v.WithdrawalReason, v.WithdrawnOn = string(catalogue.Withdrawn), e.Reason, e.WithdrawnOn.String()
		}
	}
	k := key(c.id, c.version)
	return projections.Change{
		Keys:  []projections.Key{{Table: Table, Key: k}, {Table: contentTable, Key: k}},
		Apply: func(rows *projections.Rows) error { return c.put(rows, k) },
	}, nil
}

// change is what one event does to one version.
type change struct {
	id      string
	version int
	today   calendar.Date // on which the event was recorded
	apply   func(*viewv1.Catalogue)
}

func (c change) draft(v *viewv1.Catalogue, e catalogue.VersionDrafted) {
	proto.Reset(v)
	v.CatalogueId, v.Version, v.AuthorityId, v.Title = c.id, uint32(e.Version), string(e.Authority), e.Title
	v.Status, v.DraftedBy, v.Items = string(catalogue.Draft), e.By, items(e.Items)
}

func (c change) put(rows *projections.Rows, k string) error {
	v := &viewv1.Catalogue{}
	if _, err := document.Get(rows, contentTable, k, v); err != nil {
		return err
	}
	public, err := rows.Get(Table, k)
	if err != nil {
		return err
	}
	c.apply(v)
	v.StatusLabel, v.ItemCount = status(catalogue.Status(v.GetStatus())), uint32(len(v.GetItems()))
	if err := document.Put(rows, contentTable, projections.Row{Key: k}, v); err != nil {
		return err
	}
	v.Items = nil
	if v.GetStatus() == string(catalogue.Draft) {
		return document.Put(rows, DraftTable, projections.Row{
			Key: k, Columns: []string{v.GetAuthorityId(), v.GetCatalogueId(), place(c.today.Year(), rows.Position())},
		}, v)
	}
	at := place(year(v.GetPublishedOn()), rows.Position())
	if public != nil {
		at = public.Columns[3] // a withdrawn version keeps its place
	} else {
		rows.Delete(DraftTable, k)
	}
	return document.Put(rows, Table, projections.Row{
		Key: k, Columns: []string{v.GetAuthorityId(), v.GetCatalogueId(), v.GetStatus(), at},
	}, v)
}

func year(date string) int {
	d, err := calendar.Parse(date)
	if err != nil {
		return 0 // a published version always has a day
	}
	return d.Year()
}

// place orders by year, then by position.
func place(year int, p es.Position) string {
	commit, prepare := p.Pair()
	return fmt.Sprintf("%04d/%s%s", year, projections.Num(commit), projections.Num(prepare))
}

func items(list []catalogue.Item) []*viewv1.CatalogueItem {
	out := make([]*viewv1.CatalogueItem, len(list))
	for n, i := range list {
		v := &viewv1.CatalogueItem{
			No: i.No, Field: i.Field, Matter: i.Matter, SubjectKind: i.SubjectKind, Level: string(i.Level), LevelLabel: level(i.Level),
			Line: i.Line, Departments: i.Departments, Basis: i.Basis, Content: i.Content,
			RatioPpmMax: i.RatioPPMMax, MaxPerYear: uint32(i.MaxPerYear), Lead: i.Lead,
		}
		for _, t := range i.Tiers {
			v.Tiers, v.TierLabels = append(v.Tiers, string(t)), append(v.TierLabels, tier(t))
		}
		for _, m := range i.Manners {
			v.Manners, v.MannerLabels = append(v.Manners, string(m)), append(v.MannerLabels, manner(m))
		}
		for _, l := range i.CheckList {
			v.CheckList = append(v.CheckList, &viewv1.CheckListLine{No: l.No, Content: l.Content, Basis: l.Basis})
		}
		out[n] = v
	}
	return out
}
