package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// config says where an instance lives and listens. The defaults serve a newcomer on the loopback address.
type config struct {
	Data      string   // data directory; made if missing; one process at a time
	Events    location // of the log; a file of the data directory if empty, and so the others
	Views     location
	Blobs     location      // lists and pictures
	Identity  location      // tokens
	Vault     location      // personal data
	Webhooks  location      // receivers of webhooks
	StoreWait time.Duration // longest wait for a store on a server that does not answer yet
	Bus       location      // of messages for other systems; none if empty
	HTTP      string        // address of REST, and of gRPC too (told apart by content type)
	GRPC      string        // further address of gRPC alone; empty for none
	Patience  time.Duration // longest wait of a read for the views (after=)
	Drain     time.Duration // longest time for a stop
	MasterKey string        // file of the vault's master keys; within the data directory if empty
	Proxies   int           // of the operator's own that stand before REST; they tell whom they served (X-Forwarded-For)
	Beacons   string        // folder of randomness beacons in NIST's format that draws can be bound to; none if empty
	Platforms platforms     // that are given what is public
	Exchange  string        // file of what goes to credit platforms as files; nothing does if empty
	Rules     string        // file of rules that take the place of the program's; none if empty
	Profiles  string        // file of field profiles beside the program's; none if empty
	PublicURL string        // where the public reaches this instance; stands on what is printed; that of the request if empty
	Replica   string        // name of this process among others on the same stores; host and number if empty
	ReadyLag  uint64        // positions that a view may be behind the log before /readyz says no; any distance if 0
	LogLevel  string        // debug, info, warn or error
	LogFormat string        // text or json
	Traces    traces
	Push      push // where webhooks may go
	Gap       gapReceiving

	Sandbox     bool // everything is fictional, and every answer says so
	FeedWaiting int  // connections that may wait for what is released next

	anew    func(ctx context.Context, master string, retire func(context.Context) error) error // see sealing; nil for nothing
	unruled bool                                                                               // no policy runs: the command does not know by which rules and for which platforms
	serves  bool                                                                               // it is a server, which takes its share of what is done once for all
	log     *slog.Logger                                                                       // hears what is waited for; nobody if nil
	clock   func() time.Time                                                                   // what time it is; nil for the machine's. No flag and no setting sets it: a ledger can't be told another time
}

// now is the instance's clock.
func (c *config) now() time.Time {
	if c.clock == nil {
		return time.Now()
	}
	return c.clock()
}

func (c *config) logged() *slog.Logger {
	if c.log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.log
}

// today is the civil date in Asia/Shanghai.
func (c *config) today() calendar.Date { return calendar.DateOf(c.now()) }

func (c *config) flags(f *pflag.FlagSet) {
	c.storeFlags(f, "data directory; made if missing; one process at a time")
	f.StringVar(&c.HTTP, "http", "127.0.0.1:8080", "address for REST, and for gRPC on the same port; port 0 takes a free one")
	f.StringVar(&c.GRPC, "grpc", "", "further address for gRPC alone; none if empty")
	f.DurationVar(&c.Patience, "patience", 5*time.Second, "longest wait of a read that names a position (after=)")
	f.DurationVar(&c.Drain, "drain", 20*time.Second, "longest time for finishing accepted work at a stop")
	f.IntVar(&c.FeedWaiting, "feed-waiting", 2000, "connections that may wait for what is released next (wait=, FollowReleases); further ones are\nrefused with 429 and Retry-After")
	f.IntVar(&c.Proxies, "proxies", 0, "own proxies before REST, which append to X-Forwarded-For; limits of the public door count by who they served")
	f.StringVar(&c.Beacons, "beacons", "", beaconsUsage)
	f.StringVar(&c.Rules, "rules", "", rulesUsage)
	f.StringVar(&c.Profiles, "profiles", "", profilesUsage)
	c.Platforms.flags(f)
	f.StringVar(&c.Exchange, "exchange", "", exchangeUsage)
	c.vaultFlags(f)
	c.busFlag(f)
	c.Push.flags(f)
	f.StringVar(&c.PublicURL, "public-url", "", "address at which the public reaches this server, for the codes on certificates;\nif empty that of the request")
	c.Traces.flags(f)
	c.Gap.flags(f)
	f.StringVar(&c.Replica, "replica", "", "name of this server among others on the same stores; host and process number if empty")
	f.Uint64Var(&c.ReadyLag, "ready-lag", 0, "how far a view may be behind the log, in its positions, before /readyz says no; 0 for any distance")
	c.logFlags(f)
}

