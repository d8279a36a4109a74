package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
)

// creditPlatform takes batches of rows from a folder, checks them, and answers each row by a receipt.
type creditPlatform struct {
	*channels
	out, in, routes string // folders, and the file that names them
	key             exchange.PublicKey

	mu     sync.Mutex
	seen   map[string]bool              // manifests
	last   map[string]exchange.Manifest // by kind
	rows   map[string][]string          // by kind
	digest map[string][32]byte          // of them
	said   map[string]map[uint64]string // verdicts, by kind and number
	twice  int                          // receipts that were put there again
	faults []string
}

func newCreditPlatform(c *channels) *creditPlatform {
	c.Helper()
	p := &creditPlatform{
		channels: c, out: filepath.Join(c.dir, "out"), in: filepath.Join(c.dir, "in"), routes: filepath.Join(c.dir, "exchange.yaml"),
		seen: map[string]bool{}, last: map[string]exchange.Manifest{}, rows: map[string][]string{}, digest: map[string][32]byte{}, said: map[string]map[uint64]string{},
	}
	for _, folder := range []string{p.out, p.in} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			c.Fatal(err)
		}
	}
	key := filepath.Join(c.dir, "signing.key")
	routes := "key: " + key + "\nroutes:\n"
	for _, kind := range rowKinds() {
		routes += fmt.Sprintf("  - {platform: credit_china, kind: %s, format: csv, most: 7, folder: %s, receipts: %s, settle: 1ns}\n", kind, p.out, p.in)
	}
	write(c.T, p.routes, routes)
	var err error
	if p.key, err = exchange.ParsePublicKey([]byte(c.run("exchange", "key", "--make", key))); err != nil {
		c.Fatal(err)
	}
	return p
}

func rowKinds() []string { return []string{"penalty", "licence"} }

func (p *creditPlatform) flags() []string {
	return []string{"--platforms", "credit_china", "--exchange", p.routes}
}

// serve takes batches as they come.
func (p *creditPlatform) serve(ctx context.Context) {
	for ; ctx.Err() == nil; pause(ctx, askAgain) {
		p.look(ctx)
	}
}

// look takes the batches that are there, and tells whether there were any.
func (p *creditPlatform) look(ctx context.Context) (came bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	paths, err := filepath.Glob(filepath.Join(p.out, "*.manifest.json"))
	if err != nil {
		p.wrong("%v", err)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if !p.seen[path] && ctx.Err() == nil {
			p.seen[path], came = true, true
			p.batch(ctx, path)
			p.pulse.beat("batch")
		}
	}
	return came
}

func (p *creditPlatform) wrong(format string, args ...any) {
	p.faults = append(p.faults, "files: "+fmt.Sprintf(format, args...))
}

// batch checks one as the command exchange verify does, takes its rows and answers them.
func (p *creditPlatform) batch(ctx context.Context, path string) {
	m, found, err := exchange.Check(ctx, sheet.Books{}, path, p.key)
	if err != nil || len(found) > 0 {
		p.wrong("%s: %v, %v", path, found, err)
		return
	}
	kind := string(m.Kind)
	if before, there := p.last[kind]; there {
		found = m.Follows(before)
	}
	if len(found) > 0 || m.From != uint64(len(p.rows[kind])+1) {
		p.wrong("%s begins with row %d where %d was due, %v", m.Batch, m.From, len(p.rows[kind])+1, found)
		return
	}
	p.last[kind] = m
	text, err := os.ReadFile(filepath.Join(p.out, m.Index.Name))
	if err != nil {
		p.wrong("%v", err)
		return
	}
	var sent []uint64
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var line struct{ Item, Held json.RawMessage }
		var row struct{ Number uint64 }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || json.Unmarshal(line.Item, &row) != nil || row.Number != uint64(len(p.rows[kind])+1) {
			p.wrong("%s has row %s, %v", m.Batch, lines.Bytes(), err)
			return
		}
		p.rows[kind] = append(p.rows[kind], string(line.Item))
		p.digest[kind] = linked(p.digest[kind], line.Item)
		if len(line.Held) == 0 {
			sent = append(sent, row.Number)
		}
	}
	if got := fmt.Sprintf("%x", p.digest[kind]); got != m.Chain.After.String() || uint64(len(p.rows[kind])) != m.To {
		p.wrong("after %s the digest is %s, the manifest has %s", m.Batch, got, m.Chain.After)
	}
	p.answer(m.Batch, kind, sent)
}

// answer writes a receipt of the rows of a batch, some of them under two names.
func (p *creditPlatform) answer(batch, kind string, numbers []uint64) {
	text := "批次,序号,结果,原因\n"
	for _, n := range numbers {
		verdict, line := "accepted", "成功,"
		switch p.lot(4) {
		case 0:
			verdict, line = "rejected", "失败,验证规则代码:1001; 名称与代码不一致"
		case 1:
			verdict, line = "duplicate", "重复,"
		}
		if p.said[kind] == nil {
			p.said[kind] = map[uint64]string{}
		}
		p.said[kind][n] = verdict
		text += fmt.Sprintf("%s,%d,%s\n", batch, n, line)
	}
	names := []string{"回执-" + batch + ".csv"}
	if p.lot(2) == 0 {
		names = append(names, "再次-"+batch+".csv")
		p.twice++
	}
	for _, name := range names {
		part := filepath.Join(p.in, "."+name)
		if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
			p.wrong("%v", err)
		}
		if err := os.Rename(part, filepath.Join(p.in, name)); err != nil {
			p.wrong("%v", err)
		}
	}
}

// settle has the commands send and receive until nothing is left, while no server runs.
func (p *creditPlatform) settle() {
	p.Helper()
	flags := append([]string{"--data", p.data}, p.flags()...)
	for {
		p.look(p.Context())
		received := p.run(append([]string{"exchange", "receive"}, flags...)...)
		sent := p.run(append([]string{"exchange", "send"}, flags...)...)
		left, err := filepath.Glob(filepath.Join(p.in, "*.csv"))
		if err != nil {
			p.Fatal(err)
		}
		if !p.look(p.Context()) && received == "" && sent == "" && len(left) == 0 {
			return
		}
	}
}
