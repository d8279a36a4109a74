package draw

import (
	"bytes"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
)

// checkBeacon: the source's value must still be unknown.
func checkBeacon(cmd FixTerms) *domain.Fault {
	if cmd.Beacon == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, cmd.Beacon.NotBefore)
	switch {
	case err != nil:
		return domain.Refuse(domain.Invalid, "draw.beacon.not_before", "beacon.not_before", "应为RFC 3339时刻", "must be an RFC 3339 instant")
	case !cmd.RoundAt.IsZero() && !at.Equal(cmd.RoundAt):
		return domain.Refuse(domain.Invalid, "draw.beacon.round_time", "beacon.not_before",
			"与该轮次的公布时刻不符："+cmd.RoundAt.UTC().Format(time.RFC3339Nano),
			"the source publishes this round at "+cmd.RoundAt.UTC().Format(time.RFC3339Nano))
	case !cmd.At.Before(at):
		return domain.Refuse(domain.Precondition, "draw.beacon.spoken", "beacon.not_before", "该随机源结果可能已公布，不得采用",
			"the value may be known already, so the draw can't be bound to it")
	}
	return nil
}

// mayRecord: what the source said is recorded by the draw's authority or, in the name of a party, by the party's account.
// Parties were not asked where one record of a value that nothing proves is enough.
func (s State) mayRecord(cmd RecordBeacon) *domain.Fault {
	if cmd.Party == "" {
		return s.may(cmd.By)
	}
	if fault := s.acting(cmd.By, cmd.Party); fault != nil {
		return fault
	}
	if s.Fixed.Unproved && !s.Fixed.DoubleEntry {
		return domain.Refuse(domain.Forbidden, "draw.beacon.party", "party", "该随机源的结果只由本机关登记", "only the draw's authority records this source")
	}
	return nil
}

func recordBeacon(s State, cmd RecordBeacon) ([]Event, error) {
	if fault := s.mayRecord(cmd); fault != nil {
		return nil, fault
	}
	switch {
	case s.Fixed == nil || s.Fixed.Beacon == nil:
		return nil, domain.Refuse(domain.Precondition, "draw.beacon.none", "", "本次抽取未采用公开随机源", "the draw is not bound to a public source")
	case s.Beacon != nil && bytes.Equal(s.Beacon.Value, cmd.Value):
		return nil, nil
	case s.Beacon != nil:
		return nil, domain.Refuse(domain.Conflict, "draw.beacon.recorded", "value", "公开随机源结果已登记，且不同", "another value is recorded already")
	case cmd.At.Before(s.notBefore()):
		return nil, domain.Refuse(domain.Precondition, "draw.beacon.early", "", "公开随机源结果尚未公布", "the source has not spoken yet")
	case len(cmd.Value) == 0:
		return nil, domain.Refuse(domain.Invalid, "draw.beacon.value.required", "value", "随机源结果必填", "the value is required")
	}
	if !s.Fixed.DoubleEntry {
		if cmd.Disproved != nil {
			f := domain.Refuse(domain.Invalid, "draw.beacon.disproved", "signature", "随机源结果未通过验证", "the signature does not prove the value")
			f.Err = cmd.Disproved
			return nil, f
		}
		return []Event{BeaconRecorded{Value: cmd.Value, Signature: cmd.Signature}}, nil
	}
	return enter(s, cmd)
}

// enter takes what one person says that the source said. Who entered before does not enter again, not even the same: two
// entries are two people. Two that are the same are the record; one that differs stays, and a further person decides between
// them, or the draw is aborted for all to see.
func enter(s State, cmd RecordBeacon) ([]Event, error) {
	e := BeaconEntered{
		Value: cmd.Value, By: Entrant{Account: cmd.By.Account, Authority: cmd.By.Authority, Party: cmd.Party}, EnteredAt: cmd.At.UTC(),
	}
	entered := slices.ContainsFunc(s.Entries, func(had BeaconEntered) bool {
		return had.By.Account == e.By.Account && had.By.Authority == e.By.Authority
	})
	switch {
	case entered:
		return nil, domain.Refuse(domain.Conflict, "draw.beacon.entered", "", "您已录入过该结果，须由另一人独立录入",
			"you entered the value already; another person must enter it")
	case len(cmd.Signature) > 0:
		return nil, domain.Refuse(domain.Invalid, "draw.beacon.unsigned", "signature", "该随机源没有签名，不应填写",
			"the source does not sign, so there is no signature to give")
	case cmd.Disproved != nil:
		f := domain.Refuse(domain.Invalid, "draw.beacon.form", "value", "不符合该随机源结果的格式", "the value has not the form of what the source says")
		f.Err = cmd.Disproved
		return nil, f
	}
	events := []Event{e}
	if slices.ContainsFunc(s.Entries, func(had BeaconEntered) bool { return bytes.Equal(had.Value, e.Value) }) {
		events = append(events, BeaconRecorded{Value: e.Value})
	}
	return events, nil
}

// differ tells whether people entered different things and no two agree.
func (s State) differ() bool { return s.Beacon == nil && len(s.Entries) > 1 }
