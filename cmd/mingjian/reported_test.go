package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	"github.com/mingjian-ledger/mingjian/adapters/exchange"
	"github.com/mingjian-ledger/mingjian/adapters/telemetry/telemetrytest"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// TestNumbersOfPersonsStandInTheirColumnsAlone publishes what was decided on natural persons, reports it to two platforms as files of
// each format, takes their rejections, which quote numbers, and sends again. Then every byte of every output is searched, of the log,
// the traces, the stores, the copies that are kept, a backup and what goes over an air gap: the numbers stand in the columns of the
// tables that leave, whose profile requires them, and nowhere else. The vault has them sealed.
func TestNumbersOfPersonsStandInTheirColumnsAlone(t *testing.T) {
	t.Parallel()
	r := newReported(t)
	r.serve(func() {
		r.decide()
		r.publish()
		r.sealed()
		r.exchange(4)
		r.answer()
		r.mend()
		r.exchange(8)
		r.mistakes()
		r.read()
		r.feeds()
		r.commands()
	})
	r.gap()
	if log := r.log.bytes(); len(log) == 0 {
		t.Error("nothing was logged")
	} else {
		r.none("the log", log)
	}
	if spans := r.spans.All(); len(spans) == 0 {
		t.Error("nothing was traced")
	} else {
		r.none("the traces", fmt.Appendf(nil, "%+v", spans))
	}
	spill(t, r.config, r.work)
	r.stores()
	r.tables()
	t.Logf("%d bytes searched", r.hunt.looked)
}

// reported is a ledger with all that hears of it. Everything below work is searched.
type reported struct {
	*filed
	*testing.T
	hunt                           *hunt
	config                         config
	out, receipts, routes, key     string // folders of files for platforms and of their receipts
	file                           exchangeFile
	fined, licensed, traded, minor string // numbers: in an identity, in one, in a text, and of nobody on record
	disclosures                    []string
	posted                         *bag
	spans                          *telemetrytest.Collector
	integrator                     *person
	doors                          *doors
}

// bag keeps what is posted to it, headers and all.
type bag struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
	data bytes.Buffer
}

func (b *bag) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.n++; err == nil {
		_, _ = fmt.Fprintf(&b.data, "%s %s %v\n%s\n", r.Method, r.URL, r.Header, body)
	}
	b.cond.Broadcast()
}

func newReported(t *testing.T) *reported {
	t.Helper()
	r := &reported{T: t, filed: newFiled(t, ""), posted: &bag{}, spans: telemetrytest.New(t)}
	r.posted.cond = sync.NewCond(&r.posted.mu)
	r.fined, r.licensed = residentID(t, "540102", "19900307", "421"), residentID(t, "330106", "19710929", "008")
	r.traded, r.minor = residentID(t, "540121", "19881115", "603"), residentID(t, "110101", "19650228", "108")
	r.hunt = newHunt(r.fined, r.licensed, r.traded, r.minor)
	r.out, r.receipts, r.routes, r.key = filepath.Join(r.work, "out"), filepath.Join(r.work, "receipts"), filepath.Join(r.work, "exchange.yaml"), filepath.Join(r.work, "signing.key")
	r.cli(exitOK, "exchange", "key", "--make", r.key)
	routes := "key: " + r.key + "\nroutes:\n"
	for _, route := range [][3]string{
		{"credit_china", "penalty", "csv-gb18030"}, {"credit_china", "licence", "xlsx"}, {"provincial", "penalty", "xlsx"}, {"provincial", "licence", "csv"},
	} {
		out := filepath.Join(r.out, route[0]+"-"+route[1])
		if err := os.MkdirAll(out, 0o700); err != nil {
			t.Fatal(err)
		}
		routes += fmt.Sprintf("  - {platform: %s, kind: %s, format: %s, folder: %s, receipts: %s, settle: 1ns}\n", route[0], route[1], route[2], out, r.receipts)
	}
	write(t, r.routes, routes)
	if err := os.Mkdir(r.receipts, 0o700); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reported) none(where string, data []byte) {
	r.Helper()
	r.hunt.none(r.T, where, data)
}

