package draw

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// worked is the worked example of the specification. It is kept beside the module, not in it.
func worked(t *testing.T) sortition.Bundle {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "vectors", "draw-v1-small.json")
	b, err := os.ReadFile(path)
	if err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("the worked example is required: %v", err)
		}
		t.Skipf("the worked example is not here: %v", err)
	}
	var out sortition.Bundle
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
