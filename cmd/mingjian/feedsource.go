package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const (
	feedWait   = 30 // seconds that the server lets a request wait
	feedBatch  = 500
	feedAnswer = 30 * time.Second // longest time for an answer beside the wait
)

// openFeed names a server; nothing is asked yet.
func openFeed(address string, stream bool) (feedSource, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, usage("URL is http://HOST:PORT or https://HOST:PORT, perhaps with a path")
	}
	if !stream {
		return &feedPull{base: strings.TrimSuffix(u.String(), "/"), http: &http.Client{Timeout: feedWait*time.Second + feedAnswer}}, nil
	}
	if strings.Trim(u.Path, "/") != "" {
		return nil, usage("--stream: gRPC has no path")
	}
	creds, port := insecure.NewCredentials(), "80"
	if u.Scheme == "https" {
		creds, port = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12}), "443"
	}
	host := u.Host
	if u.Port() == "" {
		host += ":" + port
	}
	conn, err := grpc.NewClient(host, grpc.WithTransportCredentials(creds), grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second}))
	if err != nil {
		return nil, usage("URL: %w", err)
	}
	return feedStream{conn, mingjianv1.NewFeedServiceClient(conn)}, nil
}

// feedPull asks REST for page after page.
type feedPull struct {
	base string
	http *http.Client
}

func (p *feedPull) close() error { p.http.CloseIdleConnections(); return nil }

func (p *feedPull) next(ctx context.Context, c feedCursor, each func(received) error) (err error) {
	q := url.Values{
		"after": {strconv.FormatUint(c.Sequence, 10)}, "limit": {strconv.Itoa(feedBatch)}, "wait": {strconv.Itoa(feedWait)}, "format": {"ndjson"},
	}
	if c.Epoch != "" {
		q.Set("epoch", c.Epoch)
	}
	resp, err := p.get(ctx, "/v1/feed/releases?"+q.Encode())
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // was read
	epoch := resp.Header.Get("Mingjian-Epoch")
	for lines := bufio.NewReader(resp.Body); ; {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the answer broke off: %w", err)
		}
		r := &viewv1.Release{}
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(line, r); err != nil {
			return fmt.Errorf("the answer has no release in a line: %w", err)
		}
		if err := each(received{r, bytes.TrimSuffix(line, []byte("\n")), epoch}); err != nil {
			return err
		}
	}
}

func (p *feedPull) head(ctx context.Context, epoch string, at *uint64) (feedMark, error) {
	q := url.Values{}
	if at != nil {
		q.Set("at", strconv.FormatUint(*at, 10))
	}
	if epoch != "" {
		q.Set("epoch", epoch)
	}
	resp, err := p.get(ctx, "/v1/feed/head?"+q.Encode())
	if err != nil {
		return feedMark{}, err
	}
	defer func() { _ = resp.Body.Close() }() // was read
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return feedMark{}, err
	}
	m := &mingjianv1.GetFeedHeadResponse{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, m); err != nil {
		return feedMark{}, fmt.Errorf("the answer is no head of a feed: %w", err)
	}
	return markOf(m)
}

func markOf(m *mingjianv1.GetFeedHeadResponse) (feedMark, error) {
	c, err := chain.Parse(m.GetChain())
	return feedMark{feedCursor{m.GetEpoch(), m.GetSequence(), c}, m.GetHead()}, err
}

// get answers 200, or an error that says whether to ask again.
func (p *feedPull) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Language", "en")
	resp, err := p.http.Do(req)
	if err != nil || resp.StatusCode == http.StatusOK {
		return resp, err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	var problem gateway.Problem
	if err = errors.Join(err, resp.Body.Close()); err != nil || json.Unmarshal(text, &problem) != nil || problem.Code == "" {
		err = fmt.Errorf("the server answered %s", resp.Status)
	} else {
		err = fmt.Errorf("the server answered %s: %s [%s]", resp.Status, problem.Detail, problem.Code)
	}
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	passes := resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusRequestTimeout
	return nil, feedRefusal(passes, problem.Code, time.Duration(max(seconds, 0))*time.Second, err)
}

// feedRefusal sorts what a server answers instead of the feed.
func feedRefusal(passes bool, code string, after time.Duration, err error) error {
	switch {
	case code == "feed.epoch" || code == "position.epoch":
		return &finalError{exitRestored, err}
	case passes:
		return &laterError{after, err}
	}
	return &finalError{exitFailed, err}
}

// feedStream receives over gRPC.
type feedStream struct {
	conn   *grpc.ClientConn
	client mingjianv1.FeedServiceClient
}

func (s feedStream) close() error { return s.conn.Close() }

func (s feedStream) next(ctx context.Context, c feedCursor, each func(received) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := s.client.FollowReleases(ctx, &mingjianv1.FollowReleasesRequest{After: c.Sequence, Epoch: c.Epoch})
	for err == nil {
		var one *mingjianv1.FollowReleasesResponse
		if one, err = stream.Recv(); err != nil {
			break
		}
		line, marshalled := lineOf(one.GetRelease())
		if marshalled != nil {
			return marshalled
		}
		if err := each(received{one.GetRelease(), line, one.GetEpoch()}); err != nil {
			return err
		}
	}
	return s.refused(err)
}

// lineOf writes a message as REST has it, in one line.
func lineOf(m proto.Message) ([]byte, error) {
	text, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = json.Compact(&out, text)
	return out.Bytes(), err
}

func (s feedStream) head(ctx context.Context, epoch string, at *uint64) (feedMark, error) {
	m, err := s.client.GetFeedHead(ctx, &mingjianv1.GetFeedHeadRequest{At: at, Epoch: epoch})
	if err != nil {
		return feedMark{}, s.refused(err)
	}
	return markOf(m)
}

func (s feedStream) refused(err error) error {
	st, code, after := status.Convert(err), "", time.Duration(0)
	for _, d := range st.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			code = d.GetReason()
		case *errdetails.RetryInfo:
			after = d.GetRetryDelay().AsDuration()
		}
	}
	switch st.Code() {
	case codes.InvalidArgument, codes.AlreadyExists, codes.NotFound, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented, codes.FailedPrecondition:
		return feedRefusal(false, code, 0, errors.New(answered(st)))
	default: // it passes
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the server ended the stream")
	}
	return feedRefusal(true, code, after, err)
}
