package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// TestTheRealPenaltyFileGoesToThePublic takes the real decisions, and with them fictional ones with planted personal data, the
// whole way: import, confirmation of amounts, redaction, review, approval, publication, each by another person; then the feed, the
// lists, the records, the exports, a backup; then all planted persons are forgotten, and everything is asked and searched again.
func TestTheRealPenaltyFileGoesToThePublic(t *testing.T) {
	t.Parallel()
	f := newFiled(t, sharedFile(t, "penalties/samr-price-penalties.csv"))
	f.serve(func() {
		f.takeRealFile()
		f.takePlantedFile()
		f.decideMore()
		f.confirmAmounts()
		f.publishAll()
		f.endState()
		f.refusals()
		f.deliver()
		f.export()
		f.everything("before")
		f.backupTo("before")
		f.shredAll()
		f.everything("after")
		f.export()
		f.backupTo("after")
		f.walk(f.work, func(string, []byte) {}) // while it is open, write-ahead logs and all
	})
	holdNone(t, "the log", f.log.bytes())
	if len(f.log.bytes()) == 0 {
		t.Error("nothing was logged")
	}
	f.files(f.work)
	f.tables()
	code, out, errs := command(t, "verify", "--data", f.in.config.Data)
	holdNone(t, "verify", []byte(out+errs))
	if code != exitOK || !strings.Contains(out, fmt.Sprintf("%d of destroyed", f.destroyed)) {
		t.Errorf("verify ended with %d\n%s%s", code, out, errs)
	}
}

// filed is the world of the file: everything below work is searched, and each answer as it comes.
type filed struct {
	*leak
	work, aside, real string // directories, and the file
	log               *listener
	conn              *grpc.ClientConn
	publisher, audit  *person
	planted           map[string]bool // ids of the penalties with planted data
	published         []string        // ids of disclosures
	answers           int             // that were searched
	destroyed         int             // texts in the vault
}

