package canonical_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/canonical"
)

// values draws any JSON whose numbers are whole.
func values(depth int) *rapid.Generator[any] {
	text := rapid.String().AsAny()
	plain := rapid.OneOf(
		text, rapid.Bool().AsAny(), rapid.Just[any](nil), rapid.Int64Range(-canonical.MaxInteger, canonical.MaxInteger).AsAny(),
	)
	if depth == 0 {
		return plain
	}
	return rapid.OneOf(
		plain, rapid.SliceOfN(values(depth-1), 0, 4).AsAny(), rapid.MapOfN(rapid.String(), values(depth-1), 0, 6).AsAny(),
	)
}

func TestJSONIsRFC8785(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plain, err := json.MarshalIndent([]any{values(3).Draw(t, "value")}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform(plain)
		if err != nil {
			t.Skip(err)
		}
		got, err := canonical.JSON(plain)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%v\ngot  %s\nwant %s", err, got, want)
		}
		if again, err := canonical.JSON(got); err != nil || !bytes.Equal(again, got) {
			t.Fatalf("not left as it was: %s, %v", again, err)
		}
	})
}

func TestJSONRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "two values": "1 2", "broken": `{"a":}`, "fraction": "1.5", "exponent": "1e3", "beyond 2^53": "9007199254740993",
	} {
		if got, err := canonical.JSON([]byte(text)); err == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}
