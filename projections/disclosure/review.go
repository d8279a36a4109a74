package disclosure

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// The states of a withholding.
const (
	Open   = "open"   // not looked at again since
	Kept   = "kept"   // looked at again and kept
	Lifted = "lifted" // 解除
)

func submitted(v *viewv1.Disclosure, e disclosure.Submitted, at string) {
	v.Status = string(disclosure.Awaiting)
	v.Draft = &viewv1.DisclosureDraft{Document: string(e.Document), Digest: e.Digest, Reason: e.Reason, SubmittedBy: e.By, SubmittedAt: at}
	for _, l := range e.Layers {
		v.Draft.Layers = append(v.GetDraft().GetLayers(), &viewv1.ReviewLayer{Id: l.ID, Name: l.Name, Role: string(l.Role), Secrecy: l.Secrecy})
	}
	pass(v, nil)
	if withheldWhole(v) {
		v.Status = string(disclosure.Held)
	}
}

func reviewed(v *viewv1.Disclosure, e disclosure.Reviewed, at string) {
	draft(v).Review = &viewv1.DisclosureReview{
		By: e.By, At: at, SecrecyClear: e.SecrecyClear, NegativeListHits: e.NegativeListHits, Opinion: e.Opinion,
	}
	if len(draft(v).GetLayers()) == 0 {
		v.Status = string(disclosure.Checked)
		return
	}
	passed := slices.DeleteFunc(draft(v).GetPassed(), func(p *viewv1.PassedLayer) bool { return p.GetLayer() == e.Layer })
	if e.SecrecyClear {
		passed = append(passed, &viewv1.PassedLayer{Layer: e.Layer, By: e.By, At: at, Opinion: e.Opinion})
	}
	pass(v, passed)
}

// pass says which layers agreed and whose turn it is; the document waits for its approval once all did.
func pass(v *viewv1.Disclosure, passed []*viewv1.PassedLayer) {
	d := draft(v)
	d.Passed, d.NextLayer = passed, ""
	if len(d.GetLayers()) == 0 {
		return
	}
	for _, l := range d.GetLayers() {
		if !slices.ContainsFunc(passed, func(p *viewv1.PassedLayer) bool { return p.GetLayer() == l.GetId() }) {
			d.NextLayer = l.GetId()
			break
		}
	}
	switch {
	case v.GetStatus() == string(disclosure.SentBack):
		d.NextLayer = ""
	case d.GetNextLayer() == "":
		v.Status = string(disclosure.Checked)
	default:
		v.Status = string(disclosure.Awaiting)
	}
}

func withheld(v *viewv1.Disclosure, e disclosure.Withheld) {
	v.Withholdings = append(v.GetWithholdings(), &viewv1.Withholding{
		Id: fmt.Sprintf("%s#%d", v.GetId(), e.Withholding), DisclosureId: v.GetId(), Number: count(e.Withholding),
		AuthorityId: v.GetAuthority().GetId(), Title: v.GetTitle(), Publicity: string(e.Publicity), PublicityLabel: publicityLabel(e.Publicity),
		Ground: e.Ground.Code, GroundLabel: e.Ground.Label, Basis: e.Basis, List: e.List, Parts: e.Parts, Reason: e.Reason,
		By: e.By, On: e.On.String(), CheckBy: e.CheckBy.String(), State: Open,
	})
	if v.Status = string(disclosure.Held); e.Document != nil {
		draft(v).Document, draft(v).Digest, draft(v).Review = string(e.Document), e.Remaining, nil
		v.Status = string(disclosure.Awaiting)
		pass(v, nil)
	}
}

func reviewedAgain(v *viewv1.Disclosure, e disclosure.WithholdingReviewed) {
	if w := withholding(v, e.Withholding); w != nil && e.Kept {
		w.State, w.CheckBy = Kept, e.CheckBy.String()
		w.ReviewedBy, w.ReviewedOn, w.ReviewReason = e.By, e.On.String(), e.Reason
	}
}

func lifted(v *viewv1.Disclosure, e disclosure.WithholdingLifted) {
	if w := withholding(v, e.Withholding); w != nil {
		w.State, w.CheckBy = Lifted, ""
		w.ReviewedBy, w.ReviewedOn, w.ReviewReason = e.By, e.On.String(), e.Reason
	}
	if v.GetStatus() == string(disclosure.Held) && !withheldWhole(v) {
		v.Status, draft(v).Review = string(disclosure.Awaiting), nil
		pass(v, nil)
	}
}

func withholding(v *viewv1.Disclosure, number int) *viewv1.Withholding {
	for _, w := range v.GetWithholdings() {
		if w.GetNumber() == count(number) {
			return w
		}
	}
	return nil
}

func withheldWhole(v *viewv1.Disclosure) bool {
	return slices.ContainsFunc(v.GetWithholdings(), func(w *viewv1.Withholding) bool {
		return w.GetState() != Lifted && len(w.GetParts()) == 0
	})
}

// publicity says whom the record is open to: to all, but for what is withheld whole.
func publicity(v *viewv1.Disclosure) {
	p := disclosure.Proactive
	for _, w := range v.GetWithholdings() {
		if w.GetState() != Lifted && len(w.GetParts()) == 0 {
			p = disclosure.Publicity(w.GetPublicity())
		}
	}
	v.Publicity, v.PublicityLabel = string(p), publicityLabel(p)
}

func publicityLabel(p disclosure.Publicity) string {
	switch p {
	case disclosure.Proactive:
		return "主动公开"
	case disclosure.OnRequest:
		return "依申请公开"
	case disclosure.NotPublic:
		return "不予公开"
	}
	return string(p)
}
