package outbox_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// golden is the record of an event that is in the goldens of its aggregate.
func golden(t testing.TB, category, file string, revision es.Revision) es.Record {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "domain", category, "testdata", "events", file+".json"))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := json.Marshal(es.Metadata{RecordedAt: time.Date(2026, 3, 20, 8, 0, int(revision), 0, time.UTC), Actor: "zhang.san"})
	if err != nil {
		t.Fatal(err)
	}
	typ, _, _ := strings.Cut(file, "~")
	return es.Record{
		Proposed: es.Proposed{ID: es.DeriveID("", file), Type: typ, Data: data, Meta: meta},
		Stream:   es.Stream{Category: category, ID: "xz-2026"}, Revision: revision, Position: es.At(uint64(revision)+1, 0),
	}
}

// histories are streams of all events in the goldens of plans and inspections: each after what every stream of its kind begins with.
func histories(t testing.TB) (out [][]es.Record) {
	for category, first := range map[string][]string{
		"plan":       {"mingjian.plan.drafted.v1", "mingjian.plan.task_opened.v1~2"},
		"inspection": {"mingjian.inspection.assigned.v1"},
	} {
		files, err := filepath.Glob(filepath.Join("..", "..", "domain", category, "testdata", "events", "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), ".json")
			begin := first
			if i := slices.Index(first, name); i >= 0 {
				begin = first[:i]
			}
			var stream []es.Record
			for _, b := range append(slices.Clone(begin), name) {
				stream = append(stream, golden(t, category, b, es.Revision(len(stream))))
			}
			out = append(out, stream)
		}
	}
	slices.SortFunc(out, func(a, b []es.Record) int {
		return strings.Compare(last(a).Type+string(last(a).ID), last(b).Type+string(last(b).ID))
	})
	return out
}

func last(stream []es.Record) es.Record { return stream[len(stream)-1] }

// TestTaskMessages compares with the file: others read this form, so a difference is another version of the type.
func TestTaskMessages(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	typed := map[string]bool{}
	for _, stream := range histories(t) {
		messages, err := outbox.Messages(last(stream), outbox.Facts{Before: stream})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			fmt.Fprintf(&b, "%s %s %s %s\n%s %s\n%s\n\n", m.Type, m.Schema, m.ID, m.Time.Format(time.RFC3339), m.Subject, m.Key, m.Data)
			typed[m.Type] = true
			if outbox.Types()[m.Type] != m.Schema || m.About != "xz-2026" || m.Sole {
				t.Errorf("%+v", m)
			}
		}
	}
	for typ := range outbox.Types() {
		if strings.Contains(typ, ".task.") && !typed[typ] {
			t.Errorf("no golden event makes a message %s", typ)
		}
	}
	file := filepath.Join("testdata", "messages.txt")
	if flag.Lookup("update").Value.String() == "true" { // that of the goldens of events
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}

// TestTaskMessagesHoldNoTexts: every text in the events is made one that can be told, and only codes and ids come through.
func TestTaskMessagesHoldNoTexts(t *testing.T) {
	t.Parallel()
	// Codes, ids and dates of these events, by key.
	codes := regexp.MustCompile(`^(plan|task|id|authority|department|name|line|items|window_.*|draw|inspection|subject|due_on|completed_on|outcomes|table|to)$`)
	named := regexp.MustCompile(`^(teams|departments)$`) // whose names are those of offices
	var spoil func(key string, in bool, v any) any
	spoil = func(key string, in bool, v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				v[k] = spoil(k, in || named.MatchString(k), v[k])
			}
		case []any:
			for i := range v {
				v[i] = spoil(key, in, v[i])
			}
		case string:
			if _, err := time.Parse(time.RFC3339, v); err == nil || regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(v) {
				return v
			}
			if !codes.MatchString(key) || key == "name" && !in {
				return "王小明 " + key
			}
		}
		return v
	}
	n := 0
	for _, stream := range histories(t) {
		for i := range stream {
			var v any
			if err := json.Unmarshal(stream[i].Data, &v); err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(spoil("", false, v))
			if err != nil {
				t.Fatal(err)
			}
			n += strings.Count(string(data), "王小明")
			stream[i].Data = data
		}
		messages, err := outbox.Messages(last(stream), outbox.Facts{Before: stream})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if text := fmt.Sprintf("%s %s %s", m.Subject, m.About, m.Data); strings.Contains(text, "王小明") || strings.Contains(text, "zhang.san") {
				t.Errorf("%s tells %s", m.Type, text)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d texts were spoilt", n)
	}
}

// TestSubjectsCanBeReadBack: an id is one token whatever it holds, and no two are one.
func TestSubjectsCanBeReadBack(t *testing.T) {
	t.Parallel()
	token := regexp.MustCompile(`^[0-9A-Za-z_=-]+$`)
	stream := []es.Record{golden(t, "inspection", "mingjian.inspection.assigned.v1", 0)}
	rapid.Check(t, func(r *rapid.T) {
		id := rapid.OneOf(rapid.String(), rapid.StringMatching(`[.*> =:a-b中]{0,6}`)).Draw(r, "id")
		stream[0].Stream.ID = id
		messages, err := outbox.Messages(stream[0], outbox.Facts{Before: stream})
		if err != nil || len(messages) != 2 {
			r.Fatalf("%d messages, %v", len(messages), err)
		}
		tokens := strings.Split(messages[0].Subject, ".")
		if len(tokens) != 6 || !token.MatchString(tokens[5]) {
			r.Fatalf("subject %s", messages[0].Subject)
		}
		var back []byte
		for s := tokens[5]; s != "" && s != "="; {
			c := s[0]
			s = s[1:]
			if c == '=' {
				if _, err := fmt.Sscanf(s[:2], "%02X", &c); err != nil {
					r.Fatal(err)
				}
				s = s[2:]
			}
			back = append(back, c)
		}
		if string(back) != id {
			r.Fatalf("%q is %s, which is %q", id, tokens[5], back)
		}
	})
}
