package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func plantedPenalty(no string) *mingjianv1.PenaltyDecision {
	return &mingjianv1.PenaltyDecision{
		AuthorityName: "虚构县市场监督管理局", DecisionNo: no, Procedure: "ordinary",
		Parties:   []*mingjianv1.DecidedParty{{Kind: "individual_business", Name: "虚构县东湖百货商行；" + secretOwner}},
		Violation: "加价出售", Basis: "《价格法》第四十二条", Kinds: []string{"fine"}, FineFen: 200000, DecidedOn: "2026-03-16",
		Facts: "经营者：" + secretOwner + "，公民身份号码" + secretID + "，住址：虚构县文苑路88号" + secretFlat + "，电话１３９１２３４５６７８，邮箱" + secretMail + "，卡号" + secretCard +
			"。\n店员" + secretName + "，女，身份证330106 19850312 0028，家住" + secretHome + "，称由" + secretOwner + "收款。供货公司账号" + secretFirm + "。",
		Content: "罚款2000元，由" + secretOwner + "（139-1234-5678）自6222 0212 3456 7890 128缴纳",
	}
}

// leak is the world of one search.
type leak struct {
	*testing.T
	ctx                                      context.Context
	in                                       *instance
	client                                   *restClient
	clerk, reviewer, another, approver, root *person
	ids                                      map[string][]string // by field of requests
}

func (l *leak) ask(p *person, path string, resp proto.Message) {
	l.Helper()
	if err := p.get(l.ctx, path, nil, resp); err != nil {
		l.Fatalf("%s: %v", path, err)
	}
}

func (l *leak) send(p *person, path string, req proto.Message, resp receipted) {
	l.Helper()
	if err := p.post(l.ctx, path, req, resp); err != nil {
		l.Fatalf("%s: %v", path, err)
	}
}

