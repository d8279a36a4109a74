package evidence

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// Category is the stream category.
const Category = "evidence"

// MaxOriginal bounds the original of a picture, in bytes: with base64 it fits into one request.
const MaxOriginal = 2_900_000

const (
	maxPictures = 100
	maxCaption  = 200 // characters
	maxReason   = 500
)

// Decider decides on the pictures of a record; a stream's id is Record.Stream.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Initial: State{Pictures: nil}, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// State is a record's pictures, in the order in which they were attached.
type State struct{ Pictures []Picture }

// Picture is one of them.
type Picture struct {
	Attached Attached
	Removed  *Removed
}

// Find finds a picture that stands.
func (s State) Find(id string) (Attached, bool) {
	i := s.index(id)
	if i < 0 || s.Pictures[i].Removed != nil {
		return Attached{}, false
	}
	return s.Pictures[i].Attached, true
}

// Public are the pictures that stand and are for the public.
func (s State) Public() (out []Attached) {
	for _, p := range s.Pictures {
		if p.Removed == nil && p.Attached.Publish {
			out = append(out, p.Attached)
		}
	}
	return out
}

func (s State) index(id string) int {
	return slices.IndexFunc(s.Pictures, func(p Picture) bool { return p.Attached.Evidence == id })
}

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case Attached:
		s.Pictures = append(slices.Clip(s.Pictures), Picture{Attached: e, Removed: nil})
	case Removed:
		if i := s.index(e.Evidence); i >= 0 {
			s.Pictures = slices.Clone(s.Pictures)
			s.Pictures[i].Removed = &e
		}
	}
	return s
}

// Command asks for a change of a record's pictures.
//
//sumtype:decl
type Command interface{ command() }

// Attach adds a picture whose original is in the vault, or will be when the event is recorded.
type Attach struct {
	By       domain.Actor
	Attached Attached // without who did it
}

// Remove takes a picture off.
type Remove struct {
	By       domain.Actor
	Evidence string
	Reason   string
}

func (Attach) command() {}
func (Remove) command() {}

func decide(s State, command Command) ([]Event, error) {
	switch c := command.(type) {
	case Attach:
		return attach(s, c)
	case Remove:
		return remove(s, c)
	}
	return nil, domain.Refuse(domain.Invalid, "evidence.command.unknown", "", "未知命令", "unknown command")
}

func foreign() error {
	return domain.Refuse(domain.Forbidden, "evidence.authority.foreign", "disclosure_id", "该记录属于其他机关", "the record is another authority's")
}

func attach(s State, c Attach) ([]Event, error) {
	a := c.Attached
	if a.Authority == "" || !c.By.Holds(a.Authority) {
		return nil, foreign()
	}
	a.By = c.By.Account
	faults := append(plain("caption", a.Caption, maxCaption), a.Copy.check())
	if a.Evidence == "" || a.Original.Item == "" {
		faults = append(faults, domain.Refuse(domain.Invalid, "evidence.original", "content", "缺少照片原件", "the original is missing"))
	}
	standing := 0
	for _, p := range s.Pictures {
		switch {
		case p.Removed != nil:
		case p.Attached.Copy.Digest == a.Copy.Digest:
			faults = append(faults, domain.Refuse(domain.Conflict, "evidence.attached", "content", "该照片已在该记录中", "the picture stands on the record already"))
		default:
			standing++
		}
	}
	if standing >= maxPictures {
		faults = append(faults, domain.Refuse(domain.Precondition, "evidence.many", "", "该记录的照片过多", "the record has too many pictures"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{a}, nil
}

func remove(s State, c Remove) ([]Event, error) {
	i := s.index(c.Evidence)
	if i < 0 {
		return nil, domain.Refuse(domain.NotFound, "evidence.missing", "evidence_id", "没有该照片", "there is no such picture")
	}
	p := s.Pictures[i]
	if !c.By.Holds(p.Attached.Authority) {
		return nil, foreign()
	}
	if err := domain.Require(plain("reason", c.Reason, maxReason)...); err != nil {
		return nil, err
	}
	switch {
	case p.Removed == nil:
		return []Event{Removed{Evidence: c.Evidence, Reason: c.Reason, By: c.By.Account}}, nil
	case p.Removed.Reason == c.Reason:
		return nil, nil
	}
	return nil, domain.Refuse(domain.Conflict, "evidence.removed", "evidence_id", "该照片已移除", "the picture was removed already")
}

// plain demands a text without what the public may never see.
func plain(field, value string, most int) []*domain.Fault {
	faults := []*domain.Fault{domain.Blank("evidence."+field, field, value), domain.Text("evidence."+field, field, value, most)}
	if redaction.Hard(value) {
		faults = append(faults, domain.Refuse(domain.Invalid, "evidence.personal", field,
			field+"：不得含有证件号码、银行账号、移动电话", field+" may hold no identity number, bank account or mobile phone"))
	}
	return faults
}

func (c Copy) check() *domain.Fault {
	if domain.IsDigest(c.Digest) && c.Size > 0 && c.Width > 0 && c.Height > 0 &&
		(c.Media == "image/jpeg" || c.Media == "image/png") {
		return nil
	}
	return domain.Refuse(domain.Invalid, "evidence.copy", "content", "照片副本信息有误", "what is said of the copy is not right")
}
