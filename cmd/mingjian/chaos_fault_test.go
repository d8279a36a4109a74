package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
)

// The pace of the faults, in writes that are acknowledged and attempts that fail.
const (
	betweenFaults = 30  // writes in peace
	longPeace     = 200 // the same in the long form, so that the year goes on
	duringFault   = 40  // writes while a server or the bus is away
	withoutStore  = 20  // attempts while the database is away
)

// underFaults does the work, and opens tasks beside it, while one fault comes after the other. The tasks go on to the last fault.
func (c *chaos) underFaults(work func()) {
	c.Helper()
	ctx, cancel := context.WithCancel(c.Context())
	var all sync.WaitGroup
	for n := range furtherWriters {
		all.Go(func() {
			if err := c.openTasks(ctx, n+1, c.ended); err != nil && ctx.Err() == nil {
				c.test.Errorf("a writer beside the year: %v", err)
				cancel()
			}
		})
	}
	all.Go(func() {
		defer close(c.ended)
		if err := c.rounds(ctx); err != nil && ctx.Err() == nil {
			c.test.Errorf("a fault: %v", err)
		}
	})
	worked := false
	defer func() {
		if !worked {
			cancel() // nobody goes on
		}
		all.Wait()
		cancel()
	}()
	work()
	select {
	case <-c.ended:
	case <-ctx.Done():
	}
	worked = true
}

// rounds is one round of faults, or as many as begin before the limit. In each another server is killed, another one stands
// still and another one stops.
func (c *chaos) rounds(ctx context.Context) error {
	began, peace := time.Now(), betweenFaults
	if c.limit > 0 {
		peace = longPeace
	}
	for round := 0; ; round++ {
		at := func(n int) string { return c.names[(round+n)%len(c.names)] }
		for _, fault := range []func() error{
			func() error { return c.killServer(ctx, at(0)) },
			func() error { return c.withoutDatabase(ctx, round%2 == 1) },
			func() error { return c.freezeServer(ctx, at(1)) },
			func() error { return c.withoutBus(ctx) },
			func() error { return c.stopServer(ctx, at(2)) },
		} {
			if c.limit > 0 && time.Since(began) >= c.limit {
				return nil
			}
			if err := c.caller.await(ctx, peace, 0); err != nil {
				return err
			}
			if err := fault(); err != nil {
				return err
			}
		}
		if c.limit == 0 {
			return c.caller.await(ctx, peace, 0)
		}
	}
}

func (c *chaos) happened(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults[what]++
}

// killServer leaves a server no time for a word, and starts it again while the others work.
func (c *chaos) killServer(ctx context.Context, name string) error {
	if err := c.end(name, syscall.SIGKILL); err != nil {
		return err
	}
	c.happened("server " + name + " killed")
	if err := c.caller.await(ctx, duringFault, 0); err != nil {
		return err
	}
	return c.start(name)
}

// stopServer has a server stop in order while it is called.
func (c *chaos) stopServer(ctx context.Context, name string) error {
	if err := c.end(name, syscall.SIGTERM); err != nil {
		return err
	}
	c.happened("server " + name + " stopped")
	if err := c.caller.await(ctx, duringFault, 0); err != nil {
		return err
	}
	return c.start(name)
}

// freezeServer has a server stand still until the others have all projections, and go on as if nothing had been. It is called all
// the time.
func (c *chaos) freezeServer(ctx context.Context, name string) error {
	c.mu.Lock()
	process := c.servers[name].cmd.Process
	c.mu.Unlock()
	if err := process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	c.happened("server " + name + " stood still")
	err := c.caller.await(ctx, duringFault, 0)
	for err == nil && c.holds(ctx, name) {
		err = c.caller.await(ctx, 1, 1)
	}
	return errors.Join(err, process.Signal(syscall.SIGCONT))
}

// holds tells whether the others know a server to have any projection.
func (c *chaos) holds(ctx context.Context, name string) bool {
	for other, base := range c.addresses() {
		if other == name {
			continue
		}
		told, _, err := readiness(ctx, base)
		if err != nil {
			return true // ask again
		}
		for _, p := range told.Projections {
			if p.Holder == name {
				return true
			}
		}
	}
	return false
}

// withoutDatabase takes the database away, by a crash or in order, until nobody gets an answer.
func (c *chaos) withoutDatabase(ctx context.Context, inOrder bool) error {
	end, what := c.database.Kill, "database killed"
	if inOrder {
		end, what = c.database.Stop, "database stopped"
	}
	if err := end(); err != nil {
		return err
	}
	c.happened(what)
	err := c.caller.await(ctx, 0, withoutStore)
	return errors.Join(err, c.database.Start())
}

// withoutBus kills the bus and starts it again while everybody works.
func (c *chaos) withoutBus(ctx context.Context) error {
	c.nats.Kill()
	c.happened("bus killed")
	err := c.caller.await(ctx, duringFault, 0)
	c.nats.Start()
	return err
}

// readiness asks a server.
func readiness(ctx context.Context, base string) (told gateway.Readiness, status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return told, 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return told, 0, err
	}
	err = json.NewDecoder(resp.Body).Decode(&told)
	return told, resp.StatusCode, errors.Join(err, resp.Body.Close())
}

// unready says what keeps servers from being ready, empty for nothing.
func (c *chaos) unready(ctx context.Context) string {
	var lacks []string
	for _, name := range c.names {
		told, status, err := readiness(ctx, c.address(name))
		if err != nil || status != http.StatusOK || !told.Ready {
			lacks = append(lacks, fmt.Sprintf("%s: %d %v %+v", name, status, err, told))
		}
	}
	return strings.Join(lacks, "\n")
}
