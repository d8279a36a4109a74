package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// released notes an act before the public, and where the disclosure stands by it. A document under way keeps its stage while
// what is public already is hidden, shown again or ended.
func released(v *viewv1.Disclosure, event disclosure.Event) {
	status, r := string(disclosure.Done), &viewv1.DisclosureRelease{}
	switch e := event.(type) {
	case disclosure.Published:
		r.Kind, r.Document, r.Digest, r.On, r.By = viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, string(e.Document), e.Digest, e.On.String(), e.By
		r.Number, r.Outlets = count(e.Number), outletsOf(e.Terms)
	case disclosure.Corrected:
		r.Kind, r.Document, r.Digest, r.On, r.By = viewv1.ReleaseKind_RELEASE_KIND_CORRECTED, string(e.Document), e.Digest, e.On.String(), e.By
		r.Number, r.Outlets, r.Reason = count(e.Number), outletsOf(e.Terms), e.Reason
	case disclosure.Adopted:
		r.Kind, r.Document, r.Digest, r.On, r.By = viewv1.ReleaseKind_RELEASE_KIND_ADOPTED, string(e.Document), e.Digest, e.PublishedOn.String(), e.By
		r.Number, r.Outlets, r.Source = count(e.Number), outletsOf(e.Terms), e.Source
	case disclosure.Withdrawn:
		status = withdrawn
		r.Kind, r.Digest, r.On, r.By = viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN, e.Digest, e.On.String(), e.By
		r.Number, r.Ground, r.Reason, r.Tombstone = count(e.Number), string(e.Ground), e.Reason, string(e.Tombstone)
	case disclosure.Masked:
		status = v.GetStatus()
		r.Kind, r.Digest, r.On, r.By = viewv1.ReleaseKind_RELEASE_KIND_MASKED, e.Digest, e.On.String(), e.By
		r.Number, r.Outlets, r.Reason, r.DocumentNo, r.Tombstone = count(e.Number), names(e.Outlets), e.Reason, e.DocumentNo, string(e.Tombstone)
	case disclosure.Unmasked:
		status = v.GetStatus()
		r.Kind, r.Document, r.Digest, r.On, r.By = viewv1.ReleaseKind_RELEASE_KIND_UNMASKED, string(e.Document), e.Digest, e.On.String(), e.By
		r.Number, r.Outlets, r.Reason, r.DocumentNo = count(e.Number), names(e.Outlets), e.Reason, e.DocumentNo
	case disclosure.Ended:
		if status = v.GetStatus(); status == string(disclosure.Done) && !v.GetPublic() {
			status = ended
		}
		r.Kind, r.Digest, r.On, r.By = viewv1.ReleaseKind_RELEASE_KIND_ENDED, e.Digest, e.On.String(), e.By
		r.Number, r.Outlets, r.Reason, r.Cause, r.Tombstone = count(e.Number), names(e.Outlets), e.Reason, string(e.Cause), string(e.Tombstone)
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.LayerPassed, disclosure.Approved,
		disclosure.Withheld, disclosure.WithholdingReviewed, disclosure.WithholdingLifted,
		disclosure.RepairApplied, disclosure.RepairChecked, disclosure.RepairDecided:
		return // no act before the public
	}
	v.Status, v.Release = status, r
}

func count(number int) uint32 { return uint32(number) } //nolint:gosec // counts acts of people

func outletsOf(terms []rule.Term) []string {
	var out []string
	for _, t := range terms {
		out = append(out, string(t.Outlet))
	}
	return out
}

func names(outlets []rule.Outlet) []string {
	var out []string
	for _, o := range outlets {
		out = append(out, string(o))
	}
	return out
}
