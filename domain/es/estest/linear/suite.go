package linear

import (
	"context"
	"os"
	"strconv"
	"testing"
)

// Settings of a long run; without them a short one shows that all works.
const (
	historiesSetting  = "MINGJIAN_TEST_HISTORIES"  // how many histories
	operationsSetting = "MINGJIAN_TEST_OPERATIONS" // operations of each
)

// Histories puts logs under the load of 64 clients and checks what they saw. open makes a log of the test's own with the way to
// kill it and bring it back.
func Histories(t *testing.T, open func(*testing.T) (log Log, kill func(context.Context) error)) {
	histories, operations := setting(t, historiesSetting, 2), setting(t, operationsSetting, 3000)
	for seed := range histories {
		log, kill := open(t)
		h, err := Run(t.Context(), log, Load{
			Seed: uint64(seed), Clients: 64, Operations: operations, Streams: max(operations/100, 20), Mortality: 200, Kills: 4, Kill: kill, //nolint:gosec // not below zero
		})
		if err != nil {
			t.Fatalf("history %d: %v", seed, err)
		}
		if err := h.Check(); err != nil {
			t.Fatalf("history %d, %s: %v", seed, h.Summary(), err)
		}
		t.Logf("history %d, %s: legal", seed, h.Summary())
	}
}

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name) //nolint:forbidigo // the length of a test is not for the program's settings
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s: %q is not a number above zero", name, text)
	}
	return n
}
