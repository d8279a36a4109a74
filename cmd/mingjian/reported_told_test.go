package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// asks makes a request and searches the whole answer.
func (r *reported) asks(p *person, verb, path, body string, header map[string]string) []byte {
	r.Helper()
	req, err := http.NewRequestWithContext(r.ctx, verb, r.client.base+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if p != nil {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		r.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		r.Fatal(err)
	}
	shown := path
	for _, number := range r.hunt.numbers {
		shown = strings.ReplaceAll(shown, number, "…")
	}
	r.none(verb+" "+shown, append(fmt.Appendln(nil, resp.Status, resp.Header), answer...))
	r.none(verb+" "+shown, answer) // packed, it begins here
	return answer
}

// mend has people deal with what was rejected, and type numbers where they are not to.
func (r *reported) mend() {
	r.Helper()
	list := &mingjianv1.ListDeliveriesResponse{}
	r.ask(r.clerk, "/v1/deliveries", list)
	rejected := 0
	for _, d := range list.GetDeliveries() {
		r.ids["delivery_id"] = append(r.ids["delivery_id"], d.GetId())
		at := "/v1/deliveries/" + d.GetId()
		for _, text := range r.quoted() {
			for call, body := range map[string]string{
				":resend": `{"reason": %q}`, ":chooseName": `{"name": %q, "as_of": "2026-03-20", "reason": "更名"}`, ":recordRepresentative": `{"name": %q, "reason": "登记"}`,
			} {
				if answer := r.asks(r.clerk, http.MethodPost, at+call, fmt.Sprintf(body, text), nil); bytes.Contains(answer, []byte("receipt")) {
					r.none(call, []byte(text)) // else it was refused
				}
			}
		}
		if d.GetStatus() == "rejected" {
			rejected++
			r.send(r.clerk, at+":resend", &mingjianv1.ResendDeliveryRequest{Reason: "平台基础库已更新"}, &mingjianv1.ResendDeliveryResponse{})
		}
	}
	if len(list.GetDeliveries()) != 6 || rejected != 4 {
		r.Errorf("%d deliveries, %d rejected", len(list.GetDeliveries()), rejected)
	}
}

// mistakes are requests that hold a number where none belongs. Neither the answer nor anything else tells it.
func (r *reported) mistakes() {
	r.Helper()
	for _, id := range []string{r.minor, r.minor[:6] + "-" + r.minor[6:14] + "-" + r.minor[14:]} {
		at := url.PathEscape(id)
		for _, path := range []string{
			"/" + at, "/v1/" + at, "/v1/public/enterprises/" + at, "/v1/public/records/" + at, "/v1/public/records/" + at + "/versions", "/v1/public/authorities/" + at,
			"/v1/public/penalties?page_token=" + at, "/v1/public/penalties?" + at + "=1", "/v1/public/enterprises?query=" + at, "/v1/public/search?query=" + at, "/v1/feed/releases?epoch=" + at,
			"/v1/feed/releases?limit=" + at, "/v1/feed/releases?format=" + at, "/v1/feed/head?at=" + at, "/v1/feed/releases.atom?after=" + at, "/enterprises/" + at, "/search?q=" + at,
			"/records/" + at, "/v1/penalties/" + at, "/v1/licences/" + at, "/v1/deliveries/" + at, "/v1/deliveries?status=" + at, "/v1/delivery-rows/" + at + "/penalty",
			"/v1/delivery-rows/credit_china/" + at, "/v1/webhooks/" + at, "/v1/work?page_token=" + at, "/v1/penalties?after=" + at, "/v1/subjects/" + at, "/v1/personal?person=" + at,
		} {
			for _, who := range []*person{nil, r.clerk} {
				r.asks(who, http.MethodGet, path, "", nil)
			}
		}
		for path, body := range map[string]string{
			"/v1/penalties":   `{"decision": {"decision_no": "%s", "parties": [{"kind": "natural", "name": "%[1]s", "subject_id": "%[1]s"}], "decided_on": "%[1]s", "kinds": ["%[1]s"]}}`,
			"/v1/licences":    `{"holder": {"kind": "%s", "name": "某人"}, "category": "%[1]s", "document_title": "x", "content": "y", "decided_on": "2026-03-16", "valid_from": "2026-03-16", "valid_to": "2027-03-16"}`,
			"/v1/authorities": `{"id": "%s", "name": "x", "district": "%[1]s", "level": "%[1]s"}`, "/v1/webhooks": `{"url": "https://%s.example.com/%[1]s", "contact": "%[1]s"}`,
			"/v1/deliveries:prepare":                            `{"platform": "credit_china", "disclosure_id": "penalty.%s", "reason": "%[1]s"}`,
			"/v1/delivery-rows/credit_china/penalty:submit":     `{"batch": "%s", "channel": "%[1]s", "rows": [{"number": "1", "digest": "%[1]s"}]}`,
			"/v1/delivery-rows/credit_china/penalty:receive":    `{"receipt": "` + strings.Repeat("a", 64) + `", "lines": [{"document_no": "%s", "party": "%[1]s", "decided_on": "2026-03-16", "verdict": "rejected", "code": "%[1]s", "text": "证件%[1]s有误"}]}`,
			"/v1/disclosures":                                   `{"record_kind": "penalty", "record_id": "%s", "%[1]s": 1}`,
			"/v1/feed/releases":                                 `{"%s": `,
			"/v1/disclosures/" + r.disclosures[0] + ":withdraw": `{"ground": "%s", "reason": "%[1]s"}`,
		} {
			for _, who := range []*person{r.clerk, r.root, r.integrator} {
				r.asks(who, http.MethodPost, path, fmt.Sprintf(body, id), nil)
			}
		}
	}
	for _, name := range []string{"Idempotency-Key", "X-Request-Id", "Traceparent", "User-Agent", "If-None-Match", "Accept-Language", "Authorization", "Mingjian-Position", "Accept", "X-Forwarded-For"} {
		r.asks(nil, http.MethodGet, "/v1/public/penalties", "", map[string]string{name: r.minor})
		r.asks(r.clerk, http.MethodPost, "/v1/disclosures", `{"record_kind": "penalty", "record_id": "none"}`, map[string]string{name: r.minor})
	}
	for name, m := range r.in.apiMethods(r.T) { // and over gRPC, in each field that is a text
		fields := m.Input().Fields()
		if m.IsStreamingServer() {
			continue
		}
		for i := range fields.Len() {
			if fd := fields.Get(i); fd.Kind() == protoreflect.StringKind && !fd.IsList() && !strings.HasSuffix(name, "/OpenPersonal") {
				req := shaped(m)
				req.ProtoReflect().Set(fd, protoreflect.ValueOfString(r.minor))
				r.calls(name, m, req)
			}
		}
	}
}

// calls makes a call over gRPC and searches what it answers, the fault included.
func (r *reported) calls(name string, m protoreflect.MethodDescriptor, req proto.Message) (answers int) {
	r.Helper()
	for _, answer := range r.call(name, m, req) {
		r.none("gRPC "+name, answer)
		answers++
	}
	return answers
}

// read asks all methods that read at both doors about what is on record, with and without a token.
func (r *reported) read() {
	r.Helper()
	r.settle()
	asked, shown := 0, 0
	for name, m := range r.in.apiMethods(r.T) {
		if httpRule(m).GetGet() == "" && !m.IsStreamingServer() || strings.HasSuffix(name, "/GetRedaction") { // which opens what was served to a reviewer
			continue
		}
		for _, req := range r.requests(m) {
			asked += r.calls(name, m, req.message)
		}
		if m.IsStreamingServer() {
			continue
		}
		who := r.clerk
		switch roles := grpcapi.AllAccess()["/"+name]; {
		case slices.Contains(roles, grpcapi.Public):
			who = nil
		case !slices.Contains(roles, domain.Clerk):
			who = r.root
		}
		for _, path := range r.paths(m) {
			if asked++; bytes.Contains(r.asks(who, http.MethodGet, path, "", map[string]string{"Accept-Encoding": "gzip"}), []byte("虚市监")) {
				shown++
			}
		}
	}
	rows := 0
	for _, sequence := range []string{"credit_china/penalty", "credit_china/licence", "provincial/penalty", "provincial/licence"} {
		rows += bytes.Count(r.asks(r.integrator, http.MethodGet, "/v1/delivery-rows/"+sequence, "", nil), []byte(`"digest"`))
	}
	if work := r.asks(r.clerk, http.MethodGet, "/v1/work", "", nil); !bytes.Contains(work, []byte("mend_delivery")) {
		r.Errorf("the work list does not tell what is held: %s", work)
	}
	for _, id := range r.ids["delivery_id"] {
		r.asks(r.clerk, http.MethodGet, "/v1/deliveries/"+id, "", nil)
	}
	for _, path := range []string{"/", "/metrics", "/healthz", "/readyz", "/openapi.json", "/enterprises/" + lifeSubject} {
		r.asks(nil, http.MethodGet, path, "", nil)
	}
	if asked < 200 || shown < 10 || rows < 8 {
		r.Errorf("%d requests, %d answers with a decision, %d rows", asked, shown, rows)
	}
}

// feeds receives what was released by each way there is.
func (r *reported) feeds() {
	r.Helper()
	n := len(r.disclosures)
	for _, path := range []string{"?limit=100", "?limit=100&format=ndjson", "?limit=1&after=1", ".atom", ".atom?limit=1"} {
		for _, packed := range []string{"gzip", "identity"} {
			if body := r.asks(nil, http.MethodGet, "/v1/feed/releases"+path, "", map[string]string{"Accept-Encoding": packed}); packed == "identity" && !bytes.Contains(body, []byte("虚构县市场监督管理局")) {
				r.Errorf("%s has no release: %s", path, body)
			}
		}
	}
	for _, more := range [][]string{{r.client.base, "--check"}, {r.client.base, "--stream", "--until-head"}} {
		if out := r.cli(exitOK, append([]string{"feed", "follow"}, more...)...); strings.Count(out, "虚市监") < n {
			r.Errorf("followed %s", out)
		}
	}
	r.posted.mu.Lock()
	for r.posted.n < n {
		r.posted.cond.Wait()
	}
	r.none("webhooks", r.posted.data.Bytes())
	r.posted.mu.Unlock()
	if err := r.in.outward.group.Settle(r.ctx); err != nil {
		r.Fatal(err)
	}
	lines := 0
	for _, subject := range []string{"mingjian.v1.public.>", "mingjian.v1.staff.>", "mingjian.v1.poison"} {
		lines += strings.Count(r.cli(exitOK, "bus", "tail", "--bus", r.config.Bus.url, "--subject", subject, "--json"), "\n")
	}
	if lines < n {
		r.Errorf("the bus has %d messages", lines)
	}
}

// commands are those that run beside a server.
func (r *reported) commands() {
	r.Helper()
	at := storeArgs(r.config)
	files := append([]string{"--exchange", r.routes}, at...)
	list := r.cli(exitOK, append([]string{"exchange", "list"}, files...)...)
	public := filepath.Join(r.work, "sender.pem")
	write(r.T, public, r.cli(exitOK, "exchange", "key", r.key))
	for _, m := range r.manifests() {
		to := filepath.Join(r.work, "audit", m.Batch)
		r.cli(exitOK, append([]string{"exchange", "copy", m.Batch, to}, files...)...)
		for _, dir := range []string{to, filepath.Join(r.out, m.Platform+"-"+string(m.Kind))} {
			r.cli(exitOK, "exchange", "verify", "--key", public, filepath.Join(dir, m.Batch+".manifest.json"))
		}
		if !strings.Contains(list, m.Batch) {
			r.Errorf("%s is not in %s", m.Batch, list)
		}
	}
	r.cli(exitOK, append([]string{"log", "head"}, at...)...)
	r.cli(exitOK, append([]string{"log", "export", filepath.Join(r.work, "events.jsonl.gz")}, at...)...)
	b := &backup{config: r.in.config, screen: io.Discard, clock: time.Now}
	if _, err := b.to(r.ctx, filepath.Join(r.work, "backup")); err != nil {
		r.Error(err)
	}
	r.stores() // while they are open, write-ahead logs and all
}

// gap carries what is public to an outer ledger.
func (r *reported) gap() {
	r.Helper()
	r.cli(exitOK, append([]string{"verify"}, storeArgs(r.config)...)...)
	if !r.config.eventsAt().local() {
		return
	}
	at := func(name string) string { return filepath.Join(r.work, name) }
	write(r.T, at("inner.pem"), r.cli(exitOK, "gap", "key", "--gap-key", at("inner.key")))
	write(r.T, at("outer.pem"), r.cli(exitOK, "gap", "key", "--gap-key", at("outer.key")))
	for range 2 {
		r.cli(exitOK, "gap", "send", "--data", r.config.Data, "--gap-state", at("state"), "--gap-folder", at("gap"), "--gap-key", at("inner.key"), "--gap-peer", at("outer.pem"))
		r.cli(exitOK, "gap", "receive", "--data", at("outer"), "--gap-again", "0s", "--gap-folder", at("gap"), "--gap-key", at("outer.key"), "--gap-peer", at("inner.pem"))
	}
	if got := r.cli(exitOK, "gap", "status", "--data", at("outer")); !strings.Contains(got, fmt.Sprint(len(r.disclosures))) {
		r.Errorf("outside: %s", got)
	}
}

// stores searches every file there is, but the tables that leave and the receipts as the platforms wrote them.
func (r *reported) stores() {
	r.Helper()
	n := r.hunt.files(r.T, r.work, func(path string) bool {
		return r.isTable(path) || strings.HasPrefix(path, r.receipts) && !strings.HasSuffix(path, ".txt")
	})
	if n < 30 {
		r.Errorf("%d files", n)
	}
}

func (r *reported) isTable(path string) bool {
	return strings.HasPrefix(path, r.out) && (strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".xlsx"))
}