func newFiled(t *testing.T, file string) *filed {
	f := &filed{leak: &leak{T: t, ctx: t.Context(), ids: map[string][]string{}}, work: t.TempDir(), aside: t.TempDir(), real: file,
		log: &listener{}, planted: map[string]bool{}}
	if err := os.Mkdir(filepath.Join(f.work, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *filed) serve(work func()) {
	f.Helper()
	at := calendar.MustParse("2026-03-20").StartsAt().Add(9 * time.Hour)
	c := config{
		Data: filepath.Join(f.work, "data"), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: time.Minute, Drain: time.Minute,
		clock: func() time.Time { return at },
	}
	log := slog.New(slog.NewJSONHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	err := serve(f.ctx, c, log, func(ctx context.Context, in *instance, d *doors) error {
		f.ctx, f.in = ctx, in
		f.client = &restClient{base: d.url(), http: &http.Client{Transport: f.searching(http.DefaultTransport)}}
		conn, err := grpc.NewClient(d.grpcAddr.String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return err
		}
		f.conn = conn
		f.staff()
		f.publisher, f.audit = f.hire(domain.Approver, "zhou"), f.hire(domain.Auditor, "wu")
		f.send(f.root, "/v1/authorities", &mingjianv1.RegisterAuthorityRequest{
			Id: string(homeBureau), Name: "虚构县市场监督管理局", Code: "11540900MB9X00015L", District: "540102", Level: "county",
		}, &mingjianv1.RegisterAuthorityResponse{})
		work()
		return conn.Close()
	})
	if err != nil {
		f.Fatal(err)
	}
}

// taken imports a file as a clerk does and returns the counts that its output tells.
func (f *filed) taken(file, report, personal string) (read, accepted, refused int) {
	f.Helper()
	code, out, errs := command(f.T, "import", "penalties", "--server", f.client.base, "--token", f.clerk.token, "--personal-data", personal,
		"--mapping", filepath.Join(root, "deploy", "demo", "mappings", "samr-penalties.yaml"), "--report", filepath.Join(f.work, report), file)
	holdNone(f.T, "the output of the import", []byte(out+errs))
	duplicate := 0
	for line := range strings.Lines(out) {
		if n, _ := fmt.Sscanf(line, "%d rows read: %d accepted, %d duplicate, %d refused", &read, &accepted, &duplicate, &refused); n == 4 {
			return read, accepted, refused
		}
	}
	f.Fatalf("the import ended with %d\n%s%s", code, out, errs)
	return 0, 0, 0
}

func (f *filed) takeRealFile() {
	f.Helper()
	if read, accepted, refused := f.taken(f.real, "real.jsonl", "refuse"); read != 216 || accepted != 166 || refused != 50 {
		f.Fatalf("%d rows: %d accepted, %d refused", read, accepted, refused)
	}
}

// list reads all penalties as staff see them, those too that another process sent.
func (f *filed) list() (out []*viewv1.Penalty) {
	f.Helper()
	if err := f.in.group.Settle(f.ctx); err != nil {
		f.Fatal(err)
	}
	for token := ""; ; {
		page := &mingjianv1.ListPenaltiesResponse{}
		if err := f.clerk.get(f.ctx, "/v1/penalties", url.Values{"page_size": {"100"}, "page_token": {token}}, page); err != nil {
			f.Fatal(err)
		}
		out = append(out, page.GetPenalties()...)
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	slices.SortFunc(out, func(a, b *viewv1.Penalty) int {
		return cmp.Or(cmp.Compare(a.GetSourceFileDigest(), b.GetSourceFileDigest()), cmp.Compare(a.GetSourceLine(), b.GetSourceLine()), strings.Compare(a.GetId(), b.GetId()))
	})
	return out
}

// refuses demands that a request is refused with the code.
func (f *filed) refuses(err error, code string) {
	f.Helper()
	if refused := (*refusal)(nil); !errors.As(err, &refused) || refused.problem.Code != code {
		f.Errorf("refused with %v, want %s", err, code)
	}
}

func (f *filed) submit(id string) error {
	return f.clerk.post(f.ctx, "/v1/disclosures", &mingjianv1.SubmitDisclosureRequest{RecordKind: "penalty", RecordId: id}, &mingjianv1.SubmitDisclosureResponse{})
}

// confirmAmounts has a person read what stands in Chinese numerals alone. Before, none of it is filled in, and none goes to the
// public.
func (f *filed) confirmAmounts() {
	f.Helper()
	proposed, doubted := map[string]int{}, 0
	for _, p := range f.list() {
		note, open := "", false
		for _, d := range p.GetDoubts() {
			if d.GetCode() == "penalty-numerals" {
				note = d.GetNote()
			}
			open = open || d.GetCode() == "penalty-numerals" || d.GetCode() == "penalty-text"
		}
		if !open || p.GetWithheld() != "" {
			continue
		}
		doubted++
		f.refuses(f.submit(p.GetId()), "penalty.publish.unconfirmed")
		sure := &mingjianv1.ConfirmAmountsRequest{FineFen: p.GetContent().GetFineFen(), ConfiscatedFen: p.GetContent().GetConfiscatedFen()}
		for _, k := range p.GetContent().GetKinds() {
			sure.Kinds = append(sure.Kinds, k.GetCode())
		}
		if note != "" {
			fine, taken := f.proposal(note)
			if sure.GetFineFen() != 0 || sure.GetConfiscatedFen() != 0 {
				f.Errorf("line %d: amounts were filled in: %v", p.GetSourceLine(), p.GetContent())
			}
			sure.FineFen, sure.ConfiscatedFen = fine, taken
			proposed[fmt.Sprint(f.planted[p.GetId()], " ", fine, " ", taken)]++
		}
		f.send(f.clerk, "/v1/penalties/"+p.GetId()+":confirmAmounts", sure, &mingjianv1.ConfirmAmountsResponse{})
	}
	want := map[string]int{ // as a person reads the rows: whether planted, fine, confiscated
		"false 500000 0": 1, "false 40000 37350": 1, "false 40000 32771": 1, "false 0 9990": 1, "false 0 104300": 1,
		"true 300000 0": 1, "true 50000 12050": 1,
	}
	if doubted != 19 || !maps.Equal(proposed, want) {
		f.Errorf("%d rows were in doubt, and of them in numerals %v", doubted, proposed)
	}
}

// proposal reads the amounts in 分 out of what the import proposes.
func (f *filed) proposal(note string) (fine, taken int64) {
	f.Helper()
	_, amounts, _ := strings.Cut(note, "拟认定")
	var yuan, cents, takenYuan, takenCents int64
	if n, err := fmt.Sscanf(amounts, "罚款 %d.%2d 元、没收 %d.%2d 元", &yuan, &cents, &takenYuan, &takenCents); n != 4 {
		f.Fatalf("no proposal: %s: %v", note, err)
	}
	return yuan*100 + cents, takenYuan*100 + takenCents
}

// publishAll takes each record through the hands of four people; what may not be public is refused at the first.
func (f *filed) publishAll() {
	f.Helper()
	withheld, spans := map[string]int{}, [2]map[string]int{{}, {}}
	for _, p := range f.list() {
		if err := f.submit(p.GetId()); err != nil {
			refused := (*refusal)(nil)
			if !errors.As(err, &refused) {
				f.Fatal(err)
			}
			withheld[refused.problem.Code]++
			f.ids["penalty_id"] = append(f.ids["penalty_id"], p.GetId())
			continue
		}
		id := "penalty." + p.GetId()
		f.look(p.GetId(), spans)
		way := &mingjianv1.GetDisclosureResponse{}
		f.ask(f.reviewer, "/v1/disclosures/"+id, way)
		digest, at := way.GetDisclosure().GetDraft().GetDigest(), "/v1/disclosures/"+id
		f.send(f.reviewer, at+":review", &mingjianv1.ReviewDisclosureRequest{Digest: digest, SecrecyClear: true}, &mingjianv1.ReviewDisclosureResponse{})
		f.send(f.approver, at+":approve", &mingjianv1.ApproveDisclosureRequest{Digest: digest}, &mingjianv1.ApproveDisclosureResponse{})
		f.send(f.publisher, at+":publish", &mingjianv1.PublishDisclosureRequest{Digest: digest}, &mingjianv1.PublishDisclosureResponse{})
		f.published = append(f.published, id)
		if f.planted[p.GetId()] {
			f.ids["penalty_id"], f.ids["disclosure_id"] = append(f.ids["penalty_id"], p.GetId()), append(f.ids["disclosure_id"], id)
		}
	}
	if !maps.Equal(withheld, map[string]int{"penalty.publish.minor": 2}) || len(f.published) != 166+5 {
		f.Errorf("withheld %v, published %d", withheld, len(f.published))
	}
	for _, rule := range []string{
		"id.resident", "bank.account", "phone.mobile", "phone.fixed", "contact.mail", "address.home", "person.third", "person.operator", "person.party",
	} {
		if spans[1][rule] == 0 {
			f.Errorf("nothing was taken out of the planted rows by %s", rule)
		}
	}
	if len(spans[0]) > 0 { // the file was made free of persons before it was published
		f.Errorf("out of the real rows were taken %v", spans[0])
	}
	f.Logf("taken out of the planted rows: %v", spans[1])
}

// look sets the text as served against that to be published, and counts what was taken out by rule, of real rows and of planted.
func (f *filed) look(id string, spans [2]map[string]int) {
	f.Helper()
	both, served, rules := &mingjianv1.GetRedactionResponse{}, "", spans[0]
	if f.planted[id] {
		rules = spans[1]
	}
	f.ask(f.reviewer, "/v1/disclosures/penalty."+id+":redaction", both)
	for _, text := range both.GetTexts() {
		for _, p := range text.GetPieces() {
			served += p.GetServed()
			if p.GetRule() != "" {
				rules[p.GetRule()]++
			}
		}
	}
	if f.planted[id] && (!both.GetOpen() || len(found([]byte(served))) == 0) {
		f.Errorf("the reviewer does not see what was served of %s: %v", id, both)
	}
}

// endState demands that the public list, and the feed, hold what was published and nothing else.
func (f *filed) endState() {
	f.Helper()
	var listed []string
	for token := ""; ; {
		page := &mingjianv1.ListPublicPenaltiesResponse{}
		if err := (&person{client: f.client}).get(f.ctx, "/v1/public/penalties", url.Values{"page_size": {"100"}, "page_token": {token}}, page); err != nil {
			f.Fatal(err)
		}
		for _, r := range page.GetPenalties() {
			listed = append(listed, "penalty."+r.GetRelease().GetRecordId())
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	slices.Sort(listed)
	if want := slices.Sorted(slices.Values(f.published)); !slices.Equal(listed, want) {
		f.Errorf("the public sees %d penalties, published were %d", len(listed), len(want))
	}
	hands := map[string]int{}
	for _, id := range f.published {
		way := &mingjianv1.GetDisclosureResponse{}
		f.ask(f.clerk, "/v1/disclosures/"+id, way)
		d := way.GetDisclosure()
		hands[strings.Join([]string{d.GetDraft().GetSubmittedBy(), d.GetDraft().GetReview().GetBy(), d.GetDraft().GetApprovedBy(),
			d.GetRelease().GetBy(), d.GetStatus()}, " ")]++
		if f.planted[strings.TrimPrefix(id, "penalty.")] && !strings.Contains(d.GetRelease().GetDocument(), "某") {
			f.Errorf("nobody is masked in %s", d.GetRelease().GetDocument())
		}
	}
	if !maps.Equal(hands, map[string]int{"wang li sun zhou published": 169, "policy li sun zhou published": 2}) {
		f.Errorf("the hands they went through: %v", hands)
	}
}