// cli runs the program, and searches what it prints.
func (r *reported) cli(code int, args ...string) string {
	r.Helper()
	got, out, errs := command(r.T, args...)
	r.none(strings.Join(args, " "), []byte(out+errs))
	if got != code {
		r.Fatalf("%s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, out, errs)
	}
	return out
}

func (r *reported) serve(work func()) {
	r.Helper()
	server := httptest.NewServer(r.posted)
	r.Cleanup(server.Close)
	port := netip.MustParseAddrPort(server.URL[len("http://"):]).Port()
	at := calendar.MustParse("2026-03-20").StartsAt().Add(9 * time.Hour)
	r.config = onTier(r.T, config{
		Data: filepath.Join(r.work, "data"), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Patience: 20 * time.Second, Drain: time.Minute, FeedWaiting: 10,
		clock: func() time.Time { return at }, Platforms: platforms{Names: []string{"credit_china", "provincial"}},
		Bus: location{natstest.New(r.T, natstest.Options{Lazy: true}).URL()}, Traces: traces{URL: r.spans.URL, Ratio: 1},
		Push: push{Networks: "127.0.0.0/8", Ports: fmt.Sprint(port), Plain: true},
	})
	log := slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	err := serve(r.ctx, r.config, log, func(ctx context.Context, in *instance, d *doors) (err error) {
		r.ctx, r.in, r.doors = ctx, in, d
		r.client = &restClient{base: d.url(), http: http.DefaultClient}
		if r.conn, err = grpc.NewClient(d.grpcAddr.String(), grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
			return err
		}
		r.staff()
		r.publisher, r.audit, r.integrator = r.hire(domain.Approver, "zhou"), r.hire(domain.Auditor, "wu"), r.hire(domain.Integrator, "credit.platform")
		r.send(r.root, "/v1/authorities", &mingjianv1.RegisterAuthorityRequest{
			Id: string(homeBureau), Name: "虚构县市场监督管理局", Code: "11540900MB9X00015L", District: "540102", Level: "county",
		}, &mingjianv1.RegisterAuthorityResponse{})
		body := r.asks(r.integrator, http.MethodPost, "/v1/webhooks", fmt.Sprintf(`{"url": %q, "contact": "值班室", "from": "1"}`, server.URL), nil)
		if !bytes.Contains(body, []byte("endpoint")) {
			r.Fatalf("no webhook: %s", body)
		}
		conf := r.config
		conf.Exchange = r.routes
		if r.file, err = conf.exchanges(); err != nil {
			return err
		}
		work()
		return r.conn.Close()
	})
	if err != nil {
		r.Fatal(err)
	}
}

// identified is that of a natural person.
func identified(number string) *mingjianv1.PersonalIdentity {
	return &mingjianv1.PersonalIdentity{IdKind: "resident_id", IdNumber: number, Phone: partyMobile, Address: partyHome}
}

// decide records two penalties and a licence. The numbers stand in texts too, as documents of decisions have them.
func (r *reported) decide() {
	r.Helper()
	spaced := r.fined[:6] + " " + r.fined[6:14] + " " + r.fined[14:]
	for no, party := range map[string]*mingjianv1.DecidedParty{
		"11": {Kind: "natural", Name: partyName, Identity: identified(r.fined)},
		"12": {Kind: "individual_business", Name: "虚构县东湖百货商行；" + secretOwner, LegalRepresentative: secretOwner},
	} {
		resp := &mingjianv1.DecidePenaltyResponse{}
		r.send(r.clerk, "/v1/penalties", &mingjianv1.DecidePenaltyRequest{Decision: &mingjianv1.PenaltyDecision{
			AuthorityName: "虚构县市场监督管理局", DecisionNo: "虚市监处罚〔2026〕" + no + "号", Procedure: "ordinary", Parties: []*mingjianv1.DecidedParty{party},
			Violation: "加价出售", Basis: "《价格法》第四十二条", Kinds: []string{"fine"}, FineFen: 200000, DecidedOn: "2026-03-16", EffectiveUntil: "2027-03-16",
			Facts:   "当事人" + partyName + "，公民身份号码" + r.fined + "（" + spaced + "），与经营者" + secretOwner + "（身份证号" + r.traded + "）共同加价出售。",
			Content: "罚款2000元，由" + partyName + "（身份证" + r.fined + "）缴纳",
		}}, resp)
		id := resp.GetReceipt().GetId()
		r.send(r.clerk, "/v1/penalties/"+id+":serve", &mingjianv1.ServePenaltyRequest{On: "2026-03-17", PublicationNotice: true}, &mingjianv1.ServePenaltyResponse{})
		r.ids["penalty_id"], r.disclosures = append(r.ids["penalty_id"], id), append(r.disclosures, "penalty."+id)
	}
	granted := &mingjianv1.GrantLicenceResponse{}
	r.send(r.clerk, "/v1/licences", &mingjianv1.GrantLicenceRequest{
		Holder:        &mingjianv1.Holder{Kind: "natural", Name: importedParty, Identity: identified(r.licensed)},
		DocumentTitle: "准予食品经营许可决定书", DocumentNo: "虚市监许〔2026〕7号", Category: "ordinary", CertificateName: "食品经营许可证", LicenceNo: "JY25401020000018",
		Content: "热食类食品制售", DecidedOn: "2026-03-16", ValidFrom: "2026-03-16", ValidTo: "2031-03-15",
	}, granted)
	id := granted.GetReceipt().GetId()
	r.ids["licence_id"], r.disclosures = append(r.ids["licence_id"], id), append(r.disclosures, "licence."+id+".0")
	r.ids["disclosure_id"] = r.disclosures
}

// publish takes each document through the hands of its staff.
func (r *reported) publish() {
	r.Helper()
	for _, id := range r.disclosures {
		way, at := &mingjianv1.GetDisclosureResponse{}, "/v1/disclosures/"+id
		if err := eventually(r.ctx, "the document of "+id, func(context.Context) (bool, error) {
			err := r.reviewer.get(r.ctx, at, nil, way)
			return err == nil && way.GetDisclosure().GetDraft().GetDigest() != "", nil //nolint:nilerr // it is on its way
		}); err != nil {
			r.Fatal(err)
		}
		digest := way.GetDisclosure().GetDraft().GetDigest()
		r.send(r.reviewer, at+":review", &mingjianv1.ReviewDisclosureRequest{Digest: digest, SecrecyClear: true}, &mingjianv1.ReviewDisclosureResponse{})
		r.send(r.approver, at+":approve", &mingjianv1.ApproveDisclosureRequest{Digest: digest}, &mingjianv1.ApproveDisclosureResponse{})
		r.send(r.publisher, at+":publish", &mingjianv1.PublishDisclosureRequest{Digest: digest}, &mingjianv1.PublishDisclosureResponse{})
	}
	r.settle()
}

// sealed demands that each number is in the vault: what is to be found nowhere has to be there.
func (r *reported) sealed() {
	r.Helper()
	var opened []byte
	for _, record := range append(slices.Clone(r.ids["penalty_id"]), r.ids["licence_id"]...) {
		list := &mingjianv1.ListPersonalResponse{}
		if err := r.clerk.get(r.ctx, "/v1/personal", url.Values{"record_id": {record}}, list); err != nil {
			r.Fatal(err)
		}
		for _, item := range list.GetItems() {
			answer, _ := r.fetch(http.MethodPost, "/v1/personal/"+item.GetItem()+":open", r.clerk.token, strings.NewReader(`{"purpose":"核对送达"}`))
			opened = append(opened, answer...)
		}
	}
	for _, number := range []string{r.fined, r.licensed, r.traded} {
		if !bytes.Contains(opened, []byte(number)) {
			r.Errorf("%s is not in the vault", number)
		}
	}
}

// exchange takes receipts and sends what waits, as a server does, until there are so many batches.
func (r *reported) exchange(batches int) {
	r.Helper()
	r.settle()
	if err := errors.Join(r.in.caughtUp(r.ctx, "policy"), r.in.caughtUp(r.ctx, "deliver.credit_china")); err != nil {
		r.Fatal(err)
	}
	if err := r.in.exchangeAlone(r.file, func() error { return r.in.exchangeOnce(r.ctx, r.file) }); err != nil {
		r.Fatal(err)
	}
	if got := len(r.manifests()); got != batches {
		r.Fatalf("%d batches, want %d", got, batches)
	}
}

// manifests are those of all batches that went out.
func (r *reported) manifests() (out []exchange.Manifest) {
	r.Helper()
	paths, err := filepath.Glob(filepath.Join(r.out, "*", "*.manifest.json"))
	if err != nil {
		r.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		var m exchange.Manifest
		if err != nil || json.Unmarshal(text, &m) != nil {
			r.Fatalf("%s: %v", path, err)
		}
		out = append(out, m)
	}
	return out
}

// quoted are sentences by which a platform tells a number back.
func (r *reported) quoted() (out []string) {
	for _, id := range []string{r.fined, r.licensed, r.minor} {
		wide := strings.Map(func(c rune) rune { return c - '!' + '！' }, id)
		for _, way := range []string{
			id, id[:6] + " " + id[6:14] + " " + id[14:], id[:6] + "-" + id[6:14] + "-" + id[14:], id[:4] + " " + id[4:8] + " " + id[8:12] + " " + id[12:16] + " " + id[16:],
			id[:6] + id[8:17], wide, id[:6] + "\u00a0" + id[6:14] + "\u3000" + id[14:], id[:6] + "\u200b" + id[6:],
		} {
			out = append(out, "验证规则代码:1001; 证件号码（"+way+"）与姓名不匹配。证件号码："+way+"。["+way+"]与基础库不一致，身份证"+way+"重复,"+way)
		}
	}
	return out
}

// answer has platforms reject every row, and quote numbers in the text, in the code and beside them. Each of the sentences goes to a row.
func (r *reported) answer() {
	r.Helper()
	quoted, sequences := r.quoted(), r.manifests()
	for n, text := range quoted {
		m := sequences[n%len(sequences)]
		write(r.T, filepath.Join(r.receipts, fmt.Sprintf("回执%03d.csv", n)), fmt.Sprintf("批次,序号,结果,错误代码,原因,证件号码\n%s,%d,失败,%s,\"%s\",%s\n",
			m.Batch, m.From, []string{"1001", r.minor, ""}[n/len(sequences)%3], text, r.fined))
	}
	write(r.T, filepath.Join(r.receipts, "乱.csv"), "批次,序号,结果,原因\n"+sequences[0].Batch+","+r.minor+","+r.minor+",\n")
	write(r.T, filepath.Join(r.receipts, r.minor+".csv"), "序号,结果\n1,成功\n")
	came := r.in.config.now().Add(-time.Hour)
	lying, err := os.ReadDir(r.receipts)
	for _, f := range lying {
		err = errors.Join(err, os.Chtimes(filepath.Join(r.receipts, f.Name()), came, came))
	}
	if err := errors.Join(err, r.in.exchangeAlone(r.file, func() error { return r.in.exchangeOnce(r.ctx, r.file) })); err != nil {
		r.Fatal(err)
	}
	read, _ := filepath.Glob(filepath.Join(r.receipts, "read", "*"))
	if bad, _ := filepath.Glob(filepath.Join(r.receipts, "bad", "*.csv")); len(read) != len(quoted) || len(bad) != 2 {
		r.Errorf("%d receipts of %d were read, %d put aside", len(read), len(quoted), len(bad))
	}
	r.settle()
}
