package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// prove holds what is there after the last fault to what was acknowledged.
func (c *chaos) prove() {
	c.report()
	if c.Failed() {
		c.FailNow() // a server may be missing
	}
	c.step("all servers are ready", c.awaitReady)
	c.public.client.base = c.address("a")
	c.step("feed and statistics", func() {
		c.settle()
		c.readFeed()
		c.takeStatistics()
	})
	c.step("what was acknowledged is in the log, once", func() { c.againstLog(c.records()) })
	c.step("statistics, counted again from the events", func() {
		count := c.againstEvents()
		c.againstYear(count)
		if c.whole {
			c.againstOwnLog(count)
		}
	})
	c.step("the bus has every message in order", func() { c.againstBus(c.records()) })
	c.step("all servers end in order", func() {
		for _, name := range c.names {
			if err := c.end(name, stopInOrder); err != nil {
				c.Error(err)
			}
		}
	})
	c.step("every event and every view", func() {
		code, out, errs := command(c.T, append([]string{"verify"}, storeArgs(c.config)...)...)
		if code != exitOK || !strings.Contains(out, "clean") {
			c.Errorf("verify ends with %d: %s\n%s", code, out, errs)
		}
	})
	for name, log := range c.told {
		if strings.Contains(log, "panic:") || strings.Contains(log, "goroutine ") {
			c.Errorf("%s panicked", name)
		}
	}
}

// report is the record of the run.
func (c *chaos) report() {
	c.Logf("faults: %s", tallied(c.faults))
	k := c.caller
	k.mu.Lock()
	defer k.mu.Unlock()
	again := 0
	for _, r := range k.acked {
		if r.Duplicate {
			again++
		}
	}
	c.Logf("%d tasks of the year, %d plans beside it; %d writes acknowledged (%s), %d of them told that they had been recorded at an attempt before; %d reads",
		c.tasks, len(c.plans), len(k.acked), tallied(k.byServer), again, k.reads)
	c.Logf("%d attempts had no answer and were made again: %s", k.retried, tallied(k.failed))
	for _, name := range c.names {
		if k.byServer[name] == 0 {
			c.Errorf("%s acknowledged nothing", name)
		}
	}
	if k.retried == 0 {
		c.Error("no attempt failed: there was no chaos")
	}
}

func tallied(counts map[string]int) string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", what, counts[what]))
	}
	return strings.Join(parts, ", ")
}

// awaitReady waits until every server says so.
func (c *chaos) awaitReady() {
	lack := ""
	for range 600 {
		if lack = c.unready(c.Context()); lack == "" {
			return
		}
		pause(c.Context(), 100*time.Millisecond)
	}
	c.Fatalf("not ready a minute after the last fault:\n%s", lack)
}

// records is the whole log.
func (c *chaos) records() (all []es.Record) {
	c.Helper()
	c.events(func(rec es.Record) { all = append(all, rec) })
	return all
}

// accounts are who acts by which token.
func (c *chaos) accounts() map[string]string {
	out := map[string]string{}
	for _, p := range append([]*person{
		c.admin, c.planner, c.firePlanner, c.approver, c.reviewer, c.clerk, c.discipline, c.auditor, c.notary, c.head, c.publisher,
	}, slices.Collect(maps.Values(c.inspectors))...) {
		out[p.token] = p.name
	}
	return out
}

// placed is an event by its place.
type placed struct {
	stream   es.Stream
	revision string
	command  es.ID
}

// againstLog finds the events of every acknowledged command, and the events of every command once.
func (c *chaos) againstLog(records []es.Record) {
	at, events, faults := commandsOf(records)
	faults = append(faults, unkept(c.caller.acked, c.accounts(), at, events)...)
	for _, fault := range faults {
		c.Error(fault)
	}
	c.Logf("%d events of %d commands; %d writes acknowledged", len(records), len(events), len(c.caller.acked))
	c.againstPlans(records)
}

