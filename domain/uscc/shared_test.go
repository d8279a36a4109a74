package uscc_test

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"
)

// sharedFile opens a file of the real input beside the checkout. Without it the test is skipped, or fails where every
// test is required.
func sharedFile(t *testing.T, name string) *bufio.Scanner {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", name))
	if err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("real input is required: %v", err)
		}
		t.Skipf("no real input here: %v", err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return bufio.NewScanner(file)
}
