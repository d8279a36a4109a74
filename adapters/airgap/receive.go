package airgap

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/gap"
)

// Receiver takes what is in the folder into an outer ledger.
type Receiver struct {
	Log    Log
	Folder Folder
	Key    ed25519.PrivateKey  // signs receipts
	Peers  []ed25519.PublicKey // sign bundles
	Clock  func() time.Time
	// Patience is how long it waits for what it asked for before it asks again.
	Patience time.Duration

	known *state // as it was left; nil where it has to be read
}

// Received is what a call of Receive did.
type Received struct {
	Bundles  int // taken
	Repeated int // had been taken before
	Stale    int // of a former epoch, with acts that the inner ledger has no more
	Acts     uint64
	Bad      []*BadError // what could not be taken
	Receipt  Receipt
}

// found is what is in the folder.
type found struct {
	bundles []bundle
	head    *Head
	bad     []*BadError
	newest  *Source // of all that is signed
}

// Receive takes all that follows upon what is here, and writes a receipt. It may be stopped at any step: the next call goes on from
// there.
func (r *Receiver) Receive(ctx context.Context) (out Received, err error) {
	s, err := r.known.again(ctx, r.Log)
	r.known = nil // what is not brought to its end is read anew
	if err != nil {
		return out, err
	}
	f, err := r.look(s.Ledger)
	if err != nil {
		return out, err
	}
	refused, err := r.takeIn(ctx, s, f, &out)
	out.Acts, out.Bad = s.Acts, f.bad
	if err != nil {
		return out, err
	}
	r.known = s
	if s.Ledger == "" && len(f.bad) == 0 {
		return out, nil
	}
	out.Receipt, err = r.answer(s, f, refused)
	return out, err
}

// takeIn does all but the receipt.
func (r *Receiver) takeIn(ctx context.Context, s *state, f *found, out *Received) (Reason, error) {
	if f.newest == nil {
		return "", nil
	}
	refused, err := r.join(ctx, s, f)
	if err != nil || refused != "" {
		return refused, err
	}
	if refused, err = r.takeAll(ctx, s, f, out); err != nil || refused != "" {
		return refused, err
	}
	return r.clear(ctx, s, f, out)
}

// look reads what is in the folder. Of a ledger that is no outer one yet, the newest that is signed says whose it becomes.
func (r *Receiver) look(ledger string) (*found, error) {
	f := &found{}
	names, err := r.Folder.list()
	if err != nil {
		return nil, err
	}
	var sources []Source
	head, err := r.head()
	if f.note(headName, err) && head != nil {
		f.head, sources = head, append(sources, head.Source)
	} else if bad := (*BadError)(nil); err != nil && !errors.As(err, &bad) {
		return nil, err
	}
	for _, name := range names {
		b, there, err := r.bundle(name)
		if bad := (*BadError)(nil); err != nil && !errors.As(err, &bad) {
			return nil, err
		}
		if there && f.note(name, err) {
			b.packed = nil
			f.bundles, sources = append(f.bundles, b), append(sources, b.Source)
		}
	}
	for _, source := range sources {
		if (ledger == "" || source.Ledger == ledger) && (f.newest == nil || source.Began.After(f.newest.Began)) {
			f.newest = &source
		}
	}
	f.own(cmp.Or(ledger, f.ledger()))
	slices.SortStableFunc(f.bundles, func(a, b bundle) int {
		return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(a.Series, b.Series), cmp.Compare(a.Bundle, b.Bundle))
	})
	return f, nil
}

// head reads it; nil without one.
func (r *Receiver) head() (*Head, error) {
	text, err := load(r.Folder.head())
	if err != nil || text == nil {
		return nil, err
	}
	head, err := opened[Head](kindHead, text, r.Peers)
	return &head.body, err
}

// bundle reads one; it may be gone since it was listed.
func (r *Receiver) bundle(name string) (b bundle, there bool, err error) {
	text, err := load(r.Folder.bundle(name))
	if err != nil || text == nil {
		return b, err != nil, err
	}
	b, err = unpack(name, text, r.Peers)
	return b, true, err
}

// note keeps what is wrong with a file; so is whether nothing is.
func (f *found) note(name string, err error) (so bool) {
	bad := (*BadError)(nil)
	if errors.As(err, &bad) {
		bad.File = name
		f.bad = append(f.bad, bad)
	}
	return err == nil
}

