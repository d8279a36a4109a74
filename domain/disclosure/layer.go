package disclosure

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// next is the layer whose turn it is; false once all agreed.
func (d Draft) next() (Layer, bool) {
	for _, l := range d.Layers {
		if !slices.ContainsFunc(d.Passed, func(p Passed) bool { return p.Layer == l.ID }) {
			return l, true
		}
	}
	return Layer{}, false
}

// passLayer takes the layers in their order, each by another person; that of secrecy is passed by its review alone.
func passLayer(s State, cmd PassLayer) ([]Event, error) {
	if err := pending(s, cmd.By, cmd.Digest); err != nil {
		return nil, err
	}
	if slices.Contains(s.Draft.Passed, Passed{cmd.Layer, cmd.By.Account}) {
		return nil, nil
	}
	if s.Draft.Stage != Awaiting {
		return nil, wrongStage(s)
	}
	layer, fault := s.turn(cmd.By)
	switch {
	case fault != nil:
		return nil, fault
	case layer.ID != cmd.Layer || layer.Secrecy:
		return nil, otherLayer(layer)
	case slices.Contains(s.Draft.Reviewers, cmd.By.Account):
		return nil, sameLayer()
	}
	if fault := domain.Prose("disclosure", "opinion", cmd.Opinion, maxReason); fault != nil {
		return nil, fault
	}
	return []Event{LayerPassed{Layer: cmd.Layer, Digest: cmd.Digest, By: cmd.By.Account, Opinion: cmd.Opinion}}, nil
}

// layeredReview is the secrecy review as a layer. One that was not clear can be made again, also by the same person.
func layeredReview(s State, cmd Review, now Reviewed) ([]Event, error) {
	now.Layer = s.Draft.Review.Layer
	if sameReview(s.Draft.Review, now) && now.Layer != "" {
		return nil, nil
	}
	if s.Draft.Stage != Awaiting {
		return nil, wrongStage(s)
	}
	layer, fault := s.turn(cmd.By)
	switch {
	case fault != nil:
		return nil, fault
	case !layer.Secrecy:
		return nil, otherLayer(layer)
	case slices.ContainsFunc(s.Draft.Passed, func(p Passed) bool { return p.By == cmd.By.Account }):
		return nil, sameLayer()
	}
	if err := checkReview(cmd); err != nil {
		return nil, err
	}
	now.Layer = layer.ID
	return []Event{now}, nil
}

// turn is the layer whose turn it is, for somebody who may pass it.
func (s State) turn(by domain.Actor) (Layer, *domain.Fault) {
	layer, open := s.Draft.next()
	if !open {
		return layer, wrongStage(s)
	}
	if fault := second(s, by); fault != nil {
		return layer, fault
	}
	if by.Role != layer.Role {
		return layer, domain.Refuse(domain.Forbidden, "disclosure.layer.role", "",
			"“"+layer.Name+"”一级应由"+string(layer.Role)+"办理", "the layer "+layer.ID+" is passed by a "+string(layer.Role))
	}
	return layer, nil
}

func otherLayer(l Layer) *domain.Fault {
	return domain.Refuse(domain.Precondition, "disclosure.layer.turn", "layer",
		"应先经“"+l.Name+"”一级审核", "it is the turn of the layer "+l.ID)
}

func sameLayer() *domain.Fault {
	return separate("layer", "同一人不得办理两级审核", "one person can't pass two layers of the review")
}
