package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// maxText bounds a text in bytes, as grpcapi.MaxPersonal does.
const maxText = 3 << 20

// kept is an item as stored; without a body it was shredded.
type kept struct {
	sealed domain.Sealed
	body   []byte
}

func (k kept) bound() []byte {
	return bind("item", append([]string{k.sealed.Item, k.sealed.Commitment}, k.sealed.Persons...)...)
}

// Seal keeps a text; see grpcapi.Vault. The keys are unwrapped before the transaction, which may not wait for a key service;
// that none was shredded meanwhile is looked up within it.
func (s *Store) Seal(ctx context.Context, item string, persons []string, plain []byte) (domain.Sealed, error) {
	persons = slices.Compact(slices.Sorted(slices.Values(persons)))
	switch {
	case item == "":
		return domain.Sealed{}, missing("item", "缺少密文编号", "an item needs an id")
	case len(persons) == 0:
		return domain.Sealed{}, missing("persons", "缺少所涉自然人", "a personal text is about somebody")
	case len(plain) > maxText:
		return domain.Sealed{}, domain.Refuse(domain.TooLarge, "vault.size", "", "个人信息内容过长（上限3MiB）", "a personal text has at most 3 MiB")
	}
	secret, err := s.secret(ctx, persons)
	if err != nil {
		return domain.Sealed{}, err
	}
	salted := append(random(saltSize), plain...)
	sum := sha256.Sum256(salted)
	fresh := kept{sealed: domain.Sealed{Item: item, Persons: persons, Commitment: hex.EncodeToString(sum[:])}, body: nil}
	if fresh.body, err = lock(secret, fresh.bound(), salted); err != nil {
		return domain.Sealed{}, fmt.Errorf("vault: seal: %w", err)
	}
	stands := fresh
	err = s.write(ctx, "seal", func(tx querier) error {
		if err := present(ctx, tx, persons); err != nil {
			return err
		}
		was, there, err := find(ctx, tx, item)
		if err != nil || there {
			stands = was
			return err
		}
		return fresh.insert(ctx, tx)
	})
	if err != nil {
		return domain.Sealed{}, err
	}
	if stands.sealed.Commitment == fresh.sealed.Commitment {
		return fresh.sealed, nil
	}
	return stands.again(secret, persons, plain)
}

// again answers what was sealed before, if that was the same.
func (k kept) again(secret []byte, persons []string, plain []byte) (domain.Sealed, error) {
	if k.body == nil { // the number of a shredded person leads to another one by now
		return domain.Sealed{}, gone()
	}
	if slices.Equal(k.sealed.Persons, persons) {
		was, err := k.open(secret)
		if err != nil {
			return domain.Sealed{}, err
		}
		if hmac.Equal(was, plain) {
			return k.sealed, nil
		}
	}
	return domain.Sealed{}, domain.Refuse(domain.Conflict, "vault.sealed", "",
		"该编号下已封存其他个人信息", "another personal text was sealed under this id")
}

