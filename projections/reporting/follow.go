package reporting

import (
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// outlet is the one whose acts platforms are told of.
const outlet = rule.CreditChina

// deadlineFact follows the period for the platforms' outlet that the decision began; a record has others.
func deadlineFact(rec es.Record) (fact, error) {
	if !reported(rec.Stream.ID) {
		return fact{}, nil
	}
	event, err := deadline.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return fact{}, err
	}
	f := fact{rec: rec, id: rec.Stream.ID}
	switch e := event.(type) {
	case deadline.Set:
		if e.Outlet != outlet || e.Trigger != "penalty.decided" && e.Trigger != "licence.decided" {
			return fact{}, nil
		}
		f.change = func(v *viewv1.ReportedDecision, _ uint64) {
			v.DeadlineId, v.DueOn, v.Provisional = e.Deadline, e.Due.String(), e.Provisional
		}
	case deadline.Recomputed:
		f.change = ofPeriod(e.Deadline, func(v *viewv1.ReportedDecision) { v.DueOn, v.Provisional = e.Due.String(), e.Provisional })
	case deadline.Lapsed:
		f.change = ofPeriod(e.Deadline, func(v *viewv1.ReportedDecision) { v.LapsedOn, v.LapsedBy = e.On.String(), e.By })
	case deadline.Met: // it is met by the publication, and not by what a platform took
		return fact{}, nil
	}
	return f, nil
}

func ofPeriod(id string, change func(*viewv1.ReportedDecision)) func(*viewv1.ReportedDecision, uint64) {
	return func(v *viewv1.ReportedDecision, _ uint64) {
		if v.GetDeadlineId() == id {
			change(v)
		}
	}
}

// releaseFact follows what the platforms' outlet shows.
func releaseFact(rec es.Record) (fact, error) {
	if !reported(rec.Stream.ID) {
		return fact{}, nil
	}
	event, err := disclosure.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return fact{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return fact{}, err
	}
	on, by := actOf(event)
	if on.IsZero() {
		on = calendar.DateOf(meta.RecordedAt)
	}
	return fact{rec: rec, id: rec.Stream.ID, change: func(v *viewv1.ReportedDecision, _ uint64) {
		before := disclosure.Showing{Outlets: document.Outlets(v.GetOutlets())}
		after := before.After(event)
		v.Outlets = document.OutletViews(after.Outlets)
		if !before.Outlets.Touched(event, outlet) {
			return
		}
		if s, there := after.Outlets.On(outlet); there && s.Ended == "" && !s.Masked {
			v.GoneOn, v.GoneBy = "", ""
			if v.GetReleasedOn() == "" {
				v.ReleasedOn = on.String()
			}
			return
		}
		if v.GetGoneOn() == "" { // what is gone goes once
			v.GoneOn, v.GoneBy = on.String(), by
		}
	}}, nil
}

// actOf is the day of an act, and how it is told where it takes the record away.
func actOf(event disclosure.Event) (on calendar.Date, by string) {
	switch e := event.(type) {
	case disclosure.Published:
		return e.On, "published"
	case disclosure.Adopted:
		return e.PublishedOn, "adopted"
	case disclosure.Corrected:
		return e.On, "corrected"
	case disclosure.Withdrawn:
		return e.On, "withdrawn"
	case disclosure.Masked:
		return e.On, "masked"
	case disclosure.Unmasked:
		return e.On, "unmasked"
	case disclosure.Ended:
		return e.On, "ended"
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.LayerPassed, disclosure.Approved, disclosure.Withheld,
		disclosure.WithholdingReviewed, disclosure.WithholdingLifted, disclosure.RepairApplied, disclosure.RepairChecked, disclosure.RepairDecided:
	}
	return calendar.Date{}, ""
}

// deliveryFact follows what a platform is given and answers.
func deliveryFact(rec es.Record) (fact, error) {
	platform, id := delivery.ParseID(rec.Stream.ID)
	event, err := delivery.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return fact{}, err
	}
	f := fact{rec: rec, id: id}
	if _, row := event.(delivery.Prepared); row {
		kind, _, _ := strings.Cut(id, ".")
		f.sequence = sequence(platform, kind)
	}
	f.change = func(v *viewv1.ReportedDecision, number uint64) {
		for _, d := range v.GetDeliveries() {
			if d.GetPlatform() == platform {
				deliver(d, event, number)
				return
			}
		}
		d := &viewv1.ReportedDelivery{Platform: platform}
		deliver(d, event, number)
		v.Deliveries = append(v.GetDeliveries(), d)
	}
	return f, nil
}

// sequence names the rows of a platform and kind; a platform holds no "|".
func sequence(platform, kind string) string { return platform + "|" + kind }

// deliver changes the delivery as delivery.State has it. A row that is prepared has the number that projections/delivery gives it:
// both count in the order of the log.
func deliver(d *viewv1.ReportedDelivery, event delivery.Event, number uint64) {
	switch e := event.(type) {
	case delivery.Prepared:
		d.Status = string(delivery.WasPrepared)
		d.Rows = append(d.GetRows(), &viewv1.ReportedRow{Number: number, Shows: e.Action != delivery.Delete && !e.Gone})
	case delivery.Held:
		at(d, e.Row, delivery.WasHeld, func(r *viewv1.ReportedRow) { r.Left = true })
		d.Status = string(delivery.WasHeld)
	case delivery.Dropped:
		d.Status = string(delivery.WasDropped)
	case delivery.Submitted:
		at(d, e.Row, delivery.WasSubmitted, func(r *viewv1.ReportedRow) {
			r.Number, r.Digest = e.Number, e.Digest
			if r.GetSentOn() == "" {
				r.SentOn = e.On.String()
			}
		})
	case delivery.Accepted:
		verdict := reporting.Taken
		if e.Duplicate {
			verdict = reporting.Duplicate
		}
		at(d, e.Row, delivery.WasAccepted, answered(e.Answer, verdict))
	case delivery.Rejected:
		at(d, e.Row, delivery.WasRejected, answered(e.Answer, reporting.Rejected))
	case delivery.GivenUp:
		if d.GetStatus() != string(delivery.WasHeld) {
			at(d, len(d.GetRows()), delivery.WasGivenUp, func(r *viewv1.ReportedRow) { r.Left = r.GetVerdict() == "" })
		}
		d.Status = string(delivery.WasGivenUp)
	case delivery.NameChosen, delivery.RepresentativeRecorded:
	}
}

func answered(a delivery.Answer, verdict string) func(*viewv1.ReportedRow) {
	return func(r *viewv1.ReportedRow) {
		r.Verdict, r.Refused = verdict, r.GetRefused() || verdict == reporting.Rejected
		r.AnsweredOn, r.Receipt, r.Code = a.On.String(), a.Receipt, a.Code
	}
}

// at changes a row. The delivery stands as its last row does, but while a later act is held, nothing is to be sent, or an answer
// is not there yet of what was given up.
func at(d *viewv1.ReportedDelivery, row int, now delivery.Status, change func(*viewv1.ReportedRow)) {
	if row < 1 || row > len(d.GetRows()) {
		return
	}
	change(d.GetRows()[row-1])
	switch was := delivery.Status(d.GetStatus()); {
	case row < len(d.GetRows()), was == delivery.WasHeld, was == delivery.WasDropped, now == delivery.WasSubmitted && was != delivery.WasPrepared:
	default:
		d.Status = string(now)
	}
}
