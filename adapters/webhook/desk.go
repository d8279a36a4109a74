package webhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Create sets an endpoint up for an account: of spec the address, the contact and the filter. It begins with release from, or with
// what comes from now on if from is 0. The id follows from the command: who sends that again gets the endpoint without its secret, and
// *es.ReusedError if it asks for another.
func (w *Webhooks) Create(ctx context.Context, by domain.Actor, command es.ID, spec *viewv1.WebhookEndpoint, from uint64) (*viewv1.WebhookEndpoint, *viewv1.WebhookSecret, error) {
	if err := domain.Require(domain.Text("webhook.contact", "contact", spec.GetContact(), maxKept)); err != nil {
		return nil, nil, err
	}
	if err := w.Targets.check(ctx, w.Resolver, spec.GetUrl()); err != nil {
		return nil, nil, err
	}
	head, epoch, err := w.Feed.Head(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("webhook: read the feed: %w", err)
	}
	e := endpoint{
		id: string(es.DeriveID(command, "webhook endpoint")), account: by.Account, authority: string(by.Authority), url: spec.GetUrl(), contact: spec.GetContact(),
		kinds: slices.Sorted(slices.Values(spec.GetRecordKinds())), authorities: slices.Sorted(slices.Values(spec.GetAuthorityIds())),
		state: stateActive, created: w.Clock().UTC(), through: head, epoch: epoch,
	}
	switch {
	case from > head+1:
		return nil, nil, ahead(head)
	case from > 0:
		e.through = from - 1
	}
	var made *viewv1.WebhookSecret
	err = w.Store.write(ctx, "create an endpoint", func(tx querier) error {
		was, err := find(ctx, tx, e.id)
		if !unknown(err) {
			return errors.Join(err, sameSpec(was, e, command))
		}
		if err := insert(ctx, tx, e); err != nil {
			return err
		}
		p, s, err := w.Store.seal(ctx, tx, e.id, string(command), 1, e.created)
		if err != nil {
			return err
		}
		made = &viewv1.WebhookSecret{Secret: p.secretText(), Key: keyView(s)}
		return enter(ctx, tx, e.id, e.created, by.Account, actCreated, "")
	})
	return w.changed(ctx, e.id, made, err)
}

func sameSpec(was, now endpoint, command es.ID) error {
	if was.account == now.account && was.url == now.url && was.contact == now.contact && slices.Equal(was.kinds, now.kinds) && slices.Equal(was.authorities, now.authorities) {
		return nil
	}
	return &es.ReusedError{ID: command}
}

func ahead(head uint64) error {
	return domain.Refuse(domain.Invalid, "webhook.from.ahead", "from", fmt.Sprintf("公示信息目前编号至%d", head), fmt.Sprintf("the feed ends at %d", head))
}

func unknown(err error) bool { return domain.KindOf(err) == domain.NotFound }

// changed answers an endpoint after a change, and wakes who pushes.
func (w *Webhooks) changed(ctx context.Context, id string, made *viewv1.WebhookSecret, err error) (*viewv1.WebhookEndpoint, *viewv1.WebhookSecret, error) {
	if err != nil {
		return nil, nil, err
	}
	w.changes.tell()
	e, _, err := w.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if made == nil {
		made = &viewv1.WebhookSecret{Key: e.GetKeys()[len(e.GetKeys())-1]}
	}
	return e, made, nil
}

const maxSecrets = 3 // that sign at the same time