func (f *found) ledger() string {
	if f.newest == nil {
		return ""
	}
	return f.newest.Ledger
}

// own passes over what is of another inner ledger.
func (f *found) own(ledger string) {
	f.bundles = slices.DeleteFunc(f.bundles, func(b bundle) bool {
		foreign := b.Ledger != ledger
		if foreign {
			f.note(b.name, &BadError{Reason: Foreign, Err: fmt.Errorf("it is of the inner ledger %s", b.Ledger)})
		}
		return foreign
	})
	if f.head != nil && f.head.Ledger != ledger {
		f.note(headName, &BadError{Reason: Foreign, Err: fmt.Errorf("it is of the inner ledger %s", f.head.Ledger)})
		f.head = nil
	}
}

// join makes the ledger an outer one, and follows an epoch that has all that was taken.
func (r *Receiver) join(ctx context.Context, s *state, f *found) (Reason, error) {
	if s.Ledger == "" {
		attach := gap.Attach{Attached: gap.Attached{Ledger: f.newest.Ledger, By: Ward}}
		if err := s.record(ctx, r.Log, r.Clock(), attach, "attach", f.newest.Ledger); err != nil {
			return "", err
		}
	}
	n := f.newest
	if n.Epoch == s.Epoch || s.Epoch != "" && !n.Began.After(s.Began) {
		return "", nil
	}
	here := s.Acts + uint64(len(s.halfway))
	switch {
	case n.Common < here:
		return RolledBack, nil
	case n.Common > here:
		return "", nil // by and by: what is lacking is of the former epoch
	case len(s.halfway) == 0 && n.Shared != s.chain:
		return Diverged, nil
	case len(s.halfway) > 0:
		return "", nil
	}
	return "", s.record(ctx, r.Log, r.Clock(), gap.Follow{Epoch: n.Epoch, Began: n.Began, Common: n.Common}, "follow", n.Epoch, s.chain.String())
}

// usable tells whether a bundle holds the next act, and may: of a former epoch only what the newest one has too.
func (f *found) usable(s *state, b bundle) bool {
	if b.First > s.Acts+1 || b.Last <= s.Acts || s.past(b) {
		return false
	}
	return b.Epoch == f.newest.Epoch || b.Last <= f.newest.Common
}

// takeAll takes bundles as long as one follows.
func (r *Receiver) takeAll(ctx context.Context, s *state, f *found, out *Received) (Reason, error) {
	for {
		i := slices.IndexFunc(f.bundles, func(b bundle) bool { return f.usable(s, b) })
		if i < 0 {
			return "", nil
		}
		b := f.bundles[i]
		err := r.take(ctx, s, b)
		if bad := (*BadError)(nil); errors.As(err, &bad) {
			f.bundles = slices.Delete(f.bundles, i, i+1)
			f.note(b.name, err)
			if bad.Reason == Diverged {
				return Diverged, nil
			}
			continue
		}
		if err != nil {
			return "", err
		}
		f.bundles[i].taken = true
		out.Bundles++
	}
}

// clear removes what was taken, and finds out what came under a number that was taken as something else.
func (r *Receiver) clear(ctx context.Context, s *state, f *found, out *Received) (Reason, error) {
	var rest []bundle
	for _, b := range f.bundles {
		same := false
		switch known := b.Last <= s.Acts; {
		case !known && !s.past(b):
			rest = append(rest, b)
			continue
		case known:
			var err error
			if same, err = s.has(ctx, r.Log, b); err != nil {
				return "", err
			}
		}
		switch {
		case b.taken:
		case same:
			out.Repeated++
		case b.Epoch == f.newest.Epoch && !s.past(b):
			f.note(b.name, &BadError{Reason: Diverged, Err: errors.New("what was taken under these numbers is something else")})
			return Diverged, nil
		default:
			out.Stale++
			f.note(b.name, &BadError{Reason: RolledBack, Err: fmt.Errorf("it is of epoch %s, before %s", b.Epoch, s.Epoch)})
		}
		if err := drop(r.Folder.bundle(b.name)); err != nil {
			return "", err
		}
	}
	f.bundles = rest
	return "", nil
}
