package main

import (
	"os"
	"strconv"
	"testing"
)

// gapFaults are injected between two processes, each by what the outer one says of it.
func gapFaults() map[string]func(g *acrossGap, round int) {
	none := func([]byte) []byte { return nil }
	return map[string]func(*acrossGap, int){
		"loss": func(g *acrossGap, _ int) {
			g.alter(g.bundle(), none)
			demand(g.T, g.receive(exitOK), "lacks act", ": lost")
		},
		"repetition": func(g *acrossGap, _ int) {
			path, copied := g.bundle(), []byte(nil)
			g.alter(path, func(b []byte) []byte { copied = b; return b })
			g.settled()
			g.alter(path, func([]byte) []byte { return copied })
			demand(g.T, g.receive(exitOK), "0 bundles taken, 1 had been taken before")
		},
		"reordering": func(g *acrossGap, _ int) {
			path, copied := g.bundle(), []byte(nil)
			g.alter(path, func(b []byte) []byte { copied = b; return nil })
			g.public(1)
			g.send()
			demand(g.T, g.receive(exitOK), "0 bundles taken", ": lost")
			g.alter(path, func([]byte) []byte { return copied })
			demand(g.T, g.receive(exitOK), "2 bundles taken")
		},
		"tampering": func(g *acrossGap, round int) {
			g.alter(g.bundle(), func(b []byte) []byte { b[(round+1)*len(b)/(2*gapRounds)] ^= 0x10; return b })
			demand(g.T, g.receive(exitOK), "0 bundles taken", ": tampered")
		},
		"truncation": func(g *acrossGap, round int) {
			g.alter(g.bundle(), func(b []byte) []byte { return b[:round*len(b)/gapRounds] })
			demand(g.T, g.receive(exitOK), "0 bundles taken", ": truncated")
		},
		"half-written": func(g *acrossGap, round int) {
			path, copied := g.bundle(), []byte(nil)
			g.alter(path, func(b []byte) []byte { copied = b; return b[:round*len(b)/gapRounds] })
			demand(g.T, g.receive(exitOK), "0 bundles taken", ": truncated")
			g.alter(path, func([]byte) []byte { return copied })
			demand(g.T, g.receive(exitOK), "1 bundles taken")
		},
		"rollback of the sender": func(g *acrossGap, _ int) {
			g.settled()
			inner, outer := g.kept(&g.inner), g.kept(&g.outer)
			g.public(2)
			g.settled()
			inner()
			g.lost += 2
			g.public(1)
			g.send()
			demand(g.T, g.receive(exitRefuted), "0 bundles taken", "nothing more is taken: the inner ledger was restored, and lost acts that are public outside")
			demand(g.T, g.send(), "it takes nothing more: the inner ledger was restored")
			outer()
		},
		"rollback of the receiver": func(g *acrossGap, _ int) {
			g.settled()
			outer := g.kept(&g.outer)
			g.public(2)
			g.settled()
			outer()
			demand(g.T, g.receive(exitOK), "lacks act", ": lost")
		},
	}
}

// gapRounds is how often each fault is injected where that is asked for; short of it the first and a later one are.
const gapRounds = 20

// TestTwoNetworks injects each fault between two processes, as often as MINGJIAN_TEST_GAP says, and compares what both serve.
func TestTwoNetworks(t *testing.T) {
	if os.Getenv("MINGJIAN_TEST_TIER") != "" {
		t.Skip("the ledgers of this test are data directories")
	}
	t.Parallel()
	rounds, err := strconv.Atoi(os.Getenv("MINGJIAN_TEST_GAP"))
	if err != nil {
		rounds = 1
	}
	for name, inject := range gapFaults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newAcrossGap(t)
			g.public(2)
			g.settled()
			for round := range rounds {
				g.public(1 + round%2)
				g.send()
				inject(g, (7*round+1)%gapRounds)
				g.settled()
			}
			g.equal()
		})
	}
}
