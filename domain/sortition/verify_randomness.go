package sortition

import (
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

// beacon proves the value as far as the bundle and the verifiers at hand allow.
func (v *verification) beacon() error {
	b := v.bundle.Beacon
	if b == nil {
		return nil
	}
	if len(b.Value) == 0 {
		return &StepError{Step: StepBeacon, Field: "beacon.value", Want: "the published bytes"}
	}
	source := v.source(b.Name)
	if source == nil {
		return v.doubt(StepBeacon, "beacon.value", NoteBeaconUnknown,
			"beacon value not proven: nobody here can prove the source %q", short(b.Name))
	}
	published, err := source.PublishedAt(b.Round)
	if err != nil {
		return &StepError{Step: StepBeacon, Field: "beacon.round", Want: "a round of " + short(b.Name), Got: short(err.Error())}
	}
	limit, err := parseInstant("beacon.not_before", b.NotBefore)
	if err != nil {
		return asStep(StepBeacon, err)
	}
	if published.Before(limit) {
		err := v.doubt(StepBeacon, "beacon.not_before", NoteBeaconEarly, "round %s was public from %s, before not_before",
			short(b.Round), published.UTC().Format("2006-01-02T15:04:05Z"))
		if err != nil {
			return err
		}
	}
	if len(b.Signature) == 0 {
		return v.doubt(StepBeacon, "beacon.signature", NoteBeaconUnsigned, "beacon value not proven: no signature in bundle")
	}
	if err := source.Verify(b.Round, b.Value, b.Signature); err != nil {
		return &StepError{Step: StepBeacon, Field: "beacon.value", Want: "the value that the signature proves", Got: short(err.Error())}
	}
	v.note(NoteBeaconProven, "beacon value proven by its signature")
	return nil
}

func (v *verification) source(name string) BeaconVerifier {
	for _, source := range v.opts.Beacons {
		if source.Name() == name {
			return source
		}
	}
	return nil
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
