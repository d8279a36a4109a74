package grpcapi_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/projections"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	catalogueview "github.com/mingjian-ledger/mingjian/projections/catalogue"
	planview "github.com/mingjian-ledger/mingjian/projections/plan"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	rosterview "github.com/mingjian-ledger/mingjian/projections/roster"
)

const (
	ownBureau   domain.AuthorityID = "xz-bureau"
	otherBureau domain.AuthorityID = "nx-bureau"
)

// office is the services of plans and rosters over a store and its views.
type office struct {
	*testing.T
	store *estest.Store
	views *projectionstest.Memory
	base  grpcapi.Base
	calls int
}

func newOffice(t *testing.T) *office {
	o := &office{T: t, store: estest.NewStore(t), views: projectionstest.NewMemory(t)}
	now := time.Date(2026, 1, 20, 18, 0, 0, 0, time.UTC) // the 21st in Shanghai
	o.base = grpcapi.Base{Store: o.store, Views: o.views, Clock: func() time.Time { return now }}
	o.sync()
	return o
}

// sync lets the views catch up.
func (o *office) sync() {
	o.Helper()
	head, err := o.store.Head(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	for _, p := range []projections.Projection{
		authorityview.Projection(), catalogueview.Projection(), planview.Projection(), rosterview.Projection(),
	} {
		target, err := o.views.Attach(o.Context(), p)
		if err != nil {
			o.Fatal(err)
		}
		if err := projections.Fill(o.Context(), p, o.store, target, head, nil); err != nil {
			o.Fatal(err)
		}
	}
}

// as is a new call of somebody at the own bureau.
func (o *office) as(role domain.Role, account string) context.Context {
	return o.at(ownBureau, role, account)
}

func (o *office) at(authority domain.AuthorityID, role domain.Role, account string) context.Context {
	o.calls++
	return o.keyed(domain.Actor{Account: account, Role: role, Authority: authority}, fmt.Sprint("call ", o.calls))
}

// keyed is a call with an idempotency key.
func (o *office) keyed(by domain.Actor, key string) context.Context {
	return grpcapi.WithCall(o.Context(), grpcapi.Call{Actor: by, Method: "/mingjian.v1.Test/Call", Command: es.DeriveID("", key)})
}

// faultCodes lists the codes of the faults in a tree of joined errors.
func faultCodes(err error) string {
	if joined, many := err.(interface{ Unwrap() []error }); many {
		out := ""
		for _, e := range joined.Unwrap() {
			out += faultCodes(e) + " "
		}
		return out[:max(0, len(out)-1)]
	}
	if f := (*domain.Fault)(nil); errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

// refused demands these codes.
func (o *office) refused(err error, codes string) {
	o.Helper()
	if err == nil || faultCodes(err) != codes {
		o.Errorf("got %v, want %s", err, codes)
	}
}

// must ends the test on an error.
func must[M any](o *office, answer M, err error) M {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
	return answer
}
