package webhook

import (
	"context"
	"fmt"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get answers an endpoint with its acts and its latest attempts.
func (w *Webhooks) Get(ctx context.Context, id string) (*viewv1.WebhookEndpoint, []*viewv1.WebhookAttempt, error) {
	e, err := find(ctx, w.Store.q, id)
	if err != nil {
		return nil, nil, err
	}
	v, err := w.Store.view(ctx, e)
	if err != nil {
		return nil, nil, err
	}
	if v.Acts, err = collect(ctx, w.Store.q, scanAct, `SELECT at, account, act, reason FROM act WHERE endpoint = ? ORDER BY number`, id); err != nil {
		return nil, nil, fmt.Errorf("webhook: read acts: %w", err)
	}
	list, err := collect(ctx, w.Store.q, scanAttempt, `SELECT number, sequence, disclosure, message, try, at, outcome, status, took
		FROM attempt WHERE endpoint = ? ORDER BY number DESC`, id)
	if err != nil {
		return nil, nil, fmt.Errorf("webhook: read attempts: %w", err)
	}
	var attempts []*viewv1.WebhookAttempt
	for _, a := range list {
		attempts = append(attempts, attemptView(a))
	}
	return v, attempts, nil
}

// List is a page of the endpoints of an account, of all without one, by id.
func (w *Webhooks) List(ctx context.Context, account, after string, limit int) (list []*viewv1.WebhookEndpoint, next string, err error) {
	found, err := collect(ctx, w.Store.q, scanEndpoint, `SELECT `+endpointColumns+` FROM endpoint WHERE (account = ? OR ? = '') AND id > ? ORDER BY id LIMIT ?`,
		account, account, after, limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("webhook: list endpoints: %w", err)
	}
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].id
	}
	for _, e := range found {
		if e, err = find(ctx, w.Store.q, e.id); unknown(err) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, "", err
		}
		v, err := w.Store.view(ctx, e)
		if err != nil {
			return nil, "", err
		}
		list = append(list, v)
	}
	return list, next, nil
}

func (s *Store) view(ctx context.Context, e endpoint) (*viewv1.WebhookEndpoint, error) {
	v := &viewv1.WebhookEndpoint{
		Id: e.id, Url: shown(e.url), Account: e.account, AuthorityId: e.authority, Contact: e.contact, RecordKinds: e.kinds, AuthorityIds: e.authorities,
		State: stateView(e.state), Reason: e.reason, CreatedAt: e.created.Format(time.RFC3339), Through: e.through, Epoch: e.epoch,
	}
	now := s.clock()
	if now.Before(e.notBefore) {
		v.NotBefore = e.notBefore.Format(time.RFC3339)
	}
	for _, k := range e.secrets {
		if k.valid(now) {
			v.Keys = append(v.Keys, keyView(k))
		}
	}
	err := s.q.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN tries > 0 THEN 1 ELSE 0 END), 0) FROM waiting WHERE endpoint = ?`, e.id).
		Scan(&v.Waiting, &v.Failing)
	if err != nil {
		return nil, fmt.Errorf("webhook: count what waits: %w", err)
	}
	return v, nil
}

func stateView(state string) viewv1.WebhookState {
	switch state {
	case stateActive:
		return viewv1.WebhookState_WEBHOOK_STATE_ACTIVE
	case statePaused:
		return viewv1.WebhookState_WEBHOOK_STATE_PAUSED
	case stateDisabled:
		return viewv1.WebhookState_WEBHOOK_STATE_DISABLED
	}
	return viewv1.WebhookState_WEBHOOK_STATE_UNSPECIFIED
}

func keyView(s secret) *viewv1.WebhookKey {
	k := &viewv1.WebhookKey{Number: s.number, PublicKey: publicText(s.public), CreatedAt: s.created.UTC().Format(time.RFC3339)}
	if !s.until.IsZero() {
		k.Until = s.until.Format(time.RFC3339)
	}
	return k
}

func attemptView(a attempt) *viewv1.WebhookAttempt {
	return &viewv1.WebhookAttempt{
		Number: a.number, Sequence: a.sequence, DisclosureId: a.disclosure, MessageId: a.message, Attempt: uint32(a.try), //nolint:gosec // small
		At: a.at.UTC().Format(time.RFC3339), Outcome: a.outcome, Status: uint32(a.status), TookMs: uint32(max(a.took.Milliseconds(), 0)), //nolint:gosec // small
	}
}

func scanAct(row scanner) (*viewv1.WebhookAct, error) {
	a := &viewv1.WebhookAct{}
	var at int64
	err := row.Scan(&at, &a.Account, &a.Act, &a.Reason)
	a.At = instant(at).Format(time.RFC3339)
	return a, err
}

// TypeTest and SchemaTest are those of a message that is sent to try an endpoint out; its data are the endpoint's id.
const (
	TypeTest   = "mingjian.webhook.test.v1"
	SchemaTest = "urn:mingjian:schema:webhook_test.v1"
)

const testWait = 10 * time.Second // between two tests of an endpoint

// Test posts a message that is no release, now, and keeps what came of it among the attempts.
func (w *Webhooks) Test(ctx context.Context, command es.ID, id string) (*viewv1.WebhookAttempt, error) {
	var e endpoint
	now := w.Clock().UTC()
	err := w.Store.write(ctx, "test an endpoint", func(tx querier) (err error) {
		if e, err = find(ctx, tx, id); err != nil {
			return err
		}
		if now.Sub(e.tested) < testWait {
			return domain.Refuse(domain.Throttled, "webhook.test.often", "", "测试过于频繁，请稍后再试", "an endpoint is tested once in ten seconds; try again later")
		}
		_, err = tx.ExecContext(ctx, `UPDATE endpoint SET tested_at = ? WHERE id = ?`, millis(now), id)
		return err
	})
	if err != nil {
		return nil, err
	}
	m := outbox.Message{
		ID: string(es.DeriveID(command, "webhook test")), Type: TypeTest, Schema: SchemaTest, About: id, Key: id, Time: now,
		Data: fmt.Appendf(nil, `{"endpoint":%q}`, id),
	}
	body, err := w.Encode(ctx, m)
	did := attempt{message: m.ID, try: 1, at: now, result: w.send(ctx, e, message{m.ID, body}, err)}
	did.took = w.Clock().Sub(now)
	w.metrics.tried(did)
	err = w.Store.write(ctx, "keep a test", func(tx querier) error {
		if _, err := find(ctx, tx, id); err != nil {
			return err
		}
		return note(ctx, tx, id, &did)
	})
	return attemptView(did), err
}
