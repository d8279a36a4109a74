package grpcapi

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/person"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// Identities are taken out of a request before any service sees it: the chain seals each, and puts the commitment in the
// place of the texts. So no handler, and nothing that it writes, logs or answers, can tell them.
//
// The digest of a command, which is kept with its events, is taken from the request as it is then. It tells a retry from
// another request under one Idempotency-Key as well as before: the item of a text derives from the command id and the
// field, so that a retry finds the commitment of its first try, while another text under the same key is refused by the
// vault. And it is no oracle: a plain digest of a request with an identity number in it could be tried against all numbers
// there are, since all else in the request is known from the event; a commitment is over 256 secret random bits too.
//
// After a person was shredded, a retry of a request about the person is answered 410, even if it was recorded.

// sealedIdentity is what became of an identity.
type sealedIdentity struct {
	person string
	sealed domain.Sealed
}

const identityName protoreflect.FullName = "mingjian.v1.PersonalIdentity"

// holders tells, for each type of message that was asked, whether it can hold an identity.
type holders struct{ known sync.Map }

func (h *holders) holds(d protoreflect.MessageDescriptor) bool {
	if known, ok := h.known.Load(d.FullName()); ok {
		return known.(bool)
	}
	found := holdsIdentity(d, map[protoreflect.FullName]bool{})
	h.known.Store(d.FullName(), found)
	return found
}

func holdsIdentity(d protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) bool {
	if d.FullName() == identityName {
		return true
	}
	if seen[d.FullName()] {
		return false
	}
	seen[d.FullName()] = true
	for i := range d.Fields().Len() {
		if f := d.Fields().Get(i); f.Message() != nil && holdsIdentity(f.Message(), seen) {
			return true
		}
	}
	return false
}

// withoutIdentities answers the request with its identities sealed, and the context that knows what became of them. A batch
// that is only checked leaves nothing anywhere, the vault included.
func (c *Chain) withoutIdentities(ctx context.Context, req proto.Message) (context.Context, proto.Message, error) {
	if !c.identities.holds(req.ProtoReflect().Descriptor()) {
		return ctx, req, nil
	}
	call := CallOf(ctx)
	call.identities = map[string]sealedIdentity{}
	checked, _ := req.(interface{ GetCheckOnly() bool })
	out := proto.Clone(req)
	err := eachIdentity(out.ProtoReflect(), "", func(path string, m *mingjianv1.PersonalIdentity) error {
		given := person.Identity{
			Kind: person.IDKind(m.GetIdKind()), Number: m.GetIdNumber(), Phone: m.GetPhone(), Address: m.GetAddress(),
		}
		m.Reset()
		if err := given.Check(path); err != nil {
			return err
		}
		if checked != nil && checked.GetCheckOnly() {
			return nil
		}
		did, err := c.seal(ctx, call, path, given)
		if err != nil {
			return err
		}
		m.IdNumber = did.sealed.Commitment
		call.identities[did.sealed.Commitment] = did
		return nil
	})
	return WithCall(ctx, call), out, err
}

func (c *Chain) seal(ctx context.Context, call Call, path string, given person.Identity) (did sealedIdentity, err error) {
	if c.Vault == nil {
		return did, domain.Refuse(domain.Unavailable, "vault.none", path, "本实例没有个人信息保险库", "this instance has no vault for personal data")
	}
	plain, err := given.Plain()
	if err != nil {
		return did, fmt.Errorf("grpcapi: identity at %s: %w", path, err)
	}
	if did.person, err = c.Vault.Person(ctx, given.Key()); err != nil {
		return did, err
	}
	item := es.DeriveID(call.Command, "identity", call.Method, path)
	did.sealed, err = c.Vault.Seal(ctx, string(item), []string{did.person}, plain)
	if domain.KindOf(err) == domain.Conflict {
		return did, &es.ReusedError{ID: call.Command}
	}
	return did, err
}

// eachIdentity visits the identities in a message with their paths, and joins what is wrong with them.
func eachIdentity(m protoreflect.Message, path string, visit func(string, *mingjianv1.PersonalIdentity) error) error {
	if id, ok := m.Interface().(*mingjianv1.PersonalIdentity); ok {
		return visit(path, id)
	}
	var errs []error
	for i := range m.Descriptor().Fields().Len() { // in a fixed order, which Range has not
		f := m.Descriptor().Fields().Get(i)
		if f.Message() == nil || f.IsMap() || !m.Has(f) {
			continue
		}
		at := string(f.Name())
		if path != "" {
			at = path + "." + at
		}
		if !f.IsList() {
			errs = append(errs, eachIdentity(m.Get(f).Message(), at, visit))
			continue
		}
		for n, list := 0, m.Get(f).List(); n < list.Len(); n++ {
			errs = append(errs, eachIdentity(list.Get(n).Message(), fmt.Sprintf("%s[%d]", at, n), visit))
		}
	}
	return errors.Join(errs...)
}

// identityOf is what the chain made of an identity in a request: nobody and nothing without one, and in a batch that is only
// checked. An identity that did not pass the chain is an error: it must not be kept.
func identityOf(ctx context.Context, m *mingjianv1.PersonalIdentity) (string, *domain.Sealed, error) {
	if m.GetIdKind() == "" && m.GetIdNumber() == "" && m.GetPhone() == "" && m.GetAddress() == "" {
		return "", nil, nil
	}
	did, ok := CallOf(ctx).identities[m.GetIdNumber()]
	if !ok {
		return "", nil, errors.New("grpcapi: an identity came by another way than the chain")
	}
	return did.person, &did.sealed, nil
}

// personsIn are the natural persons whom a decision is against, as far as it identifies them. The texts as they were served
// tell of them too, so they are kept under their keys and go with them.
func personsIn(d penalty.Decided) (names []string) {
	for _, p := range d.Parties {
		if p.Person != "" {
			names = append(names, p.Person)
		}
	}
	return names
}
