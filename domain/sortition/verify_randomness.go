package sortition

import (
	"bytes"
	"cmp"
	"fmt"
)

// commitments compares each nonce with what was sealed: the same parties, none missing.
func (v *verification) commitments() error {
	b := v.bundle
	if err := checkNames("commitments", "party", b.Commitments, func(c Commitment) string { return c.Party }); err != nil {
		return asStep(StepCommitment, err)
	}
	if err := checkNames("reveals", "party", b.Reveals, func(r Reveal) string { return r.Party }); err != nil {
		return asStep(StepCommitment, err)
	}
	if b.Beacon == nil && len(b.Commitments) == 0 {
		return &StepError{Step: StepCommitment, Field: "commitments", Want: "at least one where there is no beacon"}
	}
	opened := make(map[string]Digest, len(b.Reveals))
	for _, reveal := range b.Reveals {
		opened[reveal.Party] = Seal(v.report.Terms, reveal.Party, reveal.Nonce)
	}
	for i, commitment := range b.Commitments {
		field := fmt.Sprintf("commitments[%d].commitment of %q", i, short(commitment.Party))
		nonce, revealed := opened[commitment.Party]
		if !revealed {
			return &StepError{Step: StepCommitment, Field: field, Want: "a reveal; without it the draw is aborted"}
		}
		if err := differs(StepCommitment, field, nonce, commitment.Commitment); err != nil {
			return err
		}
		delete(opened, commitment.Party)
	}
	for i, reveal := range b.Reveals {
		if _, left := opened[reveal.Party]; left {
			return &StepError{Step: StepCommitment, Field: fmt.Sprintf("reveals[%d].party", i),
				Want: "a party that committed", Got: short(reveal.Party)}
		}
	}
	return nil
}

// notBefore compares the times of record with the instant before which the beacon could not be known.
func (v *verification) notBefore() error {
	b := v.bundle
	type record struct{ field, at string }
	var records []record
	if b.CommittedAt != "" {
		records = append(records, record{"committed_at", b.CommittedAt})
	}
	for i, commitment := range b.Commitments {
		records = append(records, record{fmt.Sprintf("commitments[%d].committed_at", i), commitment.CommittedAt})
	}
	for _, r := range records {
		recorded, err := parseInstant(r.field, r.at)
		if err != nil {
			return asStep(StepNotBefore, err)
		}
		if b.Beacon == nil {
			continue
		}
		limit, err := parseInstant("beacon.not_before", b.Beacon.NotBefore)
		if err != nil {
			return asStep(StepNotBefore, err)
		}
		if !recorded.Before(limit) {
			return &StepError{Step: StepNotBefore, Field: r.field, Want: "an instant before " + b.Beacon.NotBefore, Got: r.at}
		}
	}
	if len(records) == 0 {
		return v.doubt(StepNotBefore, "committed_at", NoteCommitUntimed, "the bundle does not say when the terms were recorded")
	}
	v.note(NoteCommitsDeclared, "the times of record are those that the bundle declares")
	return nil
}

// beacon judges the value as far as the bundle and the sources at hand allow.
func (v *verification) beacon() error {
	b := v.bundle.Beacon
	if b == nil {
		return nil
	}
	if len(b.Value) == 0 {
		return &StepError{Step: StepBeacon, Field: "beacon.value", Want: "the published bytes"}
	}
	if err := v.entries(); err != nil {
		return err
	}
	source := SourceOf(v.opts.Sources, b.Name)
	if source == nil {
		return v.unproven(NoteBeaconUnknown, fmt.Sprintf("nobody here can prove the source %q", short(b.Name)))
	}
	if err := v.published(source); err != nil {
		return err
	}
	if source.Signs() && len(b.Signature) == 0 {
		return v.doubt(StepBeacon, "beacon.signature", NoteBeaconUnsigned, "beacon value not proven: no signature in bundle")
	}
	if err := source.Verify(b.BeaconTerms, b.Value, b.Signature); err != nil {
		want := "the value that the signature proves"
		if !source.Signs() {
			want = "a value of the form that the source has, without a signature"
		}
		return &StepError{Step: StepBeacon, Field: "beacon.value", Want: want, Got: short(err.Error())}
	}
	if !source.Signs() {
		return v.unproven(NoteBeaconStated, "the source does not sign, and the bundle states it once")
	}
	v.note(NoteBeaconProven, "beacon value proven by its signature")
	return nil
}

// published compares the time of the round, if it has one, with the instant before which the value could not be known.
func (v *verification) published(source Source) error {
	b := v.bundle.Beacon
	at, err := source.PublishedAt(b.BeaconTerms)
	if err != nil {
		return &StepError{Step: StepBeacon, Field: "beacon.round", Want: "a round of " + short(b.Name), Got: short(err.Error())}
	}
	limit, err := parseInstant("beacon.not_before", b.NotBefore)
	if err != nil {
		return asStep(StepBeacon, err)
	}
	if at.IsZero() || !at.Before(limit) {
		return nil
	}
	return v.doubt(StepBeacon, "beacon.not_before", NoteBeaconEarly, "round %s was public from %s, before not_before",
		short(b.Round), at.UTC().Format("2006-01-02T15:04:05Z"))
}

// entries checks that what people entered, if the bundle tells, comes to the value.
func (v *verification) entries() error {
	b := v.bundle.Beacon
	for i, e := range b.Entries {
		field := fmt.Sprintf("beacon.entries[%d]", i)
		limit, err := parseInstant("beacon.not_before", b.NotBefore)
		if err != nil {
			return asStep(StepBeacon, err)
		}
		at, err := parseInstant(field+".entered_at", e.EnteredAt)
		if err = cmp.Or(checkText(field+".by", e.By), err); err != nil {
			return asStep(StepBeacon, err)
		}
		if at.Before(limit) {
			return &StepError{Step: StepBeacon, Field: field + ".entered_at", Want: "no instant before " + b.NotBefore, Got: e.EnteredAt}
		}
	}
	if len(b.Entries) > 0 && b.agreed() < agreeing {
		return &StepError{Step: StepBeacon, Field: "beacon.entries", Want: fmt.Sprintf("at least %d that are the value", agreeing), Got: fmt.Sprint(b.agreed())}
	}
	return nil
}

// agreeing is how many people must have entered the same.
const agreeing = 2

// agreed counts the entries that are the value.
func (b Beacon) agreed() int {
	n := 0
	for _, e := range b.Entries {
		if bytes.Equal(e.Value, b.Value) {
			n++
		}
	}
	return n
}

// unproven says what a value that nothing proves rests on: on people, if they entered it, else on what is given.
func (v *verification) unproven(code NoteCode, why string) error {
	b := v.bundle.Beacon
	if n := b.agreed(); n >= agreeing {
		code, why = NoteBeaconEntered, fmt.Sprintf("%d people entered it, each for themselves", n)
		if others := len(b.Entries) - n; others > 0 {
			why += fmt.Sprintf("; %d entered something else", others)
		}
	}
	return v.doubt(StepBeacon, "beacon.value", code, "beacon value not proven: %s", why)
}

func (v *verification) seed() error {
	b := v.bundle
	var value []byte
	if b.Beacon != nil {
		value = b.Beacon.Value
	}
	v.report.Seed = Seed(v.report.Terms, value, b.Reveals)
	return differs(StepSeed, "seed", v.report.Seed, b.Seed)
}
