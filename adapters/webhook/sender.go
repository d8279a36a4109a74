package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Outcomes of an attempt, a closed set.
const (
	outcomeDelivered   = "delivered"
	outcomeRefused     = "refused"     // 4xx
	outcomeFailed      = "failed"      // 5xx, and a connection that ended without an answer
	outcomeGone        = "gone"        // 410
	outcomeThrottled   = "throttled"   // 429, 503
	outcomeRedirected  = "redirected"  // 3xx, not followed
	outcomeTimeout     = "timeout"     // no answer in time
	outcomeUnreachable = "unreachable" // no connection, or no trust in it
	outcomeForbidden   = "forbidden"   // the guard refused the target
	outcomeUnready     = "unready"     // the message could not be made: nothing was sent
)

func outcomes() []string {
	return []string{
		outcomeDelivered, outcomeRefused, outcomeFailed, outcomeGone, outcomeThrottled, outcomeRedirected, outcomeTimeout,
		outcomeUnreachable, outcomeForbidden, outcomeUnready,
	}
}

// result is what came of an attempt.
type result struct {
	outcome string
	status  int           // 0 without an answer
	after   time.Duration // that the receiver asked to be left alone for
}

// whole tells whether the endpoint failed, whatever it was given.
func (r result) whole() bool {
	switch r.outcome {
	case outcomeThrottled, outcomeTimeout, outcomeUnreachable, outcomeForbidden:
		return true
	}
	return false
}

const (
	mediaType   = "application/cloudevents+json; charset=UTF-8"
	userAgent   = "Mingjian-Webhooks/1"
	maxAnswer   = 4 << 10  // bytes of a body that are read, so that the connection can serve again
	maxHeaders  = 16 << 10 // bytes of the headers of an answer
	dialTime    = 5 * time.Second
	idleTime    = time.Minute
	idlePerHost = 4
)

// sender posts messages.
type sender struct {
	client  *http.Client
	clock   func() time.Time
	fiction bool
	within  time.Duration // for connecting, sending and the headers of the answer
}

func newSender(o Options) *sender {
	d := &dialer{targets: o.Targets, resolver: o.Resolver, net: net.Dialer{Timeout: dialTime}}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TLS != nil {
		trust = o.TLS.Clone()
	}
	return &sender{
		client: &http.Client{
			Transport: &http.Transport{
				Proxy: nil, DialContext: d.dial, TLSClientConfig: trust, TLSHandshakeTimeout: dialTime, ForceAttemptHTTP2: true,
				MaxIdleConnsPerHost: idlePerHost, IdleConnTimeout: idleTime, MaxResponseHeaderBytes: maxHeaders, DisableCompression: true,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		clock: o.Clock, within: o.Timeout, fiction: o.Sandbox,
	}
}

// post sends one message.
func (s *sender) post(ctx context.Context, target string, m message, pairs []pair) result {
	ctx, cancel := context.WithTimeout(ctx, s.within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(m.body))
	if err != nil {
		return result{outcome: outcomeForbidden}
	}
	at := s.clock()
	req.Header.Set("Content-Type", mediaType)
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("webhook-id", m.id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", signatures(pairs, m.id, at, m.body))
	if s.fiction {
		req.Header.Set("Mingjian-Sandbox", "true")
	}
	// Not sent: it tells the client that a message may go again over a new connection, where the receiver had closed the one it was on.
	req.Header["Idempotency-Key"] = nil
	resp, err := s.client.Do(req)
	if err != nil {
		return result{outcome: outcomeOf(err)}
	}
	// What it says beyond its headers is nobody's business; an answer that does not end is cut off. A protocol that it would rather
	// speak is not read at all: no deadline holds for what follows a 101.
	if resp.StatusCode != http.StatusSwitchingProtocols {
		_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer)
	}
	_ = resp.Body.Close()
	return answered(resp, at)
}

func answered(resp *http.Response, now time.Time) result {
	r := result{outcome: outcomeFailed, status: resp.StatusCode, after: retryAfter(resp.Header, now)}
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return result{outcome: outcomeDelivered, status: code}
	case code == http.StatusGone:
		r.outcome = outcomeGone
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		r.outcome = outcomeThrottled
	case code >= 300 && code < 400:
		r.outcome = outcomeRedirected
	case code >= 400 && code < 500:
		r.outcome = outcomeRefused
	}
	return r
}

// outcomeOf sorts the errors of a client, whose texts hold the address.
func outcomeOf(err error) string {
	var slow interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrForbidden):
		return outcomeForbidden
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return outcomeTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return outcomeFailed
	}
	return outcomeUnreachable
}

// hostOf is what a log may tell of an address.
func hostOf(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Host
}

// shown is an address without what follows its "?", where receivers take passwords.
func shown(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	if u.RawQuery == "" && !u.ForceQuery {
		return target
	}
	u.RawQuery, u.ForceQuery = "", false
	return u.String() + "?…"
}
