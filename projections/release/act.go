package release

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// act is a release on its way.
type act struct {
	*viewv1.Release
	event    disclosure.Event
	recorded time.Time
	position es.Position
	told     told
}

// actOf makes the release that a record is, without what only the view knows: its sequence number and, for what takes a
// document away, whom it is about. It is nil for records that release nothing.
func actOf(rec es.Record) (*act, error) {
	if !disclosure.Releases(rec.Type) {
		return nil, nil
	}
	event, err := disclosure.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return nil, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return nil, err
	}
	kind, id, _ := strings.Cut(rec.Stream.ID, ".")
	a := &act{Release: &viewv1.Release{
		DisclosureId: rec.Stream.ID, RecordKind: kind, RecordId: id,
		ReleasedAt: meta.RecordedAt.UTC().Format(time.RFC3339Nano), Position: rec.Position.String(),
	}, event: event, recorded: meta.RecordedAt, position: rec.Position}
	return a, complete(a.Release, event)
}

func complete(act *viewv1.Release, event disclosure.Event) error {
	var raw disclosure.Raw
	switch e := event.(type) {
	case disclosure.Published:
		act.Kind, act.Digest, raw = viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, e.Digest, e.Document
		placed(act, e.Terms)
		dated(act, e.Number, e.On)
	case disclosure.Corrected:
		act.Kind, act.Digest, raw = viewv1.ReleaseKind_RELEASE_KIND_CORRECTED, e.Digest, e.Document
		act.FormerDigest, act.Reason = e.FormerDigest, e.Reason
		placed(act, e.Terms)
		dated(act, e.Number, e.On)
	case disclosure.Adopted:
		act.Kind, act.Digest, raw = viewv1.ReleaseKind_RELEASE_KIND_ADOPTED, e.Digest, e.Document
		act.Source = e.Source
		placed(act, e.Terms)
		dated(act, e.Number, e.PublishedOn)
	case disclosure.Unmasked:
		act.Kind, act.Digest, raw = viewv1.ReleaseKind_RELEASE_KIND_UNMASKED, e.Digest, e.Document
		act.Reason, act.Outlets = e.Reason, names(e.Outlets)
		dated(act, e.Number, e.On)
	case disclosure.Withdrawn:
		act.Kind, act.Digest = viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN, e.Digest
		act.Reason, act.Ground = e.Reason, string(e.Ground)
		buried(act, e.Stone)
		dated(act, e.Number, e.On)
	case disclosure.Masked:
		act.Kind, act.Digest = viewv1.ReleaseKind_RELEASE_KIND_MASKED, e.Digest
		act.Reason, act.Outlets = e.Reason, names(e.Outlets)
		buried(act, e.Stone)
		dated(act, e.Number, e.On)
	case disclosure.Ended:
		act.Kind, act.Digest = viewv1.ReleaseKind_RELEASE_KIND_ENDED, e.Digest
		act.Reason, act.Cause, act.Outlets = e.Reason, string(e.Cause), names(e.Outlets)
		buried(act, e.Stone)
		dated(act, e.Number, e.On)
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.LayerPassed, disclosure.Approved,
		disclosure.Withheld, disclosure.WithholdingReviewed, disclosure.WithholdingLifted,
		disclosure.RepairApplied, disclosure.RepairChecked, disclosure.RepairDecided:
	}
	if raw == nil {
		return nil
	}
	return describe(act, raw)
}

func dated(act *viewv1.Release, number int, on calendar.Date) {
	act.Number, act.ReleasedOn = uint32(number), on.String() //nolint:gosec // releases of one record are few
}

func placed(act *viewv1.Release, terms []rule.Term) {
	for _, t := range terms {
		act.Outlets = append(act.Outlets, string(t.Outlet))
		act.Terms = append(act.Terms, document.OutletViews(disclosure.Outlets{{Term: t}})...)
	}
}

func buried(act *viewv1.Release, s disclosure.Stone) {
	act.Tombstone, act.TombstoneDigest = string(s.Tombstone), s.TombstoneDigest
}

func names(outlets []rule.Outlet) []string {
	out := make([]string, len(outlets))
	for i, o := range outlets {
		out[i] = string(o)
	}
	return out
}

// extract is what the feed needs of a document beside the document itself.
type extract struct {
	Authority disclosure.Authority `json:"authority"`
	Subjects  []disclosure.Subject `json:"subjects"`
	Date      calendar.Date        `json:"date"`
	Title     string               `json:"title"`
}

// describe takes the document as it stands: its digest was made, and its rules held, when it was submitted.
func describe(act *viewv1.Release, raw disclosure.Raw) error {
	var h extract
	if err := json.Unmarshal(raw, &h); err != nil {
		return fmt.Errorf("release: document of %s: %w", act.GetDisclosureId(), err)
	}
	act.Document, act.Title, act.Date = string(raw), h.Title, h.Date.String()
	act.Authority = &viewv1.Party{Id: string(h.Authority.ID), Name: h.Authority.Name}
	for _, s := range h.Subjects {
		act.Subjects = append(act.Subjects, &viewv1.Party{Id: known(s.ID), Name: s.Name})
	}
	return nil
}

// known is the id if it is one. A document may carry what an old register called a code; it is shown as part of the document
// and leads nowhere.
func known(id domain.SubjectID) string {
	if parsed, err := domain.ParseSubjectID(string(id)); err == nil {
		return string(parsed)
	}
	return ""
}

// inherit gives what takes a document away what the release with the document said of date, authority and subjects.
func inherit(act, former *viewv1.Release) {
	act.Date, act.Authority = former.GetDate(), former.GetAuthority()
	for _, s := range former.GetSubjects() {
		if s.GetId() != "" {
			act.Subjects = append(act.Subjects, s)
		}
	}
}
