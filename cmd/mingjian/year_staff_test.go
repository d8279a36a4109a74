package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// The two authorities of the year, and their departments.
const (
	yearBureau     = "XZ-SCJG" // 市场监督管理局
	yearFire       = "XZ-XFJY" // 消防救援总队
	yearCredit     = "信用监督管理处"
	yearPrevention = "防火监督处"
)

// yearAccounts act for the parties to the draws.
const (
	yearPlanner    = "year.planner"
	yearDiscipline = "year.discipline"
	yearNotary     = "year.notary"
)

// peopleAtOnce is how many of the year's people act at the same time.
const peopleAtOnce = 16

// hire makes a token for each account.
func (y *year) hire(base string) {
	y.Helper()
	client := &restClient{base: base, http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: peopleAtOnce}}}
	y.Cleanup(client.http.CloseIdleConnections)
	if err := client.begin(y.Context()); err != nil {
		y.Fatal(err)
	}
	hire := func(account string, role domain.Role, authority domain.AuthorityID, inspector string) *person {
		actor := domain.Actor{Account: account, Role: role, Authority: authority, Inspector: domain.InspectorID(inspector)}
		_, secret, err := y.in.identity.Create(y.Context(), actor, identity.MaxLife)
		if err != nil {
			y.Fatal(err)
		}
		return &person{client: client, name: account, token: secret}
	}
	y.staff = staff{
		admin:       hire("year.admin", domain.Admin, yearBureau, ""),
		planner:     hire(yearPlanner, domain.Planner, yearBureau, ""),
		firePlanner: hire("year.fire.planner", domain.Planner, yearFire, ""),
		approver:    hire("year.approver", domain.Approver, yearBureau, ""),
		reviewer:    hire("year.reviewer", domain.Reviewer, yearBureau, ""),
		clerk:       hire("year.clerk", domain.Clerk, yearBureau, ""),
		discipline:  hire(yearDiscipline, domain.Auditor, yearBureau, ""),
		auditor:     hire("year.auditor", domain.Auditor, "", ""),
		public:      &person{client: client, name: "public"},
		inspectors:  map[string]*person{},
	}
	y.head = hire("year.head", domain.Approver, yearBureau, "")
	y.publisher = hire("year.publisher", domain.Approver, yearBureau, "")
	y.notary = hire(yearNotary, domain.Auditor, yearFire, "")
	for _, i := range yearInspectors() {
		y.inspectors[i.id] = hire(strings.ToLower(i.id), domain.Inspector, domain.AuthorityID(i.authority), i.id)
	}
}

// through is the end of what the staff did.
func (s staff) through() es.Position {
	if s.public == nil {
		return es.Position{}
	}
	return s.public.client.through()
}

func (y *year) post(who *person, path string, req proto.Message, resp receipted) {
	y.Helper()
	if err := who.post(y.Context(), path, req, resp); err != nil {
		y.Fatal(err)
	}
}

func (y *year) get(who *person, path string, query url.Values, resp proto.Message) {
	y.Helper()
	if err := who.get(y.Context(), path, query, resp); err != nil {
		y.Fatal(err)
	}
}

// together does something for each of a list, several at the same time, and fails with all that failed.
func together[T any](y *year, list []T, do func(context.Context, T) error) {
	y.Helper()
	work, faults := make(chan T), make([]error, peopleAtOnce)
	var people sync.WaitGroup
	for n := range faults {
		people.Go(func() {
			for one := range work {
				if faults[n] == nil {
					faults[n] = do(y.Context(), one)
				}
			}
		})
	}
	for _, one := range list {
		work <- one
	}
	close(work)
	people.Wait()
	if err := errors.Join(faults...); err != nil {
		y.Fatal(err)
	}
}

// lot is the number below n that falls to something: the same in every run, and without a pattern.
func lot(n uint32, parts ...string) uint32 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return binary.BigEndian.Uint32(sum[:]) % n
}
