package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

// TestAStoreThatIsAwayIsNoFaultOfTheProgram: callers are told to come again, and who comes again is answered.
func TestAStoreThatIsAwayIsNoFaultOfTheProgram(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.NewCluster(t)
	c := onDatabase(config{Data: t.TempDir(), HTTP: "127.0.0.1:0", Patience: 30 * time.Second, Drain: 20 * time.Second}, cluster.NewDatabase(t))
	log := slog.New(slog.DiscardHandler)
	err := serve(t.Context(), c, log, func(ctx context.Context, _ *instance, d *doors) error {
		ask := func(path string) (int, string) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url()+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err = errors.Join(err, resp.Body.Close()); err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, string(body)
		}
		const list = "/v1/public/penalties"
		if code, body := ask(list); code != http.StatusOK {
			t.Errorf("the list is answered %d %s", code, body)
		}
		if err := cluster.Kill(); err != nil {
			return err
		}
		if code, body := ask(list); code != http.StatusServiceUnavailable || !strings.Contains(body, `"store.away"`) {
			t.Errorf("without a database the list is answered %d %s", code, body)
		}
		if code, _ := ask("/readyz"); code != http.StatusServiceUnavailable {
			t.Errorf("/readyz answers %d", code)
		}
		if err := cluster.Start(); err != nil {
			return err
		}
		code, body := 0, ""
		for tries := 0; code != http.StatusOK && tries < 100; tries++ { // a connection of before may be met first
			code, body = ask(list)
		}
		if code != http.StatusOK {
			t.Errorf("with its database again it answers %d %s", code, body)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
