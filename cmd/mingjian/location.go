package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
)

// location is where a store is, as a URL; empty for the default. Whatever shows it, logs and texts of errors among them, shows
// no password: it is a struct, so that nothing takes it for the text that it holds.
type location struct{ url string }

// Set takes any text: a flag that refuses one quotes it, with the password in it. What is wrong is told by validate.
func (l *location) Set(text string) error { l.url = text; return nil }

// Type is what the help calls it.
func (l *location) Type() string { return "URL" }

// masked stands in the place of a secret.
const masked = "xxxxx"

// String is the URL without its password and without what follows its "?", where drivers take passwords too. All up to the
// last "@" counts as credentials: a password need not be escaped well.
func (l location) String() string {
	scheme, rest, _ := strings.Cut(l.url, "://")
	switch {
	case l.url == "" || l.local():
		return l.url
	case l.scheme() == "":
		return masked
	}
	shown := scheme + "://"
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		user, secret := rest[:at], ""
		if end := strings.IndexAny(user, ":/?#"); end >= 0 {
			user, secret = user[:end], ":"+masked
		}
		shown, rest = shown+user+secret+"@", rest[at+1:]
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end] + "?…"
	}
	return shown + rest
}

// GoString is String, for %#v.
func (l location) GoString() string { return l.String() }

// LogValue is String, whatever the form of the log.
func (l location) LogValue() slog.Value { return slog.StringValue(l.String()) }

// or is a default for what is not set.
func (l location) or(other location) location { return location{cmp.Or(l.url, other.url)} }

// scheme is what stands before "://", one name for each technology.
func (l location) scheme() string {
	scheme, _, ok := strings.Cut(l.url, "://")
	switch {
	case !ok:
		return ""
	case scheme == "postgresql":
		return "postgres"
	}
	return scheme
}

// local tells whether it is a file or folder of this machine.
func (l location) local() bool { return l.scheme() == "sqlite" || l.scheme() == "file" }

// path is the file or folder of a local one: all behind "://", as it is.
func (l location) path() string {
	_, path, _ := strings.Cut(l.url, "://")
	return path
}

// check refuses what is no location of these schemes, without quoting it.
func (l location) check(flag string, schemes ...string) error {
	if l.url == "" {
		return nil
	}
	if !slices.Contains(schemes, l.scheme()) {
		return fmt.Errorf("%s: a URL that begins with %s:// is required", flag, strings.Join(schemes, ":// or "))
	}
	if l.path() == "" {
		return fmt.Errorf("%s: %s:// is followed by a place", flag, l.scheme())
	}
	return nil
}

// mask takes the secrets of the location out of an error of whoever was told it.
func (l location) mask(err error) error {
	if err == nil || l.local() {
		return err
	}
	text := strings.ReplaceAll(err.Error(), l.url, l.String())
	for _, secret := range l.secrets() {
		text = strings.ReplaceAll(text, secret, masked)
	}
	return &maskedError{text, err}
}

// maskedError is an error whose text is safe to show. Callers may look for what it is, not for what it says.
type maskedError struct {
	text string
	err  error
}

func (e *maskedError) Error() string { return e.text }
func (e *maskedError) Unwrap() error { return e.err }

// secrets are the passwords in the URL, as written and as meant, the longest first.
func (l location) secrets() (all []string) {
	add := func(written string, plain func(string) (string, error)) {
		all = append(all, written)
		if meant, err := plain(written); err == nil {
			all = append(all, meant)
		}
	}
	rest := l.path()
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		if _, password, ok := strings.Cut(rest[:at], ":"); ok {
			add(password, url.PathUnescape)
		}
	}
	_, query, _ := strings.Cut(rest, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.Contains(strings.ToLower(name), "pass") {
			add(value, url.QueryUnescape)
		}
	}
	all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}
