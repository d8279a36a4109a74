package gateway

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

const (
	feedPath = "/v1/feed/releases"
	lineKind = "application/x-ndjson"
)

// lines answers with one release a line where the caller wants that; everything else is the next handler's.
type lines struct {
	api    *runtime.ServeMux
	client mingjianv1.FeedServiceClient
	write  *answers
}

func newLines(api *runtime.ServeMux, conn grpc.ClientConnInterface) lines {
	return lines{api, mingjianv1.NewFeedServiceClient(conn), newAnswers()}
}

func (l lines) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != feedPath || !wantsLines(r) {
		l.api.ServeHTTP(w, r)
		return
	}
	if err := l.serve(w, r); err != nil {
		runtime.HTTPError(r.Context(), l.api, l.write, w, r, err)
	}
}

func wantsLines(r *http.Request) bool {
	if format := r.URL.Query().Get("format"); format != "" {
		return format == "ndjson"
	}
	for _, accept := range r.Header.Values("Accept") {
		for kind := range strings.SplitSeq(accept, ",") {
			kind, _, _ = strings.Cut(kind, ";")
			switch strings.ToLower(strings.TrimSpace(kind)) {
			case lineKind:
				return true
			case "application/json", "application/*", "*/*":
				return false
			}
		}
	}
	return false
}

func (l lines) serve(w http.ResponseWriter, r *http.Request) error {
	ctx, err := runtime.AnnotateContext(r.Context(), l.api, r, mingjianv1.FeedService_ListReleases_FullMethodName, runtime.WithHTTPPathPattern(feedPath))
	if err != nil {
		return err
	}
	req := &mingjianv1.ListReleasesRequest{}
	if err := runtime.PopulateQueryParameters(req, r.URL.Query(), utilities.NewDoubleArray(nil)); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	var md runtime.ServerMetadata
	page, err := l.client.ListReleases(ctx, req, grpc.Header(&md.HeaderMD), grpc.Trailer(&md.TrailerMD))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for _, release := range page.GetReleases() {
		line, err := l.write.Marshal(release)
		if err != nil {
			return err
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	_ = fresher(runtime.NewServerMetadataContext(ctx, md), w, page) // never fails
	w.Header().Set("Content-Type", lineKind)
	w.Header().Set("Link", "<"+onward(r.URL.Query(), page)+`>; rel="next"`)
	_, err = w.Write(out.Bytes())
	return err
}

// onward is the address from which the caller goes on.
func onward(q url.Values, page *mingjianv1.ListReleasesResponse) string {
	q.Set("after", strconv.FormatUint(page.GetNext(), 10))
	if q.Del("epoch"); page.GetEpoch() != "" {
		q.Set("epoch", page.GetEpoch())
	}
	return feedPath + "?" + q.Encode()
}

// leastPacked is from how many bytes on compressing pays.
const leastPacked = 1 << 10

// packing compresses answers for callers who take gzip. What they depend on is said to caches, and a compressed answer has a tag
// of its own (RFC 9110, 8.8.3.3).
type packing struct{ writers sync.Pool }

func newPacking() *packing {
	return &packing{sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}}
}

func (p *packing) send(w http.ResponseWriter, r *http.Request, a rendered) {
	w.Header().Add("Vary", "Accept, Accept-Encoding")
	if len(a.body) < leastPacked || !takesGzip(r) {
		send(w, r, a)
		return
	}
	a.tag = []string{strings.TrimSuffix(a.tag[0], `"`) + `-gzip"`}
	if match := r.Header["If-None-Match"]; len(match) > 0 && matches(match[0], a.tag[0]) {
		send(w, r, a)
		return
	}
	var out bytes.Buffer
	z := p.writers.Get().(*gzip.Writer)
	defer p.writers.Put(z)
	z.Reset(&out)
	_, _ = z.Write(a.body) // into memory
	_ = z.Close()
	w.Header().Set("Content-Encoding", "gzip")
	a.body, a.length = out.Bytes(), []string{strconv.Itoa(out.Len())}
	send(w, r, a)
}

func takesGzip(r *http.Request) bool {
	for _, accept := range r.Header.Values("Accept-Encoding") {
		for one := range strings.SplitSeq(accept, ",") {
			name, weight, _ := strings.Cut(strings.ReplaceAll(one, " ", ""), ";")
			if q, err := strconv.ParseFloat(strings.TrimPrefix(weight, "q="), 64); strings.EqualFold(name, "gzip") && (err != nil || q > 0) {
				return true
			}
		}
	}
	return false
}
