package sortition

import (
	"errors"
	"fmt"
	"iter"
)

// Selection is a drawn subject with the inspectors who go there.
type Selection struct {
	Subject    string      `json:"subject"`
	Stratum    string      `json:"stratum"`
	Ticket     Digest      `json:"ticket"`
	Teams      []Team      `json:"teams"` // one for each department, by name
	Shortfalls []Shortfall `json:"shortfalls"`
}

// Replacement puts the next of the reserve in the place of a selected subject.
type Replacement struct {
	Number     uint64    `json:"number"` // from 1, in the draw
	SubjectOut string    `json:"subject_out"`
	Reason     string    `json:"reason"` // from the published list of reasons
	ReplacedBy Selection `json:"replaced_by"`
}

// Result is what a draw comes to.
type Result struct {
	Terms    Digest
	Seed     Digest
	Selected []Selection // by stratum name, then ticket: the order in which they were staffed
}

// Why there is no replacement.
var (
	ErrNotSelected = errors.New("the subject is not selected")
	ErrNoReserve   = errors.New("the reserve of the stratum is used up")
)

// Draw selects the subjects and matches the inspectors (§3 to §5). The pools must be those whose roots the terms hold; the
// reveals are of exactly the parties that committed, which the caller checks with CheckReveal. Subjects are run through
// twice. A refusal is an *InputError; an error of a stream is passed on.
func Draw(t Terms, pools Pools, beaconValue []byte, reveals []Reveal) (Result, error) {
	if err := t.Validate(); err != nil {
		return Result{}, err
	}
	if err := validateRandomness(t.Beacon, beaconValue, reveals); err != nil {
		return Result{}, err
	}
	terms := t.Digest()
	seed := Seed(terms, beaconValue, reveals)
	d, err := newDrawing(t, pools, seed, nil)
	if err != nil {
		return Result{}, err
	}
	result := Result{Terms: terms, Seed: seed, Selected: make([]Selection, 0, d.drawn())}
	d.staff(func(s Selection) { result.Selected = append(result.Selected, s) })
	return result, nil
}

// Replace gives the replacement that follows the earlier ones (§6): the first of the reserve of the subject's stratum that
// was not used, staffed after all earlier assignments. It recomputes the draw from the seed and replays the earlier
// replacements, so that nothing has to be believed; one that is not what it must be is a *StepError. ErrNotSelected and
// ErrNoReserve say why there is none.
func Replace(t Terms, pools Pools, seed Digest, earlier []Replacement, subjectOut, reason string) (Replacement, error) {
	if err := t.Validate(); err != nil {
		return Replacement{}, err
	}
	d, err := newDrawing(t, pools, seed, append(outs(earlier), subjectOut))
	if err != nil {
		return Replacement{}, err
	}
	d.staff(func(Selection) {})
	for i, claimed := range earlier {
		path := fmt.Sprintf("replacements[%d]", i)
		made, err := d.replace(claimed.SubjectOut, claimed.Reason)
		if err != nil {
			return Replacement{}, fmt.Errorf("replay %s: %w", path, within(path, err))
		}
		if err := made.differs(path, claimed); err != nil {
			return Replacement{}, fmt.Errorf("replay: %w", err)
		}
	}
	return d.replace(subjectOut, reason)
}

// drawing is a draw under way: tickets are drawn, assignments grow.
type drawing struct {
	crew     *crew
	layers   []*layer
	standing map[string]*standing // by the subjects that may be replaced; nil for one that is not selected
	replaced uint64
}

// standing is a selected subject's place: the layer whose reserve would replace it.
type standing struct {
	layer     *layer
	selection Selection
}

// outs are the subjects that replacements replace.
func outs(replacements []Replacement) []string {
	list := make([]string, 0, len(replacements)+1)
	for _, r := range replacements {
		list = append(list, r.SubjectOut)
	}
	return list
}

