package bus

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	wmnats "github.com/ThreeDotsLabs/watermill-nats/v2/pkg/nats"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// The streams.
const (
	streamPublic = "MINGJIAN_V1_PUBLIC"
	streamStaff  = "MINGJIAN_V1_STAFF"
	streamAgain  = "MINGJIAN_V1_AGAIN"
)

// A message with this header removes the earlier ones of its subject from the stream as it enters it.
const (
	rollupHeader  = jetstream.MsgRollup
	rollupSubject = jetstream.MsgRollupSubject
)

const (
	manageWait   = 5 * time.Second // longest wait for an answer about a stream or a consumer
	reconnectMin = 100 * time.Millisecond
	reconnectMax = 5 * time.Second
)

// jetStream is the transport on NATS.
type jetStream struct {
	address Address
	log     *slog.Logger
	conn    *nats.Conn
	js      jetstream.JetStream
	pub     *wmnats.Publisher

	mu    sync.Mutex
	ready bool // the streams were made or updated on this connection
}

func newJetStream(a Address, log *slog.Logger, wlog watermill.LoggerAdapter) (*jetStream, error) {
	j := &jetStream{address: a, log: log}
	opts, err := j.options()
	if err != nil {
		return nil, err
	}
	if j.conn, err = nats.Connect(strings.Join(a.servers, ","), opts...); err != nil {
		return nil, fmt.Errorf("bus: connect to NATS: %w", err)
	}
	if j.js, err = jetstream.New(j.conn); err == nil {
		// Its context is not asked, so the wait is bounded; no try of its own, so that the caller alone decides what comes next.
		j.pub, err = wmnats.NewPublisherWithNatsConn(j.conn, wmnats.PublisherPublishConfig{
			Marshaler: &wmnats.NATSMarshaler{}, SubjectCalculator: wmnats.DefaultSubjectCalculator,
			JetStream: wmnats.JetStreamConfig{
				ConnectOptions: []nats.JSOpt{nats.MaxWait(a.Wait)}, PublishOptions: []nats.PubOpt{nats.RetryAttempts(0)},
			},
		}, wlog)
	}
	if err != nil {
		j.conn.Close()
		return nil, fmt.Errorf("bus: JetStream: %w", err)
	}
	return j, nil
}

func (j *jetStream) options() ([]nats.Option, error) {
	a := j.address
	opts := []nats.Option{
		nats.Name("mingjian"), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.NoCallbacksAfterClientClose(),
		// What can't be sent at once is an error: the outbox keeps its place, nothing waits in memory.
		nats.ReconnectBufSize(-1),
		nats.CustomReconnectDelay(func(tries int) time.Duration {
			return min(reconnectMin<<min(tries, 10), reconnectMax)
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			j.renew()
			j.log.LogAttrs(context.Background(), slog.LevelWarn, "the connection to NATS was lost", slog.Any("error", err))
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			j.log.LogAttrs(context.Background(), slog.LevelInfo, "the connection to NATS is there again")
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			j.log.LogAttrs(context.Background(), slog.LevelWarn, "NATS reports a fault", slog.Any("error", err))
		}),
	}
	switch {
	case a.token:
		opts = append(opts, nats.Token(a.user))
	case a.user != "":
		opts = append(opts, nats.UserInfo(a.user, a.password))
	}
	if a.Creds != "" {
		opts = append(opts, nats.UserCredentials(a.Creds))
	}
	if a.secure || a.CA != "" || a.Cert != "" {
		opts = append(opts, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12}))
	}
	if a.CA != "" {
		opts = append(opts, nats.RootCAs(a.CA))
	}
	if a.Cert != "" {
		opts = append(opts, nats.ClientCert(a.Cert, a.Key))
	}
	return opts, nil
}

// renew says that the streams are to be looked at again: the server behind the next connection may be another.
func (j *jetStream) renew() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ready = false
}

// streams are what is kept.
func (j *jetStream) streams() []jetstream.StreamConfig {
	of := func(name, about string, subjects ...string) jetstream.StreamConfig {
		return jetstream.StreamConfig{ //nolint:exhaustruct // the rest is as NATS has it
			Name: name, Description: about, Subjects: subjects, Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy,
			Discard: jetstream.DiscardOld, MaxAge: j.address.MaxAge, MaxBytes: j.address.MaxBytes, Duplicates: j.address.Duplicates,
			Replicas: j.address.Replicas, AllowRollup: true,
		}
	}
	return []jetstream.StreamConfig{
		of(streamPublic, "Mingjian: what is public", outbox.Public+".>"),
		of(streamStaff, "Mingjian: for the systems of authorities", outbox.Staff+".>"),
		of(streamAgain, "Mingjian: what a handler could not take", Poison, redrive+".>"),
	}
}

// ensure makes the streams, or updates them to the settings of the address, once in a connection.
func (j *jetStream) ensure(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ready {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, manageWait)
	defer cancel()
	for _, c := range j.streams() {
		var err error
		if j.address.Manage {
			_, err = j.js.CreateOrUpdateStream(ctx, c)
		} else {
			_, err = j.js.Stream(ctx, c.Name)
		}
		if err != nil {
			return fmt.Errorf("stream %s: %w", c.Name, err)
		}
	}
	j.ready = true
	return nil
}

func (j *jetStream) publish(subject string, m *message.Message) error {
	if j.conn.IsClosed() {
		return ErrClosed
	}
	if err := j.ensure(m.Context()); err != nil {
		return err
	}
	err := j.pub.Publish(subject, m)
	if errors.Is(err, nats.ErrNoStreamResponse) { // somebody removed it
		j.renew()
	}
	return err
}

// streamOf is the stream that a subject is in; a pattern must be within one.
func streamOf(subject string) (string, error) {
	for prefix, stream := range map[string]string{
		outbox.Public: streamPublic, outbox.Staff: streamStaff, Poison: streamAgain, redrive: streamAgain,
	} {
		if subject == prefix || strings.HasPrefix(subject, prefix+".") {
			return stream, nil
		}
	}
	return "", fmt.Errorf("bus: subject %q begins with none of %s, %s, %s", subject, outbox.Public, outbox.Staff, Poison)
}

func (j *jetStream) check(ctx context.Context) error {
	if !j.conn.IsConnected() {
		return fmt.Errorf("bus: not connected to NATS: %s", j.conn.Status())
	}
	if err := j.ensure(ctx); err != nil {
		return fmt.Errorf("bus: %w", err)
	}
	return nil
}

func (j *jetStream) close() error {
	j.conn.Close()
	return nil
}
