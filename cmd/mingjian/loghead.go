package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
)

// keptHeadFormat is the newest form of an exported head that this program reads, and the one it writes.
const keptHeadFormat = 1

// maxMarks bounds the marks of an exported head.
const maxMarks = 256

// keptHead is the head of a log as it is kept elsewhere.
type keptHead struct {
	Format int    `json:"format"`
	Epoch  string `json:"epoch,omitempty"`
	ledger.Head
	Marks []ledger.Head `json:"marks,omitempty"` // heads on the way, ascending: they tell where a log was rewritten
}

// headOfLog reads a log to its end.
func headOfLog(ctx context.Context, events eventLog) (keptHead, error) {
	kept, chain, every := keptHead{Format: keptHeadFormat}, ledger.NewChain(), uint64(1)
	all, err := ledger.Read(ctx, events, events)
	if err != nil {
		return kept, err
	}
	if len(all) > 0 {
		kept.Epoch = all.Now().Name()
	}
	err = eachEvent(ctx, events, func(r es.Record) {
		chain.Add(r)
		h := chain.Head()
		if h.Events%every != 0 {
			return
		}
		if kept.Marks = append(kept.Marks, h); len(kept.Marks) > maxMarks { // every second one goes
			every *= 2
			rest := kept.Marks[:0]
			for _, m := range kept.Marks {
				if m.Events%every == 0 {
					rest = append(rest, m)
				}
			}
			kept.Marks = rest
		}
	})
	kept.Head = chain.Head()
	return kept, err
}

// eachEvent reads a log to the end that it has.
func eachEvent(ctx context.Context, events es.Source, take func(es.Record)) error {
	head, err := events.Head(ctx)
	if err != nil || head == (es.Position{}) {
		return err
	}
	for batch, err := range events.Follow(ctx, es.Position{}) {
		if err != nil {
			return err
		}
		for _, r := range batch.Records {
			if r.Position.Compare(head) <= 0 {
				take(r)
			}
		}
		if batch.Through.Compare(head) >= 0 {
			break
		}
	}
	return nil
}

func (k keptHead) write(name string) error {
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the file that the user named
	if err != nil {
		return usage("--export: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// readKeptHead reads an exported head; nil where none is named.
func readKeptHead(name string) (*keptHead, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name) //nolint:gosec // the file that the user named
	if err != nil {
		return nil, usage("--head: %w", err)
	}
	kept := &keptHead{}
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(kept); err != nil || kept.Format < 1 || kept.Chain == "" {
		return nil, usage("--head: %s is no head that mingjian log head --export wrote: %w", name, err)
	}
	if kept.Format > keptHeadFormat {
		return nil, usage("--head: %s has format %d, this program knows %d at most: use a newer version of it", name, kept.Format, keptHeadFormat)
	}
	return kept, nil
}

// againstHead holds the log to a head that was kept elsewhere.
func (v *verifier) againstHead(ctx context.Context) error {
	if v.kept == nil {
		return nil
	}
	marks := append(v.kept.Marks, v.kept.Head)
	chain, last, rewritten := ledger.NewChain(), ledger.Head{Position: "0"}, false
	err := eachEvent(ctx, v.events, func(r es.Record) {
		chain.Add(r)
		h := chain.Head()
		for len(marks) > 0 && marks[0].Events == h.Events {
			if !rewritten && marks[0].Chain != h.Chain {
				rewritten = true
				v.problem("log: it is not the one of the head: events %d to %d, positions %s to %s of the head, were rewritten",
					last.Events+1, h.Events, last.Position, marks[0].Position)
			}
			last, marks = marks[0], marks[1:]
		}
	})
	if err != nil {
		v.problem("log: %v", err)
		return nil
	}
	now := chain.Head()
	if now.Events < v.kept.Events {
		v.problem("log: it lost its end: the head counts %d events to position %s, the log has %d to position %s%s",
			v.kept.Events, v.kept.Position, now.Events, now.Position, v.sinceRestored(ctx))
	}
	if v.problems == 0 {
		_, err = v.out.Write([]byte("head: the log goes on from position " + v.kept.Position + " as it was exported\n"))
	}
	return err
}

// sinceRestored says that the ledger was restored since the head was exported, if it was.
func (v *verifier) sinceRestored(ctx context.Context) string {
	all, err := ledger.Read(ctx, v.events, v.events)
	if err != nil || len(all) == 0 || all.Now().Name() == v.kept.Epoch {
		return ""
	}
	return "; the head is of epoch " + v.kept.Epoch + ", the ledger is in epoch " + all.Now().Name() + ", restored behind position " + all.Now().Common.String()
}
