package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain"
)

// planted are what may stand nowhere: numbers of a district and days that nobody was born in.
type planted struct{ number, phone, address string }

var (
	kept = planted{"11010119900307109X", "13900001111", "虚构市长安路11号甲单元"}
	lost = planted{"110101199003071081", "13900002222", "虚构市长安路22号乙单元"}
)

func (p planted) texts() []string { return []string{p.number, p.number[:17], p.phone, p.address} }

// stands tells where a planted text stands in bytes, in the encodings in which a file could hold it.
func (p planted) stands(content []byte) string {
	for _, text := range p.texts() {
		le, be := []byte{}, []byte{}
		for _, u := range utf16.Encode([]rune(text)) {
			le, be = binary.LittleEndian.AppendUint16(le, u), binary.BigEndian.AppendUint16(be, u)
		}
		escaped, _ := json.Marshal(text)
		for _, form := range [][]byte{[]byte(text), le, be, bytes.Trim(escaped, `"`)} {
			if bytes.Contains(content, form) {
				return text
			}
		}
	}
	return ""
}

// search reads every file below the folders.
func search(t *testing.T, folders ...string) {
	t.Helper()
	read := 0
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			content, err := os.ReadFile(name)
			read += len(content)
			for _, p := range []planted{kept, lost} {
				if text := p.stands(content); text != "" {
					t.Errorf("%s holds %s in clear", name, text)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read == 0 {
		t.Fatal("nothing was searched")
	}
}

// heard is a log or an output that several write to.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// house is a data directory that is served again and again.
type house struct {
	testing.TB
	data   string
	log    *heard // at its most talkative
	said   *heard // all answers but those that open a text
	now    time.Time
	url    string
	tokens map[domain.Role]string
	stores func(config) config // where they are; in the directory if nil
}

func newHouse(t *testing.T) *house {
	return &house{TB: t, data: filepath.Join(t.TempDir(), "data"), log: &heard{}, said: &heard{}, now: time.Now(), tokens: map[domain.Role]string{}}
}

func (o *house) config() config {
	c := config{Data: o.data, HTTP: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second}
	if o.stores != nil {
		c = o.stores(c)
	}
	return c
}

// open serves the directory while the work goes on.
func (o *house) open(work func()) error {
	o.Helper()
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return serve(o.Context(), o.config(), log, func(ctx context.Context, in *instance, d *doors) error {
		o.url = d.url()
		if err := in.group.Settle(ctx); err != nil { // a restored ledger builds its views first
			return err
		}
		for _, role := range []domain.Role{domain.Clerk, domain.Approver, domain.Admin, domain.Auditor} {
			actor := domain.Actor{Account: "v." + string(role), Role: role, Authority: homeBureau}
			_, secret, err := in.identity.Create(ctx, actor, time.Hour)
			if err != nil {
				return err
			}
			o.tokens[role] = secret
		}
		work()
		return nil
	})
}

func (o *house) served(work func()) {
	o.Helper()
	if err := o.open(work); err != nil {
		o.Fatal(err)
	}
}

// ask sends JSON and answers it; status tells what has to come.
func (o *house) ask(status int, role domain.Role, verb, path, body string) map[string]any {
	o.Helper()
	req, err := http.NewRequestWithContext(o.Context(), verb, o.url+path, strings.NewReader(body))
	if err != nil {
		o.Fatal(err)
	}
	if role != "" {
		req.Header.Set("Authorization", "Bearer "+o.tokens[role])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		o.Fatalf("%s %s: %d %s, %v; want %d", verb, path, resp.StatusCode, answer, err, status)
	}
	if !strings.HasSuffix(path, ":open") {
		fmt.Fprintln(o.said, string(answer), resp.Header)
	}
	out := map[string]any{}
	if err := json.Unmarshal(answer, &out); err != nil {
		o.Fatalf("%s: %v", answer, err)
	}
	return out
}

// decide records a penalty of somebody, and answers the item and the person.
func (o *house) decide(no, name string, p planted) (item, person string) {
	o.Helper()
	body := fmt.Sprintf(`{"decision":{"authorityName":"宁安市市场监督管理局","decisionNo":%q,"procedure":"ordinary","violation":"虚假宣传","facts":"经查，当事人（身份证号%s，电话%s）宣传不实",
		"basis":"《广告法》","kinds":["fine"],"content":"罚款500元","fineFen":"50000","decidedOn":"2026-01-05",
		"parties":[{"kind":"natural","name":%q,"identity":{"idKind":"resident_id","idNumber":%q,"phone":%q,"address":%q}}]}}`,
		no, p.number, p.phone, name, p.number, p.phone, p.address)
	receipt := o.ask(http.StatusOK, domain.Clerk, http.MethodPost, "/v1/penalties", body)["receipt"].(map[string]any)
	list := o.ask(http.StatusOK, domain.Clerk, http.MethodGet, fmt.Sprintf("/v1/personal?record_id=%s&after=%s", receipt["id"], receipt["position"]), "")
	o.ask(http.StatusOK, domain.Clerk, http.MethodGet, fmt.Sprintf("/v1/penalties/%s", receipt["id"]), "")
	for _, found := range list["items"].([]any) { // the identity, and the texts as they were served
		at := found.(map[string]any)
		got := o.ask(http.StatusOK, domain.Clerk, http.MethodPost, "/v1/personal/"+at["item"].(string)+":open", `{"purpose":"送达处罚决定书"}`)
		if got["identity"] != nil {
			return at["item"].(string), at["persons"].([]any)[0].(string)
		}
		if text := got["text"].(string); !strings.Contains(text, p.phone) || !strings.Contains(text, p.number) {
			o.Errorf("as served: %s", text)
		}
	}
	o.Fatalf("no identity among %v", list)
	return "", ""
}

func (o *house) opens(item string, want planted) {
	o.Helper()
	got := o.ask(http.StatusOK, domain.Clerk, http.MethodPost, "/v1/personal/"+item+":open", `{"purpose":"送达处罚决定书"}`)
	if who := got["identity"].(map[string]any); who["idNumber"] != want.number || who["phone"] != want.phone || who["address"] != want.address {
		o.Errorf("opened %v, want %v", who, want)
	}
}

func (o *house) gone(item string) {
	o.Helper()
	o.ask(http.StatusGone, domain.Clerk, http.MethodPost, "/v1/personal/"+item+":open", `{"purpose":"送达处罚决定书"}`)
}

// look asks for everything that could show a person.
func (o *house) look() {
	o.Helper()
	for _, path := range []string{"/v1/penalties", "/v1/disclosures", "/v1/work"} {
		o.ask(http.StatusOK, domain.Clerk, http.MethodGet, path, "")
	}
	for _, path := range []string{"/v1/public/penalties", "/v1/public/statistics", "/v1/feed/releases?after=0&limit=1000"} {
		o.ask(http.StatusOK, "", http.MethodGet, path, "")
	}
	o.ask(http.StatusOK, domain.Auditor, http.MethodGet, "/v1/audit/reads?page_size=1000", "")
	o.ask(http.StatusBadRequest, domain.Clerk, http.MethodPost, "/v1/penalties", `{"decision":{"parties":[{"identity":{"idNumber":`+strings.TrimRight(kept.number, "X")+`}}]}}`)
	o.ask(http.StatusBadRequest, domain.Clerk, http.MethodPost, "/v1/penalties", `{"decision":{"parties":[{"kind":"legal","name":"甲","identity":{"idKind":"resident_id","idNumber":"`+lost.number+`"}}]}}`)
}

// trail demands that the opening of each item is in the trail, with who and why.
func (o *house) trail(items ...string) {
	o.Helper()
	for _, item := range items {
		reads := o.ask(http.StatusOK, domain.Auditor, http.MethodGet, "/v1/audit/reads?record=item%3D"+item, "")["reads"].([]any)
		if len(reads) == 0 {
			o.Fatalf("the trail of %s: %v", item, reads)
		}
		r := reads[0].(map[string]any)
		if r["account"] != "v.clerk" || r["class"] != "personal" || r["purpose"] != "送达处罚决定书" || r["method"] != "mingjian.v1.PersonalService/OpenPersonal" {
			o.Errorf("the trail of %s: %v", item, r)
		}
	}
	o.ask(http.StatusForbidden, domain.Admin, http.MethodGet, "/v1/audit/reads", "")
}

// mingjian runs a command that has to end with the code; it answers both outputs.
func (o *house) mingjian(want int, args ...string) string {
	o.Helper()
	code, out, errs := command(o.TB.(*testing.T), args...)
	fmt.Fprintln(o.said, out, errs)
	if code != want {
		o.Fatalf("%v ended with %d, want %d\n%s%s", args, code, want, out, errs)
	}
	return out + errs
}

func copied(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err := errors.Join(err, os.WriteFile(to, content, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func demand(t *testing.T, said string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}

// spoilt demands that verify finds a text that was changed, and one that went.
func (o *house) spoilt(item string) {
	o.Helper()
	for _, statement := range []string{
		`UPDATE item SET body = CAST(substr(body, 1, length(body) - 8) || x'0000000000000000' AS BLOB) WHERE id = ?`,
		`DELETE FROM item_person WHERE item = ?1; DELETE FROM item WHERE id = ?1`,
	} {
		db, err := sql.Open("sqlite", filepath.Join(o.data, vaultFile))
		if err == nil {
			_, err = db.ExecContext(o.Context(), statement, item)
			err = errors.Join(err, db.Close())
		}
		if err != nil {
			o.Fatal(err)
		}
		demand(o.TB.(*testing.T), o.mingjian(exitRefuted, "verify", "--data", o.data, "--events-only"), "the personal text "+item+" does not open")
	}
}

// noted demands that the vault's note stands at the end of the log.
func (o *house) noted() {
	o.Helper()
	s, err := vault.OpenReadOnly(o.Context(), filepath.Join(o.data, vaultFile), vault.NewKeyFile(filepath.Join(o.data, masterFile), time.Now))
	if err != nil {
		o.Fatal(err)
	}
	at, err := s.Applied(o.Context())
	head, err2 := headOfFile(o.Context(), o.data)
	if err := errors.Join(err, err2, s.Close()); err != nil || at != head.Position {
		o.Errorf("the vault's note is at %s, the log at %s, %v", at, head.Position, err)
	}
}

// TestPersonalDataFromSealingToShredding follows two persons through a data directory, its backups and its logs.
func TestPersonalDataFromSealingToShredding(t *testing.T) {
	t.Parallel()
	o := newHouse(t)
	at := func(name string) string { return filepath.Join(filepath.Dir(o.data), name) }
	var keptItem, lostItem, lostPerson string
	o.served(func() {
		o.ask(http.StatusOK, domain.Admin, http.MethodPost, "/v1/authorities",
			`{"id":"xz-bureau","name":"宁安市市场监督管理局","district":"320100","level":"city"}`)
		keptItem, _ = o.decide("宁市监处罚〔2026〕1号", "高小满", kept)
		lostItem, lostPerson = o.decide("宁市监处罚〔2026〕2号", "甘小寒", lost)
		o.ask(http.StatusOK, domain.Clerk, http.MethodPost, "/v1/licences", `{"holder":{"kind":"legal","name":"甲公司"},"document_title":"准予许可决定书",`+
			`"document_no":"7号","category":"ordinary","certificate_name":"食品经营许可证","licence_no":"JY1","content":"负责人电话`+kept.phone+`",`+
			`"decided_on":"2026-01-08","valid_from":"2026-01-10","valid_to":"2031-01-09"}`)
		o.opens(keptItem, kept)
		o.opens(lostItem, lost)
		o.look()
		search(t, o.data) // while it is open, write-ahead logs and all
		o.mingjian(exitOK, "backup", "--data", o.data, at("before"))
	})
	demand(t, o.mingjian(exitOK, "verify", "--data", o.data), "vault: 5 texts open as their commitments say, 0 of destroyed", "clean")
	copied(t, filepath.Join(o.data, vaultFile), at("old-vault"))
	copied(t, filepath.Join(o.data, masterFile), at("old-master"))

	o.served(func() {
		o.trail(keptItem, lostItem)
		o.ask(http.StatusOK, domain.Approver, http.MethodPost, "/v1/persons/"+lostPerson+":requestShredding", `{"ground":"retention_expired","reason":"保存期限届满"}`)
		o.ask(http.StatusForbidden, domain.Approver, http.MethodPost, "/v1/persons/"+lostPerson+":confirmShredding", `{}`)
		o.ask(http.StatusOK, domain.Admin, http.MethodPost, "/v1/persons/"+lostPerson+":confirmShredding", `{}`)
		o.gone(lostItem)
		o.opens(keptItem, kept)
		o.look()
		o.mingjian(exitOK, "backup", "--data", o.data, "--with-master-key", at("after"))
	})
	demand(t, o.mingjian(exitOK, "verify", "--data", o.data), "vault: 3 texts open as their commitments say, 2 of destroyed", "clean")

	o.noted()

	o.noted()

	// An older vault under the log: verify finds who is to be destroyed, the next start destroys.
	copied(t, at("old-vault"), filepath.Join(o.data, vaultFile))
	demand(t, o.mingjian(exitRefuted, "verify", "--data", o.data), "PROBLEM vault: person "+lostPerson)
	o.served(func() { o.gone(lostItem); o.opens(keptItem, kept) })
	demand(t, o.log.String(), "destroying the data of a person again")
	demand(t, o.mingjian(exitOK, "verify", "--data", o.data), "2 of destroyed", "clean")

	// Rotation makes copies of before worthless.
	demand(t, o.mingjian(exitOK, "vault", "rotate", "--data", o.data), "wrapped the keys of 2 persons")
	o.served(func() { o.opens(keptItem, kept) })
	demand(t, o.mingjian(exitOK, "restore", at("before"), "--data", at("r1")), "the backup holds no master key")
	demand(t, o.mingjian(exitFailed, "projection", "list", "--data", at("r1")), "master key", "put the file back")
	demand(t, o.mingjian(exitOK, "verify", "--data", at("r1")), "5 not opened for want of the master key", "clean")
	copied(t, filepath.Join(o.data, masterFile), filepath.Join(at("r1"), masterFile))
	demand(t, o.mingjian(exitFailed, "projection", "list", "--data", at("r1")), "master key")
	copied(t, at("old-master"), filepath.Join(at("r1"), masterFile))
	demand(t, o.mingjian(exitOK, "verify", "--data", at("r1")), "vault: 5 texts open")

	// A backup with its master key opens by itself, and whose data were destroyed stays so.
	o.mingjian(exitOK, "restore", at("after"), "--data", at("r2"))
	o.data = at("r2")
	o.served(func() { o.gone(lostItem); o.opens(keptItem, kept) })

	o.spoilt(keptItem)
	search(t, filepath.Dir(o.data))
	for _, p := range []planted{kept, lost} {
		for what, text := range map[string]string{"a log": o.log.String(), "an answer": o.said.String()} {
			if found := p.stands([]byte(text)); found != "" {
				t.Errorf("%s tells %s", what, found)
			}
		}
	}
}

func TestTheSearchFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	for _, text := range kept.texts() {
		wide := []byte("x")
		for _, u := range utf16.Encode([]rune(text)) {
			wide = binary.LittleEndian.AppendUint16(wide, u)
		}
		if kept.stands([]byte("\x00"+text)) == "" || kept.stands(wide) == "" || lost.stands(wide) == text {
			t.Errorf("%s is not found", text)
		}
	}
}