// tables demands that in the tables that left the numbers stand in the column of numbers, each in those of its record, and nowhere else.
func (r *reported) tables() {
	r.Helper()
	stands := map[string]int{}
	for _, m := range r.manifests() {
		number := map[string]string{"penalty": r.fined, "licence": r.licensed}[string(m.Kind)]
		for _, f := range m.Files {
			path := filepath.Join(r.out, m.Platform+"-"+string(m.Kind), f.Name)
			column, line := -1, 0
			for cells, err := range (sheet.Books{Dir: r.TempDir()}).Read(context.Background(), m.Format, path) {
				if err != nil {
					r.Fatal(err)
				}
				if line++; line == 1 {
					column = slices.Index(cells, "证件号码")
				}
				if column >= 0 && column < len(cells) && line > 1 {
					if cells[column] != number {
						r.Errorf("%s: line %d has another number", f.Name, line)
					}
					stands[m.Format+" "+m.Platform]++
					cells[column] = ""
				}
				r.none(f.Name+" beside the column", []byte(strings.Join(cells, "\x00")))
			}
			data, err := os.ReadFile(path)
			if err != nil || column < 0 {
				r.Fatal(column, err)
			}
			if found := r.hunt.in(f.Name, data); len(found) == 0 || slices.ContainsFunc(found, func(s string) bool { return !strings.Contains(s, "holds "+number) }) {
				r.Errorf("the search of %s finds %q", f.Name, found)
			}
		}
	}
	if len(stands) != 4 || stands["xlsx provincial"] != 2 || stands["csv-gb18030 credit_china"] != 2 || stands["xlsx credit_china"] != 2 || stands["csv provincial"] != 2 {
		r.Errorf("numbers stand in %v", stands)
	}
}
