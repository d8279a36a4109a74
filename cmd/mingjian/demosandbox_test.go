package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// TestTheSandboxShowsWhatComes has the sandbox go round as fast as it can, until a reader has seen each kind of act come.
func TestTheSandboxShowsWhatComes(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "sandbox")
	keep, err := openKeepsake(data, time.Now(), func() (bool, error) { return false, nil })
	if err != nil {
		t.Fatal(err)
	}
	c := config{Data: data, HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: time.Minute, Drain: time.Minute, Sandbox: true}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	err = serve(t.Context(), c, log, func(ctx context.Context, in *instance, d *doors) error {
		var said metadata.MD
		door, ok := openGRPC(t, d.grpcAddr.String()).(grpcDoor)
		if !ok {
			t.Fatal("no gRPC")
		}
		if _, err := mingjianv1.NewFeedServiceClient(door.conn).GetFeedHead(ctx, &mingjianv1.GetFeedHeadRequest{}, grpc.Header(&said)); err != nil ||
			!slices.Equal(said.Get("mingjian-sandbox"), []string{"true"}) {
			t.Errorf("an answer over gRPC: %v, %v", said, err)
		}
		results, err := demonstrate(ctx, in, d.url(), keep, &story{out: t.Output()})
		if err != nil {
			return err
		}
		ctx, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() { defer close(ended); (&sandbox{in, d.url(), keep, results, time.Millisecond, 1}).run(ctx) }()
		defer func() { stop(); <-ended }()
		watchSandbox(t, d.url())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func watchSandbox(t *testing.T, base string) {
	t.Helper()
	head := &mingjianv1.GetFeedHeadResponse{}
	askSandbox(t, base+"/v1/feed/head", head, head.GetSandbox)
	askSandbox(t, base+"/v1/feed/releases.atom", nil, func() bool { return true })
	after, seen := head.GetSequence(), map[viewv1.ReleaseKind]bool{}
	for len(seen) < 7 {
		page := &mingjianv1.ListReleasesResponse{}
		askSandbox(t, base+"/v1/feed/releases?wait=30&after="+strconv.FormatUint(after, 10), page, page.GetSandbox)
		for _, r := range page.GetReleases() {
			seen[r.GetKind()] = true
		}
		if after = page.GetNext(); after > head.GetSequence()+100 || len(page.GetReleases()) == 0 {
			t.Fatalf("up to number %d only %v", after, seen)
		}
	}
}

// askSandbox reads an answer, which must be marked.
func askSandbox(t *testing.T, address string, into proto.Message, marked func() bool) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err == nil && into == nil && !strings.Contains(string(text), "内容均为虚构") {
		t.Errorf("%s does not say that it is fictional: %s", address, text)
	}
	if err == nil && into != nil {
		err = protojson.Unmarshal(text, into)
	}
	if err != nil || resp.Header.Get("Mingjian-Sandbox") != "true" || !marked() {
		t.Fatalf("%s: %d, marked %q: %v: %s", address, resp.StatusCode, resp.Header.Get("Mingjian-Sandbox"), err, text)
	}
}

// TestASandboxIsOfItsSeed: rounds are the same for one seed, unlike each other, and all ways of a round come up.
func TestASandboxIsOfItsSeed(t *testing.T) {
	t.Parallel()
	names, orders := map[string]bool{}, map[string]bool{}
	for seed := range uint64(4) {
		for n := range uint64(50) {
			p := plotOf(seed, n)
			if diff := cmp.Diff(p, plotOf(seed, n), cmp.AllowUnexported(plot{})); diff != "" {
				t.Errorf("seed %d, round %d: %s", seed, n, diff)
			}
			names[p.name], orders[fmt.Sprint(p.order)] = true, true
		}
	}
	if len(names) != 200 || len(orders) != 6 {
		t.Errorf("%d names and %d orders of 200 rounds", len(names), len(orders))
	}
}
