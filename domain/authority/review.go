package authority

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

const maxLayers = 9

// Layer is one step of the review before a publication is approved (审核层级), e.g. 承办科室, 法规科, 保密办, 分管领导.
type Layer struct {
	ID      string      `json:"id"` // small letters, digits and hyphens
	Name    string      `json:"name"`
	Role    domain.Role `json:"role"`              // who passes it
	Secrecy bool        `json:"secrecy,omitempty"` // it is passed by the review for secrets and against the negative list
}

// ReviewArranged says which layers documents pass that are submitted from now on (层层审批); none: one review.
type ReviewArranged struct {
	Layers []Layer `json:"layers"`
	Reason string  `json:"reason"`
}

// EventType is the stored name.
func (ReviewArranged) EventType() string { return typeReviewArrangedV1 }

func (ReviewArranged) event() {}

// ArrangeReview sets the layers in their order. One of them is the review for secrets: no arrangement goes without it
// (政府信息公开条例 art. 17).
type ArrangeReview struct {
	By     domain.Actor
	Layers []Layer
	Reason string
}

func (ArrangeReview) command() {}

func arrangeReview(s State, c ArrangeReview) ([]Event, error) {
	if slices.Equal(s.Layers, c.Layers) {
		return nil, nil
	}
	if err := domain.Require(append(checkLayers(c.Layers), needed("authority.reason", "reason", c.Reason, maxReason))...); err != nil {
		return nil, err
	}
	return []Event{ReviewArranged{Layers: c.Layers, Reason: c.Reason}}, nil
}

func checkLayers(layers []Layer) []*domain.Fault {
	if len(layers) == 0 {
		return nil
	}
	if len(layers) > maxLayers {
		return []*domain.Fault{domain.Refuse(domain.Invalid, "authority.layers.count", "layers",
			fmt.Sprintf("审核层级不得超过%d级", maxLayers), fmt.Sprintf("there are at most %d layers", maxLayers))}
	}
	var faults []*domain.Fault
	secrecy := 0
	for i, l := range layers {
		field := fmt.Sprintf("layers[%d]", i)
		faults = append(faults, needed("authority.layers", field+".name", l.Name, maxDepartment), layerID(field+".id", l.ID), layerRole(field+".role", l))
		if slices.ContainsFunc(layers[:i], func(other Layer) bool { return other.ID == l.ID }) {
			faults = append(faults, domain.Refuse(domain.Invalid, "authority.layers.twice", field+".id", "审核层级重复："+l.ID, "the layer is given twice: "+l.ID))
		}
		if l.Secrecy {
			secrecy++
		}
	}
	if secrecy != 1 {
		faults = append(faults, domain.Refuse(domain.Invalid, "authority.layers.secrecy", "layers",
			"审核层级中应有且仅有一级保密审查（《政府信息公开条例》第十七条）", "one of the layers is the review for secrets, and no other"))
	}
	return faults
}

func layerID(field, id string) *domain.Fault {
	if id != "" && len(id) <= 32 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
		return nil
	}
	return domain.Refuse(domain.Invalid, "authority.layers.id", field, "层级代码应为1至32位小写字母、数字或连字符",
		"the id of a layer has 1 to 32 small letters, digits or hyphens")
}

// layerRole: the review for secrets is a reviewer's; the others may be passed by whoever may be asked.
func layerRole(field string, l Layer) *domain.Fault {
	switch l.Role {
	case domain.Reviewer:
		return nil
	case domain.Clerk, domain.Planner, domain.Approver:
		if !l.Secrecy {
			return nil
		}
	case domain.Inspector, domain.Integrator, domain.Auditor, domain.Admin:
	}
	return domain.Refuse(domain.Invalid, "authority.layers.role", field,
		"该级不能由"+string(l.Role)+"办理：保密审查由审核人，其他层级由经办、计划、审核或批准人办理",
		"this layer can't be passed by "+string(l.Role)+": secrecy is a reviewer's, others are a clerk's, planner's, reviewer's or approver's")
}
