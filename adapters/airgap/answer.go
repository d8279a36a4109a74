package airgap

import (
	"crypto/ed25519"
	"time"
)

// answer writes the receipt: how far the outer ledger is, and what it lacks. One that would say what the last one says is left as
// it is, until its patience ends.
func (r *Receiver) answer(s *state, f *found, refused Reason) (Receipt, error) {
	now := Receipt{
		Ledger: s.Ledger, Epoch: s.Epoch, Series: s.Last.Series, Bundle: s.Last.Bundle, Digest: s.Last.Digest, Acts: s.Acts, Chain: s.chain.String(),
		Refused: refused,
	}
	if reason := f.lacks(s); reason != "" && refused == "" {
		now.Again = &Again{From: s.Acts + 1, Reason: reason, Asked: r.asked(s.Acts+1, reason)}
	}
	text, _, err := sealed(kindReceipt, now, nil, r.Key)
	if err == nil {
		_, err = put(r.Folder.receipt(), text)
	}
	return now, err
}

// lacks says why the next act is not here although there is one; nothing if there is none that is known of.
func (f *found) lacks(s *state) Reason {
	behind := f.head != nil && f.head.Acts > s.Acts
	for _, b := range f.bundles {
		behind = behind || b.Last > s.Acts
	}
	for _, bad := range f.bad {
		switch bad.Reason {
		case Truncated, Tampered, Unreadable:
			return bad.Reason
		case Lost, Foreign, Diverged, RolledBack:
		}
	}
	if behind {
		return Lost
	}
	return ""
}

// asked is when it was asked for: before, if the other side had no time to answer yet.
func (r *Receiver) asked(from uint64, reason Reason) time.Time {
	now := r.Clock().UTC()
	text, err := load(r.Folder.receipt())
	if err != nil || text == nil {
		return now
	}
	was, err := opened[Receipt](kindReceipt, text, r.own())
	last := was.body
	if err != nil || last.Again == nil || last.Again.From != from || last.Again.Reason != reason || now.Sub(last.Again.Asked) >= r.Patience {
		return now
	}
	return last.Again.Asked
}

// own is the key that the receiver's own receipts are read with.
func (r *Receiver) own() []ed25519.PublicKey {
	public, is := r.Key.Public().(ed25519.PublicKey)
	if !is {
		return nil
	}
	return []ed25519.PublicKey{public}
}
