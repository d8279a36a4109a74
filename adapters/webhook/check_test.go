package webhook_test

import (
	"bytes"
	"database/sql"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/adapters/webhook"
)

// TestCheckFindsWhatIsWrong spoils a store in one place after the other.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	at := filepath.Join(t.TempDir(), "webhooks.db")
	r := newReceiver(t, nil)
	w := newWorld(t, at, r)
	id := w.create(r, 1)
	if _, _, err := w.hooks.Rotate(t.Context(), integrator(), "r", id, time.Hour, "轮换"); err != nil {
		t.Fatal(err)
	}
	isLocked := func(err error) bool { m := (*vault.MasterError)(nil); return errors.As(err, &m) }
	check := func() (webhook.Checked, string) {
		t.Helper()
		var found []string
		c, err := w.options.Store.Check(t.Context(), isLocked, func(problem string) { found = append(found, problem) })
		if err != nil {
			t.Fatal(err)
		}
		return c, strings.Join(found, "; ")
	}
	if c, found := check(); found != "" || c != (webhook.Checked{Endpoints: 1, Opened: 2}) {
		t.Fatalf("%+v, %s", c, found)
	}
	db, err := sql.Open("sqlite", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, c := range []struct{ spoil, mend, want string }{
		{`UPDATE secret SET sealed = zeroblob(60) WHERE number = 2`, ``, "secret 2 of endpoint " + id + " does not open"},
		{`UPDATE secret SET public = zeroblob(32) WHERE number = 1`, ``, "is not the one of its public key"},
		{`UPDATE secret SET until = 0`, ``, "secret 1 of endpoint " + id + " has no end"},
		{`UPDATE secret SET until = 9 WHERE number = 2`, ``, "has no present secret"},
		{`UPDATE endpoint SET state = 'odd'`, ``, "is in no known state"},
		{`INSERT INTO waiting VALUES ('` + id + `', 9, 'a', 0, 0, 0)`, `DELETE FROM waiting`, "1 releases wait that their endpoints did not come to"},
		{`INSERT INTO waiting VALUES ('x', 9, 'a', 0, 0, 0)`, `DELETE FROM waiting`, "1 releases wait for no endpoint"},
		{`UPDATE secret SET endpoint = 'x' WHERE number = 1`, ``, "1 secrets are of no endpoint"},
	} {
		if _, err := db.ExecContext(t.Context(), `CREATE TABLE keep AS SELECT * FROM secret; `+c.spoil); err != nil {
			t.Fatal(err)
		}
		if _, found := check(); !strings.Contains(found, c.want) {
			t.Errorf("%s: %s", c.spoil, found)
		}
		if _, err := db.ExecContext(t.Context(), `DELETE FROM secret; INSERT INTO secret SELECT * FROM keep; DROP TABLE keep;
			UPDATE endpoint SET state = 'active'; `+c.mend); err != nil {
			t.Fatal(err)
		}
	}
	if _, found := check(); found != "" {
		t.Errorf("mended: %s", found)
	}
}

// TestTheAgeOfAFailureIsMeasured while it lasts, and only of endpoints that are pushed to.
func TestTheAgeOfAFailureIsMeasured(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request, _ delivery) {
		w.WriteHeader(http.StatusInternalServerError)
	})
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	w.publish(1, "a")
	w.clock.freeze()
	w.push()
	w.settled(1)
	w.halt()
	measured := func() string {
		t.Helper()
		registry := prometheus.NewPedanticRegistry()
		if err := registry.Register(w.hooks.Collector()); err != nil {
			t.Fatal(err)
		}
		all, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		for _, m := range all {
			if m.GetName() == "mingjian_webhook_failing_seconds" {
				if _, err := expfmt.MetricFamilyToText(&text, m); err != nil {
					t.Fatal(err)
				}
			}
		}
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		return lines[len(lines)-1]
	}
	w.clock.timer(90 * time.Second)
	if got := measured(); got != "mingjian_webhook_failing_seconds 90" {
		t.Error(got)
	}
	if _, err := w.hooks.Pause(t.Context(), integrator(), id, "检修"); err != nil {
		t.Fatal(err)
	}
	if got := measured(); got != "mingjian_webhook_failing_seconds 0" {
		t.Error(got)
	}
}
