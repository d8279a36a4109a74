package sqlite

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

func metadata() []byte {
	id := es.DeriveID("pack", "command")
	data, err := json.Marshal(es.Metadata{
		Command: id, CommandDigest: strings.Repeat("0f", 32), Correlation: id, Causation: es.DeriveID("pack", "cause"),
		Actor: "张三", Role: "clerk", Authority: "640104", RecordedAt: time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC), Schema: 1,
	})
	if err != nil {
		panic(err)
	}
	return data
}

func TestMetadataPacksToAThird(t *testing.T) {
	meta := metadata()
	if packed := pack(meta); len(packed)*5 > len(meta)*2 {
		t.Fatalf("%d bytes became %d: %x", len(meta), len(packed), packed)
	}
}

// What is in the files is for ever.
func TestThePackedFormIsForEver(t *testing.T) {
	const stored = "01a0806d3c9f2c3b4a5d1e8f709182a3b4c5d6a18100ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ffa2820161a8"
	const meant = `{"command":"6d3c9f2c-3b4a-5d1e-8f70-9182a3b4c5d6","command_digest":"` +
		`00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff","correlation":"6d3c9f2c-3b4a-5d1e-8f70-9182a3b4c5d6` +
		`a","schema":1}`
	packed, err := hex.DecodeString(stored)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := unpack(packed); err != nil || string(got) != meant {
		t.Fatalf("unpacked %q, %v", got, err)
	}
	if got := hex.EncodeToString(pack([]byte(meant))); got != stored {
		t.Fatalf("packed %s", got)
	}
}

func TestUnpackIsTheInverse(t *testing.T) {
	pieces := append([]string{
		"", "a", `"`, "{", "-", "\x00", "\xff", "监管", string(es.DeriveID("a")), string(es.DeriveID("b")),
		strings.ToUpper(string(es.DeriveID("a"))), strings.Repeat("0f", 32), strings.Repeat("0F", 32), strings.Repeat("a", 63),
		strings.Repeat("-", 40), "12345678-", strings.Repeat("x", 300), string(metadata()),
	}, dictionary...)
	rapid.Check(t, func(t *rapid.T) {
		var meta []byte
		for range rapid.IntRange(0, 60).Draw(t, "pieces") {
			if rapid.IntRange(0, 9).Draw(t, "new") == 0 {
				meta = append(meta, es.DeriveID(es.ID(meta))...) // more UUIDs than are remembered
			}
			meta = append(meta, rapid.SampledFrom(pieces).Draw(t, "piece")...)
		}
		packed := pack(meta)
		if len(packed) > len(meta)+1 {
			t.Fatalf("%d bytes became %d", len(meta), len(packed))
		}
		if got, err := unpack(packed); err != nil || !bytes.Equal(got, meta) {
			t.Fatalf("%q came back as %q, %v", meta, got, err)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add(pack(metadata()))
	f.Add([]byte{})
	f.Add([]byte{0, 1, 2})
	f.Add([]byte{1, tokenAgain})
	f.Add([]byte{1, tokenUUID, 0})
	f.Fuzz(func(t *testing.T, packed []byte) {
		meta, err := unpack(packed)
		if err != nil {
			return
		}
		if again, err := unpack(pack(meta)); err != nil || !bytes.Equal(again, meta) {
			t.Fatalf("%q came back as %q, %v", meta, again, err)
		}
	})
}