// TestNoPlantedByteIsPublic takes decisions with planted personal data through import, review and publication and then looks at
// every byte: of the answers of all methods but those that open the vault, of the log of the process, of the whole data directory
// and of a backup; and again when the person was forgotten.
func TestNoPlantedByteIsPublic(t *testing.T) {
	t.Parallel()
	dir, logged := t.TempDir(), &listener{}
	c := onTier(t, config{Data: filepath.Join(dir, "data"), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second})
	if err := os.Mkdir(c.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	err := serve(t.Context(), c, log, func(ctx context.Context, in *instance, d *doors) error {
		l := &leak{T: t, ctx: ctx, in: in, client: &restClient{base: d.url(), http: http.DefaultClient}, ids: map[string][]string{}}
		l.staff()
		l.send(l.root, "/v1/authorities", &mingjianv1.RegisterAuthorityRequest{
			Id: string(homeBureau), Name: "虚构县市场监督管理局", Code: "11540900MB9X00015L", District: "540102", Level: "county",
		}, &mingjianv1.RegisterAuthorityResponse{})
		first, second := l.decide(), l.takeOver()
		l.publish(first)
		l.publish(second)
		l.refusals()
		l.search("at first")
		l.shred()
		l.search("after the person was forgotten")
		l.backUp(dir)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(logged.bytes()) == 0 {
		t.Error("nothing was logged")
	}
	holdNone(t, "the log", logged.bytes())
	spill(t, c, dir)
	l := &leak{T: t}
	l.files(dir)
}

// listener keeps what is logged.
type listener struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (h *listener) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.Write(p)
}

func (h *listener) bytes() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return bytes.Clone(h.buf.Bytes())
}

func (l *leak) staff() {
	as := func(role domain.Role, account string) *person {
		_, secret, err := l.in.identity.Create(l.ctx, domain.Actor{Account: account, Role: role, Authority: homeBureau}, time.Hour)
		if err != nil {
			l.Fatal(err)
		}
		return &person{client: l.client, name: account, token: secret}
	}
	l.clerk, l.approver, l.root = as(domain.Clerk, "wang"), as(domain.Approver, "sun"), as(domain.Admin, "root")
	l.reviewer, l.another = as(domain.Reviewer, "li"), as(domain.Reviewer, "qian")
}

// decide records a decision, changes it, serves it, and gives the id of its disclosure.
func (l *leak) decide() string {
	l.Helper()
	resp := &mingjianv1.DecidePenaltyResponse{}
	l.send(l.clerk, "/v1/penalties", &mingjianv1.DecidePenaltyRequest{Decision: plantedPenalty("虚市监处罚〔2026〕1号")}, resp)
	id := resp.GetReceipt().GetId()
	l.send(l.clerk, "/v1/penalties/"+id+":serve", &mingjianv1.ServePenaltyRequest{On: "2026-03-17", PublicationNotice: true}, &mingjianv1.ServePenaltyResponse{})
	l.send(l.clerk, "/v1/penalties/"+id+":amend", &mingjianv1.AmendPenaltyRequest{
		Reason: "负责人" + secretOwner + "申请复议，电话" + secretMobile, Kinds: []string{"fine"}, FineFen: 100000, On: "2026-03-18",
		Content: "罚款1000元，自" + secretCard + "缴纳",
	}, &mingjianv1.AmendPenaltyResponse{})
	l.ids["penalty_id"] = append(l.ids["penalty_id"], id)
	return "penalty." + id
}

// takeOver records a row of an older system, whose amount stands in words alone and waits for a person.
func (l *leak) takeOver() string {
	l.Helper()
	d := plantedPenalty("虚市监处罚〔2026〕2号")
	d.Parties = []*mingjianv1.DecidedParty{{Kind: "natural", Name: secretName}}
	d.Kinds, d.FineFen, d.Content = nil, 0, "罚款叁仟元整，由"+secretOwner+"缴纳"
	resp := &mingjianv1.TakeOverPenaltiesResponse{}
	l.send(l.clerk, "/v1/penalties:takeOver", &mingjianv1.TakeOverPenaltiesRequest{FileDigest: strings.Repeat("ab", 32), Rows: []*mingjianv1.TakenOverPenalty{
		{Line: 2, Decision: d, Doubts: []*mingjianv1.ImportDoubt{{Code: "penalty-numerals", Field: "content", Note: "负责人" + secretOwner + "，" + secretMobile}}},
	}}, resp)
	id := resp.GetResults()[0].GetId()
	submit := &mingjianv1.SubmitDisclosureRequest{RecordKind: "penalty", RecordId: id}
	if err := l.clerk.post(l.ctx, "/v1/disclosures", submit, &mingjianv1.SubmitDisclosureResponse{}); err == nil || !strings.Contains(err.Error(), "penalty.publish.unconfirmed") {
		l.Errorf("what was not confirmed is submitted: %v", err)
	}
	l.send(l.clerk, "/v1/penalties/"+id+":confirmAmounts", &mingjianv1.ConfirmAmountsRequest{Kinds: []string{"fine"}, FineFen: 300000}, &mingjianv1.ConfirmAmountsResponse{})
	l.send(l.clerk, "/v1/disclosures", submit, &mingjianv1.SubmitDisclosureResponse{})
	l.ids["penalty_id"] = append(l.ids["penalty_id"], id)
	return "penalty." + id
}

// publish lets a reviewer look at both texts and change one, and takes the document that follows to the public.
func (l *leak) publish(id string) {
	l.Helper()
	path := "/v1/disclosures/" + id
	way := func() (v *viewv1.Disclosure) {
		resp := &mingjianv1.GetDisclosureResponse{}
		if err := l.reviewer.get(l.ctx, path, nil, resp); err != nil && !strings.Contains(err.Error(), "disclosure.missing") {
			l.Fatal(err)
		}
		return resp.GetDisclosure()
	}
	until := func(what string, done func(*viewv1.Disclosure) bool) *viewv1.Disclosure {
		var v *viewv1.Disclosure
		err := eventually(l.ctx, what, func(context.Context) (bool, error) {
			v = way()
			return done(v), nil
		})
		if err != nil {
			l.Fatal(err)
		}
		return v
	}
	until("the document", func(v *viewv1.Disclosure) bool { return v.GetDraft().GetDigest() != "" })
	both := &mingjianv1.GetRedactionResponse{}
	var text *mingjianv1.RedactedText
	err := eventually(l.ctx, "the redaction", func(context.Context) (bool, error) { // an amendment's document may be on its way
		l.ask(l.another, path+":redaction", both)
		return way().GetDraft().GetDigest() == both.GetDigest(), nil
	})
	if err != nil {
		l.Fatal(err)
	}
	var spans []*mingjianv1.ProposedSpan
	for _, text = range both.GetTexts() {
		if text.GetField() == "facts" {
			break
		}
	}
	served := ""
	for _, p := range text.GetPieces() {
		served += p.GetServed()
		if p.GetRule() != "" {
			spans = append(spans, &mingjianv1.ProposedSpan{From: p.GetFrom(), To: p.GetTo(), Replacement: p.GetPublished()})
		}
	}
	if !both.GetOpen() || !strings.Contains(served, secretID) || !strings.Contains(served, secretHome) {
		l.Errorf("the reviewer does not see what was served: %v", both)
	}
	at := int32(len([]rune(served[:strings.Index(served, "店员")]))) //nolint:gosec // a short text
	spans = append(spans, &mingjianv1.ProposedSpan{From: at, To: at + 2, Replacement: "某人"})
	slices.SortFunc(spans, func(a, b *mingjianv1.ProposedSpan) int { return int(a.GetFrom() - b.GetFrom()) })
	l.send(l.another, path+":redact", &mingjianv1.RedactDisclosureRequest{Digest: both.GetDigest(), Reason: "补遮职务",
		Texts: []*mingjianv1.ProposedRedaction{{Field: "facts", Spans: spans}}}, &mingjianv1.RedactDisclosureResponse{})
	v := until("the changed document", func(v *viewv1.Disclosure) bool { return v.GetDraft().GetDigest() != both.GetDigest() })
	digest := v.GetDraft().GetDigest()
	l.send(l.reviewer, path+":review", &mingjianv1.ReviewDisclosureRequest{Digest: digest, SecrecyClear: true}, &mingjianv1.ReviewDisclosureResponse{})
	l.send(l.approver, path+":approve", &mingjianv1.ApproveDisclosureRequest{Digest: digest}, &mingjianv1.ApproveDisclosureResponse{})
	l.send(l.approver, path+":publish", &mingjianv1.PublishDisclosureRequest{Digest: digest}, &mingjianv1.PublishDisclosureResponse{})
	if v := way(); !v.GetPublic() || !strings.Contains(v.GetRelease().GetDocument(), "某人") {
		l.Errorf("it is not public: %v", v)
	}
	l.ids["disclosure_id"] = append(l.ids["disclosure_id"], id)
}

// refusals send planted texts in requests that are refused; what comes back and what is logged holds none.
func (l *leak) refusals() {
	l.Helper()
	for name, change := range map[string]func(*mingjianv1.PenaltyDecision){
		"a date":           func(d *mingjianv1.PenaltyDecision) { d.DecidedOn = "2026-13-01" },
		"a procedure":      func(d *mingjianv1.PenaltyDecision) { d.Procedure = "none" },
		"an amount":        func(d *mingjianv1.PenaltyDecision) { d.FineFen = 0 },
		"other content":    func(d *mingjianv1.PenaltyDecision) { d.Violation = "另一行为，" + secretMobile },
		"a subject":        func(d *mingjianv1.PenaltyDecision) { d.Parties[0].SubjectId = secretID },
		"too long a text":  func(d *mingjianv1.PenaltyDecision) { d.Facts = strings.Repeat(d.GetFacts(), 60) },
		"too long for all": func(d *mingjianv1.PenaltyDecision) { d.Facts = strings.Repeat(d.GetFacts(), 400) },
	} {
		d := plantedPenalty("虚市监处罚〔2026〕1号")
		change(d)
		text, err := protojson.Marshal(&mingjianv1.DecidePenaltyRequest{Decision: d})
		if err != nil {
			l.Fatal(err)
		}
		answer, status := l.fetch(http.MethodPost, "/v1/penalties", l.clerk.token, bytes.NewReader(text))
		if status < 400 || status >= 500 {
			l.Errorf("%s: %d %s", name, status, answer)
		}
		holdNone(l.T, "the refusal for "+name, answer)
	}
}

func (l *leak) fetch(verb, path, token string, body io.Reader) ([]byte, int) {
	l.Helper()
	req, err := http.NewRequestWithContext(l.ctx, verb, l.client.base+path, body)
	if err != nil {
		l.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		l.Fatal(err)
	}
	return answer, resp.StatusCode
}

// search looks at the answers of all methods that read, with and without a token, and at what stands beside the API.
func (l *leak) search(when string) {
	l.Helper()
	asked, public := 0, 0
	for name, m := range l.in.apiMethods(l.T) {
		verb := httpRule(m).GetGet()
		if verb == "" || m.IsStreamingServer() || strings.HasPrefix(name, "mingjian.v1.RedactionService/") || strings.HasPrefix(name, "mingjian.v1.PersonalService/") {
			continue
		}
		token := l.clerk.token
		if roles := grpcapi.AllAccess()["/"+name]; len(roles) == 0 {
			l.Errorf("%s has no row in the access table", name)
			continue
		} else if roles[0] == grpcapi.Public {
			token = ""
		} else if !slices.Contains(roles, domain.Clerk) {
			token = l.root.token
		}
		for _, path := range l.paths(m) {
			answer, status := l.fetch(http.MethodGet, path, token, nil)
			holdNone(l.T, when+": "+path, answer)
			if asked++; token == "" && status == http.StatusOK && bytes.Contains(answer, []byte("虚市监处罚")) {
				public++
			}
		}
	}
	for _, path := range []string{"/", "/metrics", "/healthz", "/readyz", "/openapi.json"} {
		answer, _ := l.fetch(http.MethodGet, path, "", nil)
		holdNone(l.T, when+": "+path, answer)
	}
	if asked < 40 || public < 3 {
		l.Errorf("%s: only %d requests, %d of them public ones that show a decision", when, asked, public)
	}
	l.Logf("%s: %d requests, %d public answers with a decision", when, asked, public)
}

// paths are the ways to ask one method about what was planted.
func (l *leak) paths(m protoreflect.MethodDescriptor) (out []string) {
	_, plain, _ := restPath(m, shaped(m))
	for _, req := range l.requests(m) {
		_, path, _ := restPath(m, req.message)
		if path == plain && req.field != "" {
			path += "?" + req.field + "=" + url.QueryEscape(req.value)
		}
		out = append(out, path)
	}
	return out
}

// question is a request with one field filled in, or with none.
type question struct {
	message      proto.Message
	field, value string
}

func (l *leak) requests(m protoreflect.MethodDescriptor) []question {
	req := shaped(m)
	fields := req.ProtoReflect().Descriptor().Fields()
	known := map[string][]string{"query": {"百货", "欧阳", "330106", "1391234"}, "date_from": {"2026-01-01"}}
	for name, ids := range l.ids {
		known[name] = ids
	}
	known["release_id"], known["id"], known["record_id"] = l.ids["disclosure_id"], l.ids["disclosure_id"], l.ids["penalty_id"]
	out := []question{{req, "", ""}}
	for i := range fields.Len() {
		fd := fields.Get(i)
		for _, value := range known[string(fd.Name())] {
			if fd.Kind() != protoreflect.StringKind || fd.IsList() {
				continue
			}
			with := proto.Clone(req)
			with.ProtoReflect().Set(fd, protoreflect.ValueOfString(value))
			out = append(out, question{with, string(fd.Name()), value})
		}
	}
	return out
}

// shred forgets the person with the planted number. What is public stands; what was served can't be opened any more.
func (l *leak) shred() {
	l.Helper()
	who, err := l.in.vault.Person(l.ctx, secretID)
	if err == nil {
		err = l.in.vault.Shred(l.ctx, who)
	}
	if err != nil {
		l.Fatal(err)
	}
	for _, id := range l.ids["disclosure_id"] {
		answer, status := l.fetch(http.MethodGet, "/v1/disclosures/"+id+":redaction", l.reviewer.token, nil)
		holdNone(l.T, "the redaction of a person who was forgotten", answer)
		if status != http.StatusOK || !bytes.Contains(answer, []byte("id.resident")) {
			l.Errorf("%d %s", status, answer)
		}
	}
}