func (k kept) insert(ctx context.Context, tx querier) error {
	names, err := json.Marshal(k.sealed.Persons)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO item (id, persons, commitment, body) VALUES (?, ?, ?, ?)`,
		k.sealed.Item, string(names), k.sealed.Commitment, k.body); err != nil {
		return err
	}
	for _, p := range k.sealed.Persons {
		if _, err := tx.ExecContext(ctx, `INSERT INTO item_person (person, item) VALUES (?, ?)`, p, k.sealed.Item); err != nil {
			return err
		}
	}
	return nil
}

// open decrypts and checks the commitment.
func (k kept) open(secret []byte) ([]byte, error) {
	salted, err := unlock(secret, k.bound(), k.body)
	if err != nil {
		return nil, fmt.Errorf("vault: item %s: %w", k.sealed.Item, err)
	}
	sum := sha256.Sum256(salted)
	if len(salted) < saltSize || hex.EncodeToString(sum[:]) != k.sealed.Commitment {
		return nil, fmt.Errorf("vault: item %s: the text is not what its commitment says: %w", k.sealed.Item, errSpoilt)
	}
	return salted[saltSize:], nil
}

// Open gives a text back; see grpcapi.Vault.
func (s *Store) Open(ctx context.Context, want domain.Sealed) ([]byte, error) {
	for _, p := range want.Persons {
		if err := intact(ctx, s.q, p); err != nil {
			return nil, fmt.Errorf("vault: open: %w", err)
		}
	}
	k, there, err := find(ctx, s.q, want.Item)
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, domain.Refuse(domain.NotFound, "vault.missing", "", "没有该个人信息", "there is no such personal text")
	case k.sealed.Commitment != want.Commitment || !slices.Equal(k.sealed.Persons, want.Persons):
		return nil, domain.Refuse(domain.Conflict, "vault.differs", "", "所引用的个人信息与封存的不一致", "what is referred to is not what was sealed under this id")
	}
	secret, err := s.secret(ctx, k.sealed.Persons)
	if err != nil {
		return nil, err
	}
	if k.body == nil {
		return nil, gone()
	}
	return k.open(secret)
}

func find(ctx context.Context, q querier, item string) (k kept, there bool, err error) {
	var names string
	err = q.QueryRowContext(ctx, `SELECT persons, commitment, body FROM item WHERE id = ?`, item).Scan(&names, &k.sealed.Commitment, &k.body)
	if errors.Is(err, sql.ErrNoRows) {
		return k, false, nil
	}
	if err == nil {
		k.sealed.Item = item
		err = json.Unmarshal([]byte(names), &k.sealed.Persons)
	}
	if err != nil {
		return k, false, fmt.Errorf("vault: find item %s: %w", item, err)
	}
	return k, true, nil
}

// secret is what the texts of persons are encrypted by: all their keys, in order.
func (s *Store) secret(ctx context.Context, persons []string) ([]byte, error) {
	var secret []byte
	for _, p := range persons {
		key, err := s.keyOf(ctx, p)
		if err != nil {
			return nil, err
		}
		secret = append(secret, key...)
	}
	return secret, nil
}

// keyOf unwraps the key of a person; once more where a rotation in another process came between reading and unwrapping.
func (s *Store) keyOf(ctx context.Context, person string) ([]byte, error) {
	for former := ""; ; {
		var wrapped []byte
		var master string
		err := s.q.QueryRowContext(ctx, `SELECT key, master FROM person WHERE id = ?`, person).Scan(&wrapped, &master)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, absent(ctx, s.q, person)
		}
		if err != nil {
			return nil, fmt.Errorf("vault: find the key of %s: %w", person, err)
		}
		key, err := s.keys.Unwrap(ctx, wrapped, master, bind("person", person))
		if err == nil {
			return key, nil
		}
		if gone := (*MasterError)(nil); !errors.As(err, &gone) || master == former {
			return nil, fmt.Errorf("vault: unwrap the key of %s: %w", person, err)
		}
		former = master
	}
}

// present demands that all persons have their keys.
func present(ctx context.Context, q querier, persons []string) error {
	for _, p := range persons {
		var one int
		err := q.QueryRowContext(ctx, `SELECT 1 FROM person WHERE id = ?`, p).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return absent(ctx, q, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// absent says why a person has no key.
func absent(ctx context.Context, q querier, person string) error {
	if err := intact(ctx, q, person); err != nil {
		return err
	}
	return missing("person", "未知的自然人标识", "nobody is known by this name of a person")
}

// intact refuses a person who was shredded.
func intact(ctx context.Context, q querier, person string) error {
	var one int
	switch err := q.QueryRowContext(ctx, `SELECT 1 FROM shredded WHERE person = ?`, person).Scan(&one); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return gone()
}

func gone() *domain.Fault {
	return domain.Refuse(domain.Gone, "vault.shredded", "", "该自然人的个人信息已依法删除", "this person's data were destroyed as the law demands")
}
