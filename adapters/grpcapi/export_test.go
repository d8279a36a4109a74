package grpcapi

import (
	"runtime"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// With is the chain with another vault, over another base. The validator is kept: that of a request's type is costly to make.
func (c *Chain) With(v Vault, b Base) *Chain {
	with := *c
	with.Vault, with.Parties = v, b.Parties
	return &with
}

// AwaitWaiting returns once that many entries wait for an append of their stream.
func (t *Trail) AwaitWaiting(id string, n int) {
	for {
		t.mu.Lock()
		got := 0
		if day := t.days[id]; day != nil {
			got = len(day.waiting)
		}
		t.mu.Unlock()
		if got == n {
			return
		}
		runtime.Gosched()
	}
}

// MasksTexts tells whether a method's texts are masked, and TurnsTextsDown whether personal data in them are refused.
func MasksTexts(method string) bool { return treatmentOf(method) == takenOut }

func TurnsTextsDown(method string) bool { return treatmentOf(method) == turnedDown }

// EachText visits the texts of a request of such a method.
func EachText(m proto.Message, each func(redaction.Field, func(string))) {
	walkTexts(m.ProtoReflect(), "", wordingKind, each)
}
