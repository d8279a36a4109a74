package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	natural "github.com/mingjian-ledger/mingjian/domain/person"
)

// sealedCheck holds the references to personal texts to the vault. A person may be shredded in a later event than the one
// that refers to a text, so what was not found is judged at the end.
type sealedCheck struct {
	vault    *vault.Store    // nil without one
	shredded map[string]bool // by the events
	unfound  []unfound
	whole    int // opened, and as the commitment says
	locked   int // there, but the master key is not
	gone     int // of shredded persons
}

// unfound is a reference that did not open, and why.
type unfound struct {
	at     es.Stream
	sealed domain.Sealed
	why    error
}

func (v *verifier) openVault(ctx context.Context) error {
	v.sealed = sealedCheck{shredded: map[string]bool{}}
	s, err := v.config.openVault(ctx, true)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	v.sealed.vault = s
	return err
}

func (v *verifier) closeVault() {
	if v.sealed.vault != nil {
		_ = v.sealed.vault.Close() // read only
	}
}

// lookUp opens what an event or its metadata refer to.
func (v *verifier) lookUp(ctx context.Context, rec es.Record) error {
	if natural.Codec().Today(rec.Type) == (natural.Shredded{}).EventType() {
		v.sealed.shredded[rec.Stream.ID] = true
		return nil
	}
	for _, s := range append(domain.SealedIn(rec.Data), domain.SealedIn(rec.Meta)...) {
		err := errors.New("there is no vault")
		if v.sealed.vault != nil {
			_, err = v.sealed.vault.Open(ctx, s)
		}
		locked := (*vault.MasterError)(nil)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			v.sealed.whole++
		case errors.As(err, &locked):
			v.sealed.locked++
		default:
			v.sealed.unfound = append(v.sealed.unfound, unfound{rec.Stream, s, err})
		}
	}
	return nil
}

// judgeVault reports what has to open and does not, and who is not destroyed though decided.
func (v *verifier) judgeVault(ctx context.Context) error {
	for _, u := range v.sealed.unfound {
		if v.forgotten(u.sealed) {
			v.sealed.gone++
			continue
		}
		v.problem("stream %s: the personal text %s does not open: %v", u.at, u.sealed.Item, u.why)
	}
	if v.sealed.vault != nil {
		for person := range v.sealed.shredded {
			if done, err := v.sealed.vault.Shredded(ctx, person); err != nil {
				return err
			} else if !done {
				v.problem("vault: person %s is to be destroyed and is not; the next start does it", person)
			}
		}
	}
	fmt.Fprintf(v.out, "vault: %d texts open as their commitments say, %d of destroyed persons, %d not opened for want of the master key\n",
		v.sealed.whole, v.sealed.gone, v.sealed.locked)
	return nil
}

// webhooks checks what is kept of receivers.
func (v *verifier) webhooks(ctx context.Context) (err error) {
	if at := v.config.webhooksAt(); at.local() && missing(at.path()) {
		return nil
	}
	s, err := v.config.openWebhooks(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	isLocked := func(err error) bool { m := (*vault.MasterError)(nil); return errors.As(err, &m) }
	did, err := s.Check(ctx, isLocked, func(problem string) { v.problem("webhooks: %s", problem) })
	if err == nil {
		fmt.Fprintf(v.out, "webhooks: %d endpoints, %d secrets open, %d not opened for want of the master key\n", did.Endpoints, did.Opened, did.Locked)
	}
	return err
}

func (v *verifier) forgotten(s domain.Sealed) bool {
	for _, p := range s.Persons {
		if v.sealed.shredded[p] {
			return true
		}
	}
	return false
}
