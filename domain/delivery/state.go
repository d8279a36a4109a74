package delivery

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// State is a delivery as its events tell it.
type State struct {
	About
	Act     int // the last that was handled
	Status  Status
	Held    *Held // what stands in the way, while Status is WasHeld
	Rows    []Row
	Names   []NameChosen
	GivenUp *GivenUp // the last
	// Representative is the 法定代表人 or 经营者 that was recorded here; nothing if none was.
	Representative string
	counted        int // rows that don't count for the limit of the act, since an approver began anew
}

// Row is a row and what became of it.
type Row struct {
	Prepared    Prepared
	Submissions []Submitted
	Answers     []Answered // in the order in which they were recorded
	Left        bool       // it was given up without an answer
}

// Answered is an answer with its verdict.
type Answered struct {
	Verdict Verdict
	Answer
}

// Verdict is what the platform said last; nothing before it answered.
func (r Row) Verdict() Verdict {
	if n := len(r.Answers); n > 0 {
		return r.Answers[n-1].Verdict
	}
	return ""
}

// void tells whether the row changed nothing at the platform, as far as is known: what is unanswered is taken for accepted.
func (r Row) void() bool { return r.Verdict() == Refused || r.Left && r.Verdict() == "" }

// Exists tells whether there is a delivery.
func (s State) Exists() bool { return s.Delivery != "" }

// Last is the last row; false without any.
func (s State) Last() (Row, bool) {
	if len(s.Rows) == 0 {
		return Row{}, false
	}
	return s.Rows[len(s.Rows)-1], true
}

// Name is the name chosen last, nothing if none was.
func (s State) Name() string {
	if n := len(s.Names); n > 0 {
		return s.Names[n-1].Name
	}
	return ""
}

// atPlatform is what it knows of the record after rows: whether it has it at all, whether it shows it, and as which row.
type atPlatform struct {
	known, shown bool
	as           *Row
}

// holds tells what the platform knows after the rows so far.
func (s State) holds() atPlatform {
	h := atPlatform{known: s.Stood, shown: s.Stood, as: nil}
	for i, r := range s.Rows {
		switch {
		case r.void():
		case r.Prepared.Action == Delete:
			h = atPlatform{known: false, shown: false, as: nil}
		case r.Prepared.Gone:
			h.known, h.shown = true, false
		default:
			h = atPlatform{known: true, shown: true, as: &s.Rows[i]}
		}
	}
	return h
}

// spent is how many rows were prepared for an act, as far as they count.
func (s State) spent(act int) (n int) {
	for _, r := range s.Rows[min(s.counted, len(s.Rows)):] {
		if r.Prepared.Act == act {
			n++
		}
	}
	return n
}

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case Prepared:
		s.About, s.Act, s.Status, s.Held = e.About, e.Act, WasPrepared, nil
		if s.GivenUp != nil { // an approver began anew, or another act did
			s.counted = len(s.Rows)
		}
		s.Rows, s.GivenUp = append(slices.Clip(s.Rows), Row{Prepared: e}), nil
	case Held:
		s = s.at(e.Row, WasHeld, func(r *Row) { r.Left = true })
		s.About, s.Act, s.Status, s.Held, s.GivenUp = e.About, e.Act, WasHeld, &e, nil
	case Dropped:
		s.Act, s.Status, s.Held, s.GivenUp = e.Act, WasDropped, nil, nil
	case Submitted:
		s = s.at(e.Row, WasSubmitted, func(r *Row) { r.Submissions = append(slices.Clip(r.Submissions), e) })
	case Accepted:
		v := Taken
		if e.Duplicate {
			v = Duplicate
		}
		s = s.at(e.Row, WasAccepted, func(r *Row) { r.Answers = append(slices.Clip(r.Answers), Answered{v, e.Answer}) })
	case Rejected:
		s = s.at(e.Row, WasRejected, func(r *Row) { r.Answers = append(slices.Clip(r.Answers), Answered{Refused, e.Answer}) })
	case NameChosen:
		s.Names = append(slices.Clip(s.Names), e)
		if s.GivenUp != nil { // an approver begins anew
			s.GivenUp, s.counted = nil, len(s.Rows)
		}
	case RepresentativeRecorded:
		s.Representative = e.Name
		if s.GivenUp != nil {
			s.GivenUp, s.counted = nil, len(s.Rows)
		}
	case GivenUp:
		if s.Status != WasHeld {
			s = s.at(len(s.Rows), WasGivenUp, func(r *Row) { r.Left = r.Verdict() == "" })
		}
		s.Status, s.GivenUp, s.Held = WasGivenUp, &e, nil
	}
	return s
}

// at changes a row. The delivery stands as its last row does, but while a later act is held, nothing is to be sent, or an answer
// is not there yet of what was given up.
func (s State) at(row int, now Status, change func(*Row)) State {
	if row < 1 || row > len(s.Rows) {
		return s
	}
	s.Rows = slices.Clone(s.Rows)
	change(&s.Rows[row-1])
	switch {
	case row < len(s.Rows), s.Status == WasHeld, s.Status == WasDropped, now == WasSubmitted && s.Status != WasPrepared:
	default:
		s.Status = now
	}
	return s
}

// digest is that of a content.
func (c Content) digest() string { return domain.DigestOf(c) }
