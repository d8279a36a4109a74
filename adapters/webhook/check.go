package webhook

import (
	"bytes"
	"context"
	"fmt"
)

// Checked is what Check looked at.
type Checked struct {
	Endpoints int
	Opened    int // secrets that are what was stored of them
	Locked    int // secrets that were not opened
}

// Check reads the whole store and reports each thing that is not as it must be. Secrets that locked names the error of are not
// opened for want of their master key; that is no fault of the store. Nothing is changed.
func (s *Store) Check(ctx context.Context, locked func(error) bool, report func(problem string)) (c Checked, err error) {
	if !s.shared {
		found, err := collect(ctx, s.q, scanID, `PRAGMA integrity_check`)
		if err != nil {
			return c, fmt.Errorf("webhook: check: %w", err)
		}
		for _, line := range found {
			if line != "ok" {
				report(line)
			}
		}
	}
	ids, err := collect(ctx, s.q, scanID, `SELECT id FROM endpoint ORDER BY id`)
	if err != nil {
		return c, fmt.Errorf("webhook: check: %w", err)
	}
	for _, id := range ids {
		e, err := find(ctx, s.q, id)
		if unknown(err) {
			continue // deleted meanwhile
		}
		if err != nil {
			return c, fmt.Errorf("webhook: check %s: %w", id, err)
		}
		c.Endpoints++
		s.checkSecrets(ctx, e, &c, locked, report)
		if stateView(e.state) == 0 {
			report(fmt.Sprintf("endpoint %s is in no known state", id))
		}
	}
	return c, s.checkPlaces(ctx, report)
}

// checkSecrets opens the secrets of an endpoint, of which just the last is without an end.
func (s *Store) checkSecrets(ctx context.Context, e endpoint, c *Checked, locked func(error) bool, report func(string)) {
	if n := len(e.secrets); n == 0 || !e.secrets[n-1].until.IsZero() {
		report(fmt.Sprintf("endpoint %s has no present secret", e.id))
	}
	for i, k := range e.secrets {
		plain, err := s.keys.Unwrap(ctx, k.sealed, k.master, bound(e.id, k.number))
		var p pair
		if err == nil {
			p, err = derive(plain)
		}
		switch {
		case err != nil && locked(err):
			c.Locked++
		case err != nil:
			report(fmt.Sprintf("secret %d of endpoint %s does not open", k.number, e.id))
		case !bytes.Equal(p.public(), k.public):
			report(fmt.Sprintf("secret %d of endpoint %s is not the one of its public key", k.number, e.id))
		default:
			c.Opened++
		}
		if i < len(e.secrets)-1 && k.until.IsZero() {
			report(fmt.Sprintf("secret %d of endpoint %s has no end although it was followed by another", k.number, e.id))
		}
	}
}

// checkPlaces holds what waits to the places of the endpoints.
func (s *Store) checkPlaces(ctx context.Context, report func(string)) error {
	for rule, query := range map[string]string{
		"%d releases wait that their endpoints did not come to": `SELECT count(*) FROM waiting w JOIN endpoint e ON e.id = w.endpoint WHERE w.sequence > e.through`,
		"%d releases wait for no endpoint":                      `SELECT count(*) FROM waiting w WHERE NOT EXISTS (SELECT 1 FROM endpoint e WHERE e.id = w.endpoint)`,
		"%d secrets are of no endpoint":                         `SELECT count(*) FROM secret k WHERE NOT EXISTS (SELECT 1 FROM endpoint e WHERE e.id = k.endpoint)`,
	} {
		var n int
		if err := s.q.QueryRowContext(ctx, query).Scan(&n); err != nil {
			return fmt.Errorf("webhook: check: %w", err)
		}
		if n > 0 {
			report(fmt.Sprintf(rule, n))
		}
	}
	return nil
}
