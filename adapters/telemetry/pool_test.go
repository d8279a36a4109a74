package telemetry_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mingjian-ledger/mingjian/adapters/telemetry"
)

type pooled struct{ pool *pgxpool.Pool }

func (p pooled) PoolStats() map[string]*pgxpool.Stat {
	return map[string]*pgxpool.Stat{"events": p.pool.Stat()}
}

func TestPools(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig("postgres://127.0.0.1:1/none?pool_max_conns=7&pool_min_conns=0")
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config) // connects to nobody before it is asked
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	m := telemetry.New()
	if err := m.Pools(struct{}{}, pooled{pool}, nil); err != nil {
		t.Fatal(err)
	}
	if err := telemetry.New().Pools(struct{}{}); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	for _, want := range []string{
		`mingjian_postgres_connections{pool="events",state="idle"} 0`, `mingjian_postgres_connections_max{pool="events"} 7`,
		`mingjian_postgres_waits_total{pool="events"} 0`, `mingjian_postgres_wait_seconds_total{pool="events"} 0`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("missing %s", want)
		}
	}
}
