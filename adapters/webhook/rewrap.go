package webhook

import (
	"context"
	"fmt"
)

// sealedSecret is a secret as it is stored.
type sealedSecret struct {
	endpoint string
	number   int64
	master   string
	sealed   []byte
}

func scanSealed(row scanner) (s sealedSecret, err error) {
	return s, row.Scan(&s.endpoint, &s.number, &s.master, &s.sealed)
}

// Retire seals all secrets under the newest master key, which must be the one of that name, and then calls retire, which may destroy
// all others: no secret is made under another one meanwhile. If it fails on its way it may be called again.
func (s *Store) Retire(ctx context.Context, master string, retire func(context.Context) error) error {
	err := s.write(ctx, "seal secrets anew", func(tx querier) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM secret WHERE until > 0 AND until <= ?`, millis(s.clock())); err != nil {
			return err
		}
		list, err := collect(ctx, tx, scanSealed, `SELECT endpoint, number, master, sealed FROM secret WHERE master <> ?`, master)
		if err != nil {
			return err
		}
		for _, k := range list {
			if err := s.reseal(ctx, tx, k, master); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.write(ctx, "destroy former master keys", func(tx querier) error {
		var left int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM secret WHERE master <> ?`, master).Scan(&left); err != nil {
			return err
		}
		if left > 0 {
			return fmt.Errorf("%d secrets were sealed under another master key meanwhile: try again", left)
		}
		return retire(ctx)
	})
}

func (s *Store) reseal(ctx context.Context, tx querier, k sealedSecret, master string) error {
	place := bound(k.endpoint, uint32(k.number)) //nolint:gosec // counted from 1
	plain, err := s.keys.Unwrap(ctx, k.sealed, k.master, place)
	if err != nil {
		return fmt.Errorf("open secret %d of %s: %w", k.number, k.endpoint, err)
	}
	sealed, by, err := s.keys.Wrap(ctx, plain, place)
	if err != nil {
		return err
	}
	if by != master {
		return fmt.Errorf("the newest master key is %s, not %s", by, master)
	}
	_, err = tx.ExecContext(ctx, `UPDATE secret SET sealed = ?, master = ? WHERE endpoint = ? AND number = ?`, sealed, master, k.endpoint, k.number)
	return err
}