// Rotate makes the next secret; the former ones sign for the overlap. The same command again gets the endpoint without the secret.
func (w *Webhooks) Rotate(ctx context.Context, by domain.Actor, command es.ID, id string, overlap time.Duration, reason string) (*viewv1.WebhookEndpoint, *viewv1.WebhookSecret, error) {
	if err := domain.Require(domain.Text("webhook.reason", "reason", reason, maxReason)); err != nil {
		return nil, nil, err
	}
	var made *viewv1.WebhookSecret
	err := w.Store.write(ctx, "rotate a secret", func(tx querier) error {
		e, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		now := w.Clock().UTC()
		var done int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM secret WHERE endpoint = ? AND command = ?`, id, string(command)).Scan(&done); err != nil || done > 0 {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE secret SET until = ? WHERE endpoint = ? AND (until = 0 OR until > ?)`,
			millis(now.Add(overlap)), id, millis(now.Add(overlap))); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM secret WHERE endpoint = ? AND until > 0 AND until <= ?`, id, millis(now)); err != nil {
			return err
		}
		var valid int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM secret WHERE endpoint = ?`, id).Scan(&valid); err != nil {
			return err
		}
		if valid >= maxSecrets {
			return domain.Refuse(domain.Precondition, "webhook.rotation.crowded", "", "此前的密钥仍在并行期内，请待其失效或立即停用",
				"former secrets still sign: wait until one has ended, or end them at once")
		}
		p, s, err := w.Store.seal(ctx, tx, id, string(command), e.secrets[len(e.secrets)-1].number+1, now)
		if err != nil {
			return err
		}
		made = &viewv1.WebhookSecret{Secret: p.secretText(), Key: keyView(s)}
		return enter(ctx, tx, id, now, by.Account, actRotated, reason)
	})
	return w.changed(ctx, id, made, err)
}

const maxReason = 500

// Pause stops the pushing; one that is not pushed to is left as it is.
func (w *Webhooks) Pause(ctx context.Context, by domain.Actor, id, reason string) (*viewv1.WebhookEndpoint, error) {
	return w.act(ctx, by, id, actPaused, reason, func(tx querier, e endpoint) (bool, error) {
		if e.state != stateActive {
			return false, nil
		}
		return true, stand(ctx, tx, id, statePaused, reason)
	})
}

// Resume goes on at once, with what failed first.
func (w *Webhooks) Resume(ctx context.Context, by domain.Actor, id, reason string) (*viewv1.WebhookEndpoint, error) {
	return w.act(ctx, by, id, actResumed, reason, func(tx querier, e endpoint) (bool, error) {
		if _, err := tx.ExecContext(ctx, `UPDATE waiting SET tries = 0, since = 0, due = 0 WHERE endpoint = ?`, id); err != nil {
			return false, err
		}
		_, err := tx.ExecContext(ctx, `UPDATE endpoint SET state = ?, reason = '', streak = 0, not_before = 0 WHERE id = ?`, stateActive, id)
		return e.state != stateActive, err
	})
}

// Replay sets the place back to before a release, or forward up to what was looked at.
func (w *Webhooks) Replay(ctx context.Context, by domain.Actor, id string, from uint64, reason string) (*viewv1.WebhookEndpoint, error) {
	return w.act(ctx, by, id, actReplayed, fmt.Sprintf("%d: %s", from, reason), func(tx querier, e endpoint) (bool, error) {
		if from == 0 || from > e.through+1 {
			return false, ahead(e.through)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM waiting WHERE endpoint = ? AND sequence >= ?`, id, int64(from)); err != nil { //nolint:gosec // not above through
			return false, err
		}
		_, err := tx.ExecContext(ctx, `UPDATE endpoint SET through = ?, run = run + 1 WHERE id = ?`, int64(from-1), id) //nolint:gosec // as above
		return true, err
	})
}

// act changes an endpoint and notes it, if the change says that there was something to change.
func (w *Webhooks) act(ctx context.Context, by domain.Actor, id, act, reason string, change func(querier, endpoint) (bool, error)) (*viewv1.WebhookEndpoint, error) {
	if err := domain.Require(domain.Text("webhook.reason", "reason", reason, maxReason+maxKept)); err != nil {
		return nil, err
	}
	err := w.Store.write(ctx, act+" an endpoint", func(tx querier) error {
		e, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		did, err := change(tx, e)
		if err != nil || !did {
			return err
		}
		return enter(ctx, tx, id, w.Clock().UTC(), by.Account, act, reason)
	})
	e, _, err := w.changed(ctx, id, nil, err)
	return e, err
}

// Delete removes an endpoint with all that is of it.
func (w *Webhooks) Delete(ctx context.Context, id string) error {
	err := w.Store.write(ctx, "delete an endpoint", func(tx querier) error {
		if _, err := find(ctx, tx, id); err != nil {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM secret WHERE endpoint = ?`, `DELETE FROM waiting WHERE endpoint = ?`, `DELETE FROM attempt WHERE endpoint = ?`,
			`DELETE FROM act WHERE endpoint = ?`, `DELETE FROM endpoint WHERE id = ?`,
		} {
			if _, err := tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		w.changes.tell()
	}
	return err
}
