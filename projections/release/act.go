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
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// actOf makes the release that a record is, without what only the view knows: its sequence number and, for a withdrawal,
// whom it is about. It is nil for records that release nothing.
func actOf(rec es.Record) (*viewv1.Release, error) {
	switch rec.Type {
	case disclosure.Published{}.EventType(), disclosure.Corrected{}.EventType(),
		disclosure.Withdrawn{}.EventType(), disclosure.Adopted{}.EventType():
	default:
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
	act := &viewv1.Release{
		DisclosureId: rec.Stream.ID, RecordKind: kind, RecordId: id,
		ReleasedAt: meta.RecordedAt.UTC().Format(time.RFC3339Nano), Position: rec.Position.String(),
	}
	return act, complete(act, event)
}

func complete(act *viewv1.Release, event disclosure.Event) error {
	number, on := 0, calendar.Date{}
	var document disclosure.Raw
	switch e := event.(type) {
	case disclosure.Published:
		act.Kind, act.Digest = viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, e.Digest
		document, number, on = e.Document, e.Number, e.On
	case disclosure.Corrected:
		act.Kind, act.Digest, act.FormerDigest = viewv1.ReleaseKind_RELEASE_KIND_CORRECTED, e.Digest, e.FormerDigest
		act.Reason = e.Reason
		document, number, on = e.Document, e.Number, e.On
	case disclosure.Withdrawn:
		act.Kind, act.Digest = viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN, e.Digest
		act.Reason, act.Ground = e.Reason, string(e.Ground)
		number, on = e.Number, e.On
	case disclosure.Adopted:
		act.Kind, act.Digest, act.Source = viewv1.ReleaseKind_RELEASE_KIND_ADOPTED, e.Digest, e.Source
		document, number, on = e.Document, e.Number, e.PublishedOn
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.Approved:
	}
	act.Number, act.ReleasedOn = uint32(number), on.String() //nolint:gosec // releases of one record are few
	if document == nil {
		return nil
	}
	return describe(act, document)
}

// head is what the feed needs of a document beside the document itself.
type head struct {
	Authority disclosure.Authority `json:"authority"`
	Subjects  []disclosure.Subject `json:"subjects"`
	Date      calendar.Date        `json:"date"`
	Title     string               `json:"title"`
}

// describe takes the document as it stands: its digest was made, and its rules held, when it was submitted.
func describe(act *viewv1.Release, document disclosure.Raw) error {
	var h head
	if err := json.Unmarshal(document, &h); err != nil {
		return fmt.Errorf("release: document of %s: %w", act.GetDisclosureId(), err)
	}
	act.Document, act.Title, act.Date = string(document), h.Title, h.Date.String()
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

// inherit gives a withdrawal what the release that it withdraws said of date, authority and subjects.
func inherit(act, former *viewv1.Release) {
	act.Date, act.Authority = former.GetDate(), former.GetAuthority()
	for _, s := range former.GetSubjects() {
		if s.GetId() != "" {
			act.Subjects = append(act.Subjects, s)
		}
	}
}
