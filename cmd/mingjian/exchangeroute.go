package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

const exchangeUsage = "file (YAML) of what goes to credit platforms as files, and where; see the command exchange"

// exchangeFile says what goes to which platform, and how.
type exchangeFile struct {
	Key    string          `yaml:"key"`   // file of the signing key
	State  string          `yaml:"state"` // folder of what is on its way; exchange in the data directory if empty
	Routes []exchangeRoute `yaml:"routes"`

	profiles profile.Profiles
}

// exchangeRoute is one platform and kind.
type exchangeRoute struct {
	Platform string          `yaml:"platform"`
	Kind     profile.Kind    `yaml:"kind"`
	Format   string          `yaml:"format"` // xlsx, csv or csv-gb18030
	Most     int             `yaml:"most"`   // rows of a batch; 5000 if 0
	Folder   string          `yaml:"folder"` // where batches are put; or SFTP
	SFTP     *exchangeServer `yaml:"sftp"`
	Receipts string          `yaml:"receipts"` // folder of receipts; none are read if empty
	Settle   time.Duration   `yaml:"settle"`   // a receipt that was written to within it is left; one minute if 0
}

// exchangeServer is an account on a server.
type exchangeServer struct {
	Address  string `yaml:"address"` // host:port
	User     string `yaml:"user"`
	Key      string `yaml:"key"`
	HostKeys string `yaml:"host_keys"`
	Folder   string `yaml:"folder"`
}

// reading is the folder of temporary files while receipts are read; they may name persons.
func (f exchangeFile) reading() string { return filepath.Join(f.State, "reading") }

// channel is what the ledger calls the way that batches take.
func (r exchangeRoute) channel() string {
	if r.SFTP != nil {
		return "sftp"
	}
	return "folder"
}

func (r exchangeRoute) String() string { return r.Platform + "/" + string(r.Kind) }

// maxExchangeRows bounds a batch: a worksheet holds more, but whoever puts it right does so by hand.
const maxExchangeRows = 100_000

// exchanges reads the file of routes.
func (c *config) exchanges() (f exchangeFile, err error) {
	text, err := os.ReadFile(c.Exchange)
	if err != nil {
		return f, usage("--exchange: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return f, usage("--exchange: %s: %w", c.Exchange, err)
	}
	if f.profiles, err = profiled(c.Profiles); err != nil {
		return f, usage("%w", err)
	}
	if f.State == "" {
		f.State = c.path(exchangeFolder)
	}
	var errs []error
	if f.Key == "" {
		errs = append(errs, errors.New("key: the file of the signing key is missing; mingjian exchange key --make FILE makes one"))
	}
	for i := range f.Routes {
		if err := f.Routes[i].check(f.profiles, f.Routes[:i]); err != nil {
			errs = append(errs, fmt.Errorf("routes[%d]: %w", i, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return f, usage("--exchange: %s: %w", c.Exchange, err)
	}
	return f, nil
}

// check fills in what is left out.
func (r *exchangeRoute) check(all profile.Profiles, before []exchangeRoute) error {
	if r.Most == 0 {
		r.Most = 5000
	}
	if r.Settle == 0 {
		r.Settle = time.Minute
	}
	known := slices.ContainsFunc(all.All(), func(p profile.Profile) bool { return p.Platform == r.Platform && p.Kind == r.Kind })
	switch {
	case !known:
		return fmt.Errorf("platform, kind: there is no profile of %s", r)
	case slices.ContainsFunc(before, func(b exchangeRoute) bool { return b.String() == r.String() }):
		return fmt.Errorf("%s goes another way already", r)
	case !slices.Contains([]string{sheet.XLSX, sheet.CSV, sheet.CSVGB18030}, r.Format):
		return fmt.Errorf("format: %s, %s or %s", sheet.XLSX, sheet.CSV, sheet.CSVGB18030)
	case r.Most < 1 || r.Most > maxExchangeRows:
		return fmt.Errorf("most: 1 to %d", maxExchangeRows)
	case r.Settle < 0:
		return errors.New("settle: not below zero")
	case (r.Folder == "") == (r.SFTP == nil):
		return errors.New("folder or sftp: one of them")
	}
	return nil
}

// drop opens the way that batches take.
func (r exchangeRoute) drop() (exchange.Drop, func() error, error) {
	if r.SFTP == nil {
		return exchange.Folder{Dir: r.Folder}, func() error { return nil }, nil
	}
	s, err := exchange.OpenSFTP(exchange.Account{
		Address: r.SFTP.Address, User: r.SFTP.User, KeyFile: r.SFTP.Key, HostKeys: r.SFTP.HostKeys, Dir: r.SFTP.Folder, Timeout: 30 * time.Second,
	})
	if err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

// layouts are how the platform takes rows of the versions of its profile.
func (f exchangeFile) layouts(r exchangeRoute) func(version string) (exchange.Layout, error) {
	return func(version string) (exchange.Layout, error) {
		p, there := f.profiles.Get(r.Platform, r.Kind, version)
		if !there {
			return exchange.Layout{}, fmt.Errorf("there is no version %s of the profile of %s", version, r)
		}
		return exchange.LayoutOf(p, r.Format), nil
	}
}

// sender sends what goes one way.
func (in *instance) sender(f exchangeFile, r exchangeRoute, key exchange.Key, drop exchange.Drop) *exchange.Sender {
	rows := exchangeRows{in, r, f.profiles}
	s := &exchange.Sender{
		Platform: r.Platform, Kind: r.Kind, Layouts: f.layouts(r), Rows: rows, Identities: rows.identities, Ledger: rows,
		Key: key, Drop: drop, Archive: in.blobs, Dir: f.State, Most: r.Most,
	}
	s.Sheets = sheet.Books{Dir: s.Working()}
	return s
}

// answeredIn are the routes to the platforms whose receipts are put into a folder.
func (f exchangeFile) answeredIn(dir string) []exchangeRoute {
	return slices.DeleteFunc(slices.Clone(f.Routes), func(r exchangeRoute) bool {
		return !slices.ContainsFunc(f.Routes, func(o exchangeRoute) bool {
			return o.Platform == r.Platform && o.Receipts != "" && filepath.Clean(o.Receipts) == dir
		})
	})
}

// inboxes are the folders of receipts, each once.
func (in *instance) inboxes(f exchangeFile) []exchange.Inbox {
	copies := exchange.Copies{Archive: in.blobs, Dir: f.State}
	var out []exchange.Inbox
	for _, r := range f.Routes {
		dir := filepath.Clean(r.Receipts)
		if r.Receipts == "" || slices.ContainsFunc(out, func(i exchange.Inbox) bool { return i.Dir == dir }) {
			continue
		}
		routes := f.answeredIn(dir)
		out = append(out, exchange.Inbox{
			Dir: dir, Sheets: sheet.Books{Dir: f.reading()}, Number: copies.Number, Sending: copies.Sending, Settle: r.Settle, Clock: in.config.now,
			Take: func(ctx context.Context, receipt string, a exchange.Answer) error {
				return in.takeAnswer(ctx, routes, receipt, a)
			},
		})
	}
	return out
}
