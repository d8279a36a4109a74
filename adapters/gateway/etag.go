package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
)

// tagged gives successful answers to GET an ETag over their bytes and answers 304 when the caller has them already. HEAD is
// answered as GET, whose body the server leaves out: grpc-gateway knows no HEAD.
func tagged(next http.Handler) http.Handler { return taggedBy(next, send) }

// taggedBy is tagged with another way to send.
func taggedBy(next http.Handler, send func(http.ResponseWriter, *http.Request, rendered)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		if r.Method == http.MethodHead {
			r = r.WithContext(r.Context()) // a copy
			r.Method = http.MethodGet
		}
		held := &held{header: w.Header(), status: http.StatusOK}
		next.ServeHTTP(held, r)
		if held.status != http.StatusOK {
			w.WriteHeader(held.status)
			_, _ = w.Write(held.body.Bytes())
			return
		}
		send(w, r, render(held.body.Bytes(), w.Header().Get("Content-Type")))
	})
}

// rendered is a ready answer, with the values of its headers as they are sent.
type rendered struct {
	body              []byte
	tag, kind, length []string
}

func render(body []byte, kind string) rendered {
	return rendered{body: body, tag: []string{tagOf(body)}, kind: []string{kind}, length: []string{strconv.Itoa(len(body))}}
}

// kept is the Cache-Control of public answers: anybody may keep them, and asks whether they still stand.
var kept = []string{"public, no-cache"}

// send answers with ready bytes, or with 304 if the caller's If-None-Match names them (RFC 9110, 13.1.2).
func send(w http.ResponseWriter, r *http.Request, a rendered) {
	h := w.Header()
	h["Etag"], h["Cache-Control"] = a.tag, kept
	if match := r.Header["If-None-Match"]; len(match) > 0 && matches(match[0], a.tag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"], h["Content-Length"] = a.kind, a.length
	_, _ = w.Write(a.body) // the caller may be gone
}

func matches(list, tag string) bool {
	for t := range strings.SplitSeq(list, ",") {
		if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == "*" || t == tag {
			return true
		}
	}
	return false
}

func tagOf(body []byte) string {
	h := sha256.Sum256(body)
	return `"` + hex.EncodeToString(h[:16]) + `"`
}

// held keeps an answer back until its tag is known. Public answers are pages of bounded size.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) WriteHeader(code int)        { h.status = code }
func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }
