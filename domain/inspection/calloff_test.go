package inspection

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

func able(ids ...domain.InspectorID) []domain.InspectorID { return ids }

func TestCallingOffWhatTooFewCanFinish(t *testing.T) {
	t.Parallel()
	short := assigned() // one inspector in all: the draw fell short
	short.Teams[0].Inspectors, short.Teams[1].Inspectors = nil, short.Teams[1].Inspectors[:1]
	alone := assigned()
	alone.Teams = alone.Teams[:1]
	whole := CalledOff{Reason: "检查人员不足", By: "clerk"}
	off := func(ids ...domain.InspectorID) CallOff {
		return CallOff{By: clerk(bureau), Able: able(ids...), Reason: "检查人员不足"}
	}
	given(short).When(off("XZ-003")).Then(t, whole)
	given(short, recorded("XZ-003", rescue, NoProblem)).When(off("XZ-003")).Then(t, whole)
	given(short, whole).When(off("XZ-003")).ThenNothing(t)
	given(alone).When(off("XZ-001")).Then(t, whole)
	given(alone).When(off()).Then(t, whole)
	given(alone).When(off("XZ-001", "XZ-002")).ThenError(t, refused(domain.Precondition, "inspection.call_off.staffed"))
	// Who stands by a result counts, though he or she has left since.
	given(alone, recorded("XZ-001", market, NoProblem)).When(off("XZ-002")).ThenError(t, refused(domain.Precondition, "inspection.call_off.staffed"))
	given(alone, recorded("XZ-001", market, NoProblem)).When(off()).Then(t, whole)
}

func TestCallingOffADepartmentKeepsTheOthersResults(t *testing.T) {
	t.Parallel()
	gone := CalledOff{Department: rescue, Reason: "检查人员调离", By: "clerk"}
	cmd := CallOff{By: clerk(bureau), Able: able("XZ-001", "XZ-002"), Reason: "检查人员调离"}
	given(assigned()).When(cmd).Then(t, gone)
	given(assigned(), gone).When(cmd).ThenError(t, refused(domain.Precondition, "inspection.call_off.staffed"))
	done := []Event{assigned(), recorded("XZ-001", market, NoProblem), Confirmed{Department: market, By: "XZ-002"}}
	given(done...).When(cmd).Then(t, gone, concluded(NoProblem))
	given(append(done[:2:2], gone)...).When(ConfirmResult{By: inspector("XZ-002", bureau), Department: market}).
		Then(t, Confirmed{Department: market, By: "XZ-002"}, concluded(NoProblem))
	given(assigned(), gone).When(result(inspector("XZ-003", fire), rescue, NoProblem)).
		ThenError(t, refused(domain.Precondition, "inspection.called_off"))
}

func TestCallingOffIsRefused(t *testing.T) {
	t.Parallel()
	cmd := CallOff{By: clerk(bureau), Reason: "检查人员不足"}
	whole := CalledOff{Reason: "检查人员不足", By: "clerk"}
	by := func(who domain.Actor) CallOff {
		c := cmd
		c.By = who
		return c
	}
	given().When(cmd).ThenError(t, refused(domain.NotFound, "inspection.missing"))
	given(takenOver()).When(cmd).ThenError(t, refused(domain.NotFound, "inspection.missing"))
	given(assigned()).When(by(clerk(fire))).ThenError(t, refused(domain.Forbidden, "inspection.authority.foreign"))
	given(assigned()).When(by(inspector("XZ-009", bureau))).ThenError(t, refused(domain.Forbidden, "inspection.assignment.foreign"))
	given(assigned()).When(by(inspector("XZ-001", bureau))).Then(t, CalledOff{Reason: "检查人员不足", By: "acc-XZ-001"})
	given(assigned(), Released{Reason: "closed"}).When(cmd).ThenError(t, refused(domain.Precondition, "inspection.released"))
	given(assigned(), concluded(NoProblem)).When(cmd).ThenError(t, refused(domain.Precondition, "inspection.call_off.concluded"))
	given(assigned()).When(CallOff{By: clerk(bureau)}).ThenError(t, refused(domain.Invalid, "inspection.call_off.required"))
	given(assigned(), whole).When(result(inspector("XZ-001", bureau), market, NoProblem)).
		ThenError(t, refused(domain.Precondition, "inspection.called_off"))
	given(assigned(), whole).When(ConfirmResult{By: inspector("XZ-001", bureau), Department: market}).
		ThenError(t, refused(domain.Precondition, "inspection.called_off"))
}
