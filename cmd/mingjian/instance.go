package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/identity"
	inbrowser "github.com/mingjian-ledger/mingjian/adapters/portal/verifier"
	"github.com/mingjian-ledger/mingjian/adapters/telemetry"
	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/authority"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/release"
	openapi "github.com/mingjian-ledger/mingjian/proto"
)

// Files of a data directory.
const (
	eventsFile   = "events.db"
	viewsFile    = "views.db"
	identityFile = "identity.db"
	vaultFile    = "vault.db"    // personal texts, encrypted
	webhooksFile = "webhooks.db" // receivers of webhooks, with what waits for them
	masterFile   = "master.key"  // what wraps their keys, unless --master-key names another
	blobsFolder  = "blobs"
	lockFile     = "lock" // held by the process that writes the directory
)

// instance is everything that works on one set of stores, open and running.
type instance struct {
	config    config
	rules     rule.Tables
	platforms policy.Platforms
	log       *slog.Logger
	events    eventLog
	views     viewStore
	blobs     blobStore
	identity  *identity.Store
	vault     *vault.Store
	metrics   *telemetry.Metrics
	tracing   *telemetry.Tracing // nil if it is off
	group     *projections.Group
	outward   *outward // nil without a bus
	hooks     *hooks
	exchanged *telemetry.Exchange
	server    *grpcapi.Server
	rest      http.Handler
	family    *authority.Family
	lock      io.Closer  // of the data directory
	leases    leaseStore // of the projections; nil where this process is the only one
	epochs    *grpcapi.Epochs
	outer     atomic.Bool      // its acts are an inner ledger's, see innerAlone
	gap       *airgap.Receiver // nil if it takes none

	projecting   context.CancelFunc
	projected    chan error
	closing      chan struct{} // closed at the beginning of a stop, so that followers of the feed leave
	retired      sync.Once
	stopWatching []func()
}

// freshRecords is how many enterprises' versions are kept in memory, a few dozen bytes each.
const freshRecords = 200_000

// open opens the stores, starts the projections and builds both doors; nothing listens yet.
func open(ctx context.Context, c config, log *slog.Logger) (_ *instance, err error) {
	in, err := prepare(ctx, c, log)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.closeStores())
			in.tracing.Close(ctx)
		}
	}()
	if in.group, err = projections.NewGroup(in.events, in.views, log, allProjections(), in.reactors()); err != nil {
		return nil, err
	}
	if err = in.sameHistory(ctx); err != nil {
		return nil, err
	}
	if err = in.observe(); err != nil {
		return nil, err
	}
	if err = in.shareProjections(ctx); err != nil {
		return nil, err
	}
	if err = in.metrics.Projections(in.progress); err != nil {
		return nil, err
	}
	if err = in.buildDoors(ctx); err != nil {
		return nil, err
	}
	if in.outward, err = in.openBus(ctx); err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	in.projecting = cancel
	go func() { in.projected <- in.group.Run(running) }()
	in.outward.run(ctx)
	in.hooks.run(ctx, in)
	return in, nil
}

// prepare opens what an instance works on; nothing runs yet.
func prepare(ctx context.Context, c config, log *slog.Logger) (_ *instance, err error) {
	rules, err := ruled(c.Rules)
	if err != nil {
		return nil, err
	}
	profiles, err := profiled(c.Profiles)
	if err != nil {
		return nil, err
	}
	c.log = log
	platforms, err := c.Platforms.read(profiles)
	if err != nil {
		return nil, err
	}
	in := &instance{config: c, rules: rules, platforms: platforms, log: log, metrics: telemetry.New(), projected: make(chan error, 1), closing: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.closeStores())
			in.tracing.Close(ctx)
		}
	}()
	if err = in.openTracing(ctx); err != nil {
		return nil, err
	}
	if err = in.openStores(ctx); err != nil {
		return nil, err
	}
	in.epochs = grpcapi.NewEpochs(in.events, in.events)
	if err = in.openGap(ctx); err != nil {
		return nil, err
	}
	return in, nil
}

// shareProjections lets each projection run in one of the processes that share the views.
func (in *instance) shareProjections(ctx context.Context) (err error) {
	if in.leases, err = in.config.openLeases(ctx); err != nil || in.leases == nil {
		return err
	}
	return in.group.Share(in.leases)
}

