package sortition_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// sharedFile finds a published vector beside the checkout. Without it the test is skipped, or fails where every test is
// required.
func sharedFile(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "vectors", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("published vectors are required: %v", err)
		}
		t.Skipf("no published vectors here: %v", err)
	}
	return path
}

func readBundle(t testing.TB, path string) ([]byte, sortition.Bundle) {
	t.Helper()
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := sortition.DecodeBundle(document)
	if err != nil {
		t.Fatal(err)
	}
	return document, b
}