func (c *config) logFlags(f *pflag.FlagSet) {
	f.StringVar(&c.LogLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&c.LogFormat, "log-format", "text", "text or json")
}

// validate joins all that is wrong and names each setting.
func (c *config) validate() error {
	var errs []error
	if err := c.checkStores(); err != nil {
		errs = append(errs, err)
	}
	for name, addr := range map[string]string{"--http": c.HTTP, "--grpc": c.GRPC} {
		if addr == "" && name == "--grpc" {
			continue
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	if c.Patience <= 0 || c.Drain <= 0 {
		errs = append(errs, errors.New("--patience and --drain are above zero"))
	}
	if c.FeedWaiting < 1 {
		errs = append(errs, errors.New("--feed-waiting is above zero"))
	}
	if c.Proxies < 0 {
		errs = append(errs, errors.New("--proxies is not below zero"))
	}
	if err := checkPublicURL(c.PublicURL); err != nil {
		errs = append(errs, err)
	}
	if err := c.Traces.validate(); err != nil {
		errs = append(errs, fmt.Errorf("--otlp, --trace-ratio: %w", err))
	}
	if err := errors.Join(c.checkBus(), c.Gap.validate()); err != nil {
		errs = append(errs, err)
	}
	if _, err := c.Push.targets(); err != nil {
		errs = append(errs, err)
	}
	if _, err := bindable(c.Beacons); err != nil {
		errs = append(errs, err)
	}
	if _, err := ruled(c.Rules); err != nil {
		errs = append(errs, err)
	}
	if profiles, err := profiled(c.Profiles); err != nil {
		errs = append(errs, err)
	} else if _, err := c.Platforms.read(profiles); err != nil {
		errs = append(errs, err)
	}
	if c.Exchange != "" {
		if _, err := c.exchanges(); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return usage("%w", err)
	}
	return nil
}

// publicURL is the address without a "/" at its end.
func (c *config) publicURL() string { return strings.TrimRight(c.PublicURL, "/") }

// checkPublicURL takes an address that can be printed: http or https, a host, perhaps a path, and nothing secret.
func checkPublicURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("--public-url: not an address")
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || len(text) > 500 {
		return errors.New("--public-url: http or https, a host and perhaps a path; no user, query or fragment")
	}
	return nil
}

func (c *config) logger(t terminal) (*slog.Logger, error) {
	return logger(t.err, c.LogFormat, c.LogLevel)
}

func (c *config) vaultFlags(f *pflag.FlagSet) {
	f.StringVar(&c.MasterKey, "master-key", "", "file of the master keys of the vault of personal data; master.key in the data directory if empty")
}

// masterKey is the file of master keys.
func (c *config) masterKey() string { return cmp.Or(c.MasterKey, c.path(masterFile)) }

// keys is the key service of the vault.
func (c *config) keys() vault.KeyService {
	file := vault.NewKeyFile(c.masterKey(), c.now)
	if c.anew == nil {
		return file
	}
	return sealing{file, c.anew}
}

// path is a file or folder in the data directory.
func (c *config) path(name string) string { return filepath.Join(c.Data, name) }

// replica is what this process is called among others.
func (c *config) replica() string {
	host, _ := os.Hostname() // an unknown host has no name
	return cmp.Or(c.Replica, fmt.Sprintf("%s:%d", host, os.Getpid()))
}