// newDrawing checks the pools against the terms and draws the tickets, keeping as much of the reserve of every stratum as may
// have to be replaced.
func newDrawing(t Terms, pools Pools, seed Digest, replaced []string) (*drawing, error) {
	frozen, err := Freeze(pools)
	if err != nil {
		return nil, err
	}
	if err := t.admits(frozen); err != nil {
		return nil, err
	}
	return draw(t, pools, frozen, seed, replaced)
}

func draw(t Terms, pools Pools, frozen FrozenPools, seed Digest, replaced []string) (*drawing, error) {
	d := &drawing{standing: make(map[string]*standing, len(replaced))}
	for _, subject := range replaced {
		d.standing[subject] = nil
	}
	for _, s := range t.strata() {
		candidates := frozen.Subjects.Strata[s.Name]
		quota := s.Quota(candidates)
		d.layers = append(d.layers, &layer{name: s.Name, seed: StratumSeed(seed, s.Name), candidates: candidates,
			quota: quota, wanted: quota + min(uint64(len(replaced)), candidates-quota), slack: usualSlack})
	}
	if err := drawLayers(d.layers, pools.Subjects); err != nil {
		return nil, err
	}
	crew, err := newCrew(t, seed, pools.Inspectors)
	if err != nil {
		return nil, fmt.Errorf("draw: read inspectors: %w", err)
	}
	d.crew = crew
	if frozen.Conflicts.Count == 0 {
		return d, nil
	}
	staffed := map[string]bool{}
	for _, l := range d.layers {
		for _, p := range l.picks {
			staffed[p.id] = true
		}
	}
	if err := crew.declare(pools.Conflicts, staffed); err != nil {
		return nil, fmt.Errorf("draw: read conflicts: %w", err)
	}
	return d, nil
}

// drawn counts the selected.
func (d *drawing) drawn() int {
	n := 0
	for _, l := range d.layers {
		n += len(l.picks[:l.quota])
	}
	return n
}

// selected gives the selected before they are staffed, in the order in which they will be.
func (d *drawing) selected() iter.Seq[Selection] {
	return func(yield func(Selection) bool) {
		for _, l := range d.layers {
			for _, p := range l.picks[:l.quota] {
				if !yield(Selection{Subject: p.id, Stratum: l.name, Ticket: p.ticket}) {
					return
				}
			}
		}
	}
}

// staff gives every selected subject its teams, once. It keeps only what may be replaced.
func (d *drawing) staff(each func(Selection)) {
	for _, l := range d.layers {
		for _, p := range l.picks[:l.quota] {
			selection := d.crew.staff(l.name, p)
			if _, asked := d.standing[p.id]; asked {
				d.standing[p.id] = &standing{layer: l, selection: selection}
			}
			each(selection)
		}
		l.picks = l.picks[l.quota:]
		l.quota = 0
	}
}

// replace makes the next replacement; staff went before, and draw was told of the subject. What is left of a layer's picks is
// its reserve.
func (d *drawing) replace(subjectOut, reason string) (Replacement, error) {
	if err := checkText("reason", reason); err != nil {
		return Replacement{}, err
	}
	out := d.standing[subjectOut]
	if out == nil {
		return Replacement{}, fmt.Errorf("replace %q: %w", short(subjectOut), ErrNotSelected)
	}
	if len(out.layer.picks) == 0 {
		return Replacement{}, fmt.Errorf("replace %q in stratum %q: %w", short(subjectOut), short(out.layer.name), ErrNoReserve)
	}
	next := out.layer.picks[0]
	out.layer.picks = out.layer.picks[1:]
	d.crew.release(out.selection)
	in := d.crew.staff(out.layer.name, next)
	delete(d.standing, subjectOut)
	d.standing[next.id] = &standing{layer: out.layer, selection: in}
	d.replaced++
	return Replacement{Number: d.replaced, SubjectOut: subjectOut, Reason: reason, ReplacedBy: in}, nil
}