// commandsOf counts the events of each command. In a stream these are event 0, 1 and so on of it, each once: their ids say so.
func commandsOf(records []es.Record) (at map[string]placed, events map[es.ID]int, faults []string) {
	type act struct {
		command es.ID
		stream  es.Stream
	}
	at, events = map[string]placed{}, map[es.ID]int{}
	next, ids := map[act]int{}, map[es.ID]bool{}
	for _, rec := range records {
		meta, err := rec.Metadata()
		if err != nil {
			faults = append(faults, err.Error())
		}
		of := act{meta.Command, rec.Stream}
		if want := es.DeriveID(meta.Command, strconv.Itoa(next[of])); rec.ID != want || ids[rec.ID] {
			faults = append(faults, fmt.Sprintf("%s@%d, a %s, is not event %d of its command, or is there twice", rec.Stream, rec.Revision, rec.Type, next[of]))
		}
		next[of]++
		ids[rec.ID] = true
		events[meta.Command]++
		at[rec.Position.String()] = placed{rec.Stream, strconv.FormatUint(uint64(rec.Revision), 10), meta.Command}
	}
	return at, events, faults
}

// unkept are the acknowledged writes whose events are not where their receipts say. None of the writes is one that leaves no event.
func unkept(acked []receipt, accounts map[string]string, at map[string]placed, events map[es.ID]int) (faults []string) {
	space := es.DeriveID("", "mingjian", "idempotency-key")
	for _, r := range acked {
		command := es.DeriveID(space, accounts[r.token], r.key)
		p, there := at[r.Position]
		switch {
		case !there:
			faults = append(faults, fmt.Sprintf("%s of %s was acknowledged at %s, which is not in the log", r.path, r.ID, r.Position))
		case r.ID == "": // of many rows, each a command of its own
		case p.command != command || p.revision != cmp.Or(r.Revision, "0"):
			faults = append(faults, fmt.Sprintf("%s of %s was acknowledged at %s revision %s; %s@%s is there, and the command has %d events",
				r.path, r.ID, r.Position, r.Revision, p.stream, p.revision, events[command]))
		}
	}
	return faults
}

// againstPlans finds each task that was opened beside the year once, and in the order in which its plan's writer was answered.
func (c *chaos) againstPlans(records []es.Record) {
	opened := map[string][]string{}
	for _, rec := range records {
		if rec.Type == "mingjian.plan.task_opened.v1" {
			opened[rec.Stream.ID] = append(opened[rec.Stream.ID], taskIn(c.T, rec))
		}
	}
	n := 0
	for _, p := range c.plans {
		n += len(p.tasks)
		if !slices.Equal(opened[p.id], p.tasks) {
			c.Errorf("%s has the tasks %v, want %v", p.id, opened[p.id], p.tasks)
		}
	}
	if n == 0 {
		c.Error("no task was opened beside the year")
	}
}

// againstYear holds the events to what the test did, as far as the year came.
func (c *chaos) againstYear(count counting) {
	ends, today := map[string]int{}, c.clock.today().String()
	for r := range c.allResults() {
		ends[r.end]++
	}
	drawn, aborted, released := 0, 0, 0
	for _, d := range c.draws {
		if d.aborted {
			aborted++
		} else {
			drawn++
		}
	}
	for _, kind := range []string{"published", "corrected", "withdrawn", "ended"} {
		n := c.desk.sum(kind, today)
		released += n
		if got := count.types["mingjian.disclosure."+kind+".v1"]; got != n {
			c.Errorf("%d disclosures are %s, the desk had %d", got, kind, n)
		}
	}
	tasks := c.tasks
	for _, p := range c.plans {
		tasks += len(p.tasks)
	}
	for what, pair := range map[string][2]int{
		"concluded":   {count.types["mingjian.inspection.concluded.v1"], ends["concluded"]},
		"called off":  {count.types["mingjian.inspection.called_off.v1"], ends["called_off"]},
		"registered":  {count.types["mingjian.roster.subject_registered.v1"], len(c.firms)},
		"drawn":       {count.types["mingjian.draw.drawn.v1"], drawn},
		"aborted":     {count.types["mingjian.draw.aborted.v1"], aborted},
		"in the feed": {int(c.released), released}, //nolint:gosec // some thousands
		"opened":      {count.types["mingjian.plan.task_opened.v1"], tasks},
		"public":      {c.statistics[publicFigure{"", "0", "tasks_by_kind", "targeted"}] + c.statistics[publicFigure{"", "0", "tasks_by_kind", "untargeted"}], tasks},
	} {
		if pair[0] != pair[1] {
			c.Errorf("%s: %d in the events, want %d", what, pair[0], pair[1])
		}
	}
}
