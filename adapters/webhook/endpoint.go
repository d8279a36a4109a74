package webhook

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
)

// States of an endpoint.
const (
	stateActive   = "active"
	statePaused   = "paused"
	stateDisabled = "disabled"
)

// Acts, as they are kept.
const (
	actCreated  = "created"
	actRotated  = "rotated"
	actPaused   = "paused"
	actResumed  = "resumed"
	actReplayed = "replayed"
	actDisabled = "disabled"
	actRewound  = "rewound" // since the ledger was restored
)

const (
	maxEndpoints = 1000 // of all accounts
	maxPerOwner  = 20
	maxKept      = 200 // attempts, and acts, of an endpoint
)

// endpoint is a receiver as stored.
type endpoint struct {
	id, account, authority string
	url, contact           string
	kinds, authorities     []string // none for all
	state, reason          string
	created                time.Time
	through                uint64 // the last release that was looked at
	epoch                  string // of the ledger, which through is of
	run                    int64  // changes when the place is set back: what was begun before changes nothing after
	streak                 int    // failures since the last delivery
	notBefore              time.Time
	tested                 time.Time
	secrets                []secret // ascending
}

// wants tells whether the filter lets a release through.
func (e endpoint) wants(i Item) bool {
	return (len(e.kinds) == 0 || slices.Contains(e.kinds, i.Kind)) &&
		(len(e.authorities) == 0 || slices.Contains(e.authorities, i.Authority))
}

const endpointColumns = `id, account, authority, url, contact, kinds, authorities, state, reason, created_at, through, epoch, run, streak, not_before, tested_at`

func scanEndpoint(row scanner) (e endpoint, err error) {
	var kinds, authorities string
	var created, through, notBefore, tested int64
	if err := row.Scan(&e.id, &e.account, &e.authority, &e.url, &e.contact, &kinds, &authorities, &e.state, &e.reason,
		&created, &through, &e.epoch, &e.run, &e.streak, &notBefore, &tested); err != nil {
		return e, err
	}
	e.created, e.notBefore, e.tested = instant(created), instant(notBefore), instant(tested)
	e.through = uint64(through) //nolint:gosec // stored from one
	return e, errors.Join(json.Unmarshal([]byte(kinds), &e.kinds), json.Unmarshal([]byte(authorities), &e.authorities))
}

// find answers an endpoint with its secrets.
func find(ctx context.Context, q querier, id string) (e endpoint, err error) {
	e, err = scanEndpoint(q.QueryRowContext(ctx, `SELECT `+endpointColumns+` FROM endpoint WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return e, domain.Refuse(domain.NotFound, "webhook.unknown", "endpoint_id", "没有该推送端点", "there is no such endpoint")
	}
	if err != nil {
		return e, err
	}
	e.secrets, err = collect(ctx, q, scanSecret, `SELECT number, master, sealed, public, created_at, until FROM secret WHERE endpoint = ? ORDER BY number`, id)
	return e, err
}

func scanSecret(row scanner) (s secret, err error) {
	var created, until int64
	var public []byte
	err = row.Scan(&s.number, &s.master, &s.sealed, &public, &created, &until)
	s.public, s.created, s.until = public, instant(created), instant(until)
	return s, err
}

// active are the ids of all endpoints that are pushed to.
func (s *Store) active(ctx context.Context) ([]string, error) {
	return collect(ctx, s.q, scanID, `SELECT id FROM endpoint WHERE state = ? ORDER BY id`, stateActive)
}

func scanID(row scanner) (id string, err error) { return id, row.Scan(&id) }

// insert adds an endpoint; there are bounds for how many.
func insert(ctx context.Context, q querier, e endpoint) error {
	var all, own int
	if err := q.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN account = ? THEN 1 ELSE 0 END), 0) FROM endpoint`, e.account).Scan(&all, &own); err != nil {
		return err
	}
	if all >= maxEndpoints || own >= maxPerOwner {
		return domain.Refuse(domain.TooLarge, "webhook.many", "", "推送端点数量已达上限", "there are as many endpoints as there may be: delete one first")
	}
	kinds, err := json.Marshal(e.kinds)
	if err != nil {
		return err
	}
	authorities, err := json.Marshal(e.authorities)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO endpoint (`+endpointColumns+`, attempts, acts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
		e.id, e.account, e.authority, e.url, e.contact, string(kinds), string(authorities), e.state, e.reason,
		millis(e.created), int64(e.through), e.epoch, e.run, e.streak, millis(e.notBefore), millis(e.tested)) //nolint:gosec // numbers of releases are far from 2⁶³
	return err
}

// enter notes an act, and forgets the oldest.
func enter(ctx context.Context, q querier, id string, at time.Time, account, act, reason string) error {
	var n int64
	if err := q.QueryRowContext(ctx, `UPDATE endpoint SET acts = acts + 1 WHERE id = ? RETURNING acts`, id).Scan(&n); err != nil {
		return err
	}
	if _, err := q.ExecContext(ctx, `INSERT INTO act (endpoint, number, at, account, act, reason) VALUES (?, ?, ?, ?, ?, ?)`,
		id, n, millis(at), account, act, reason); err != nil {
		return err
	}
	_, err := q.ExecContext(ctx, `DELETE FROM act WHERE endpoint = ? AND number <= ?`, id, n-maxKept)
	return err
}

// stand changes the state, with the reason.
func stand(ctx context.Context, q querier, id, state, reason string) error {
	_, err := q.ExecContext(ctx, `UPDATE endpoint SET state = ?, reason = ? WHERE id = ?`, state, reason, id)
	return err
}

// seal adds a secret under the newest master key, within the transaction: see Rewrap.
func (s *Store) seal(ctx context.Context, q querier, id, command string, number uint32, at time.Time) (pair, secret, error) {
	plain := freshSecret()
	p, err := derive(plain)
	if err != nil {
		return pair{}, secret{}, err
	}
	made := secret{number: number, public: p.public(), created: at}
	if made.sealed, made.master, err = s.keys.Wrap(ctx, plain, bound(id, number)); err != nil {
		return pair{}, secret{}, err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO secret (endpoint, number, command, master, sealed, public, created_at, until) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
		id, int64(number), command, made.master, made.sealed, []byte(made.public), millis(at))
	return p, made, err
}