// openStores opens what the instance works on. The log comes first: in a data directory it holds the lock of all.
func (in *instance) openStores(ctx context.Context) (err error) {
	c := &in.config
	if err := c.checkStores(); err != nil {
		return err
	}
	if in.lock, err = c.prepareDirectory(); err != nil {
		return err
	}
	if in.events, err = c.openEvents(ctx, false); err != nil {
		return err
	}
	if in.views, err = c.openViews(ctx); err != nil {
		return err
	}
	if in.blobs, err = c.openBlobs(ctx, false); err != nil {
		return err
	}
	if in.identity, err = c.openIdentity(ctx); err != nil {
		return err
	}
	if in.hooks, err = in.openHooks(ctx); err != nil { // before the vault, with whose master keys their secrets are sealed
		return err
	}
	in.vault, err = in.openVault(ctx)
	return err
}

// buildDoors puts the services behind the chain, and REST before the in-process channel.
func (in *instance) buildDoors(ctx context.Context) error {
	family, stop := authority.NewFamily(in.views, in.views)
	in.family, in.stopWatching = family, append(in.stopWatching, stop)
	services, err := in.services()
	if err != nil {
		return err
	}
	heads, stopHeads := release.NewHeads(in.views, in.views)
	fresh := func(ctx context.Context) (position, asOf string) {
		return in.position(), heads.AsOf(ctx)
	}
	chain, err := grpcapi.NewChain(grpcapi.Chain{
		Access: grpcapi.AllAccess(), Auth: in.identity, Waiter: in.group, Log: in.log,
		Patient: in.config.Patience, Fresh: fresh, Observe: in.metrics.Call, Trace: in.tracing.Calls(), Vault: in.vault, Parties: in.base().Parties,
		Trail: grpcapi.NewTrail(in.store(), in.config.now), Succession: in.family, Clock: in.config.now, Epochs: in.epochs,
		Away: storeAway, Sandbox: in.config.Sandbox,
	})
	if err != nil {
		return err
	}
	in.server = grpcapi.NewServer(chain, services)
	versions, stop := enterprise.NewVersions(in.views, in.views, freshRecords, in.config.today)
	in.stopWatching = append(in.stopWatching, stop, stopHeads)
	pages, err := inbrowser.Handlers("/verify/")
	if err == nil {
		pages, err = withBusPages(pages)
	}
	if err != nil {
		return err
	}
	in.rest, err = gateway.New(ctx, gateway.Options{
		Conn: in.server.InProcess, Versions: recordVersions{versions, in}, OpenAPI: openapi.Document(),
		Ready: in.ready, Metrics: in.metrics.Handler(), Looked: in.metrics.Looked, Fresh: fresh, Epoch: in.epochs.Name, Sandbox: in.config.Sandbox,
		More: pages,
	})
	return err
}

// progress is what /metrics tells of the projections.
func (in *instance) progress() []telemetry.Progress {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	states, err := in.group.Status(ctx)
	if err != nil {
		in.log.WarnContext(ctx, "progress of the projections is not known", slog.Any("error", err))
		return nil
	}
	states = append(states, in.outward.status(ctx, in.log)...)
	out := make([]telemetry.Progress, 0, len(states))
	for _, s := range states {
		head, _ := s.Head.Pair()
		through, _ := s.Through.Pair()
		out = append(out, telemetry.Progress{Projection: s.Name, Head: head, Through: through, Running: s.Attached && s.Failed == nil, Held: s.Held})
	}
	return out
}

// retire says to balancers and to followers of the feed that this instance goes. It may be called twice.
func (in *instance) retire() {
	in.server.Serving(false)
	in.retired.Do(func() { close(in.closing) })
}

// close ends in order: no new calls, calls under way finish, the projections reach what was accepted, the stores close.
func (in *instance) close(ctx context.Context) error {
	in.retire()
	in.server.Drain(ctx)
	in.hooks.end()
	for _, stop := range in.stopWatching {
		stop()
	}
	err := in.group.Finish(ctx)
	if err != nil {
		err = fmt.Errorf("the views did not reach the end of the log; they go on at the next start: %w", err)
	} else {
		err = in.noteShredded(ctx)
	}
	err = errors.Join(err, in.outward.close())
	in.projecting()
	defer in.tracing.Close(ctx)
	return errors.Join(err, <-in.projected, in.closeStores())
}

func (in *instance) closeStores() error {
	var errs []error
	if in.hooks != nil {
		errs = append(errs, in.hooks.store.Close())
	}
	if in.vault != nil {
		errs = append(errs, in.vault.Close())
	}
	if in.identity != nil {
		errs = append(errs, in.identity.Close())
	}
	for _, s := range []io.Closer{in.leases, in.blobs, in.views, in.events, in.lock} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

// withInstance opens an instance without doors, does the work and closes it.
func withInstance(ctx context.Context, c config, log *slog.Logger, work func(*instance) error) error {
	in, err := open(ctx, c, log)
	if err != nil {
		return err
	}
	err = work(in)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Drain)
	defer cancel()
	return errors.Join(err, in.close(stopping))
}
