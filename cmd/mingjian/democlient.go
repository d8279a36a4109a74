package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// restClient is the REST door as people far away would use it, many of them at once.
type restClient struct {
	base  string // http://HOST:PORT
	http  *http.Client
	mu    sync.Mutex
	began es.Position // end of the log when this run began
	seen  es.Position // of the last write; reads wait for it
	fresh int         // writes that were recorded now
	known int         // writes that had been recorded before
}

// person is one account at work; without a token it is the public.
type person struct {
	client *restClient
	name   string // as the story calls it
	token  string
}

// receipted is the answer to a write.
type receipted interface {
	proto.Message
	GetReceipt() *mingjianv1.Receipt
}

// refusal is an answer that is a problem document.
type refusal struct {
	call     string // method and path
	problem  gateway.Problem
	document []byte // as it came
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s: %d %s\n%s", r.call, r.problem.Status, r.problem.Code, bytes.TrimSpace(r.document))
}

// post sends one command. Its Idempotency-Key is a digest of what it says, so that the same step taken again, by this run or
// a later one, is the same command.
func (p *person) post(ctx context.Context, path string, req proto.Message, resp receipted) error {
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
	if err != nil {
		return fmt.Errorf("demo: %s: %w", path, err)
	}
	body, err := protojson.Marshal(req)
	if err != nil {
		return fmt.Errorf("demo: %s: %w", path, err)
	}
	sum := sha256.Sum256(append([]byte(path+"\n"), plain...))
	header := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"demo-" + hex.EncodeToString(sum[:])}}
	answer, err := p.call(ctx, http.MethodPost, path, header, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := protojson.Unmarshal(answer, resp); err != nil {
		return fmt.Errorf("demo: answer of %s: %w", path, err)
	}
	return p.client.note(resp.GetReceipt())
}

// note counts a write and remembers how far reads have to be.
func (c *restClient) note(r *mingjianv1.Receipt) error {
	at, err := es.ParsePosition(r.GetPosition())
	if err != nil {
		return fmt.Errorf("demo: receipt: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.Compare(c.began) <= 0 {
		c.known++
	} else {
		c.fresh++
	}
	if c.seen.Compare(at) < 0 {
		c.seen = at
	}
	return nil
}

// through is the end of what this client wrote.
func (c *restClient) through() es.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen
}

// begin waits until the server is ready and learns where its log ends.
func (c *restClient) begin(ctx context.Context) error {
	return eventually(ctx, "wait for "+c.base+"/readyz", func(ctx context.Context) (bool, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/readyz", nil)
		if err != nil {
			return false, fmt.Errorf("demo: %w", err)
		}
		resp, err := c.http.Do(req)
		if err != nil {
			return false, fmt.Errorf("demo: %w", err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			return false, err
		}
		c.began, err = es.ParsePosition(resp.Header.Get("Mingjian-Position"))
		c.seen = c.began
		return err == nil, err
	})
}

// get reads what holds at least all that this client wrote.
func (p *person) get(ctx context.Context, path string, query url.Values, resp proto.Message) error {
	if query == nil {
		query = url.Values{}
	}
	if seen := p.client.through(); seen != (es.Position{}) && !query.Has("after") {
		query.Set("after", seen.String())
	}
	answer, err := p.call(ctx, http.MethodGet, path+"?"+query.Encode(), nil, nil)
	if err != nil {
		return err
	}
	if err := protojson.Unmarshal(answer, resp); err != nil {
		return fmt.Errorf("demo: answer of %s: %w", path, err)
	}
	return nil
}

// maxAnswer bounds what is read of one answer.
const maxAnswer = 64 << 20

// call does one request; an answer other than 200 is a *refusal.
func (p *person) call(ctx context.Context, method, path string, header http.Header, body io.Reader) (answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, p.client.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	for key, values := range header {
		req.Header[key] = values
	}
	req.Header.Set("Accept-Language", "en")
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	resp, err := p.client.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("demo: %s %s: %w", method, path, err)
	}
	if resp.StatusCode == http.StatusOK {
		return answer, nil
	}
	r := &refusal{call: method + " " + path, document: answer}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") || json.Unmarshal(answer, &r.problem) != nil {
		return nil, fmt.Errorf("demo: %s: %s, without a problem document: %q", r.call, resp.Status, answer)
	}
	return nil, r
}

// eventually asks again and again, ever more slowly, until what policies do after an event has been done.
func eventually(ctx context.Context, what string, done func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		ok, err := done(ctx)
		if err != nil || ok {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("demo: %s: %w", what, ctx.Err())
		}
	}
}
