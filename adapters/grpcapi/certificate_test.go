package grpcapi_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/paper"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func TestPrintCertificate(t *testing.T) {
	w := newMatrixWorld(t)
	grantedLicence(w)
	id := w.ids["licence"]
	ask := func(by caller) (string, error) {
		resp, err := w.send(by, "", &mingjianv1.PrintCertificateRequest{LicenceId: id})
		if err != nil {
			return "", err
		}
		page := resp.(*mingjianv1.PrintCertificateResponse).GetPage()
		if page.GetContentType() != "text/html; charset=utf-8" {
			t.Errorf("a page of type %s", page.GetContentType())
		}
		return string(page.GetData()), nil
	}
	page, err := ask(reviewer)
	if want := "https://gs.example.org/v1/public/licences/" + id; err != nil || !strings.Contains(page, want) || !strings.Contains(page, "甲公司") || !strings.Contains(page, "<svg") {
		t.Errorf("%v\n%s", err, page)
	}
	if _, err := ask(at(otherBureau, domain.Clerk, "ma")); faultOf(err) != "authority.foreign" {
		t.Errorf("another authority's clerk: %v", err)
	}
	w.do(clerk, &mingjianv1.ReissueLicenceRequest{LicenceId: id, Reason: "遗失", On: "2026-11-10"})
	if page, err := ask(clerk); err != nil || !strings.Contains(page, "2026年11月10日（原证书作废）") {
		t.Errorf("reissued: %v\n%s", err, page)
	}
	w.do(clerk, &mingjianv1.SuspendLicenceRequest{LicenceId: id, Reason: "违法", On: "2026-11-11"})
	if _, err := ask(clerk); faultOf(err) != "licence.certificate.invalid" {
		t.Errorf("suspended: %v", err)
	}
	w.do(clerk, oldTerms())
	for _, r := range w.store.All() {
		if strings.HasPrefix(r.Stream.ID, "chi:") {
			id = r.Stream.ID
		}
	}
	if _, err := ask(clerk); faultOf(err) != "licence.certificate.taken_over" {
		t.Errorf("of an older register: %v", err)
	}
}

// headless is a call whose answer's metadata nobody reads.
type headless struct{}

func (headless) Method() string               { return "" }
func (headless) SetHeader(metadata.MD) error  { return nil }
func (headless) SendHeader(metadata.MD) error { return nil }
func (headless) SetTrailer(metadata.MD) error { return nil }

// TestWhereACertificateLeads finds the address of the instance out.
func TestWhereACertificateLeads(t *testing.T) {
	w := newMatrixWorld(t)
	grantedLicence(w)
	pages, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	by := domain.Actor{Account: "wang", Role: domain.Clerk, Authority: ownBureau}
	for _, c := range []struct{ public, host, want string }{
		{"https://gs.example.org/base", "evil.example.org", "https://gs.example.org/base"},
		{"", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", "[::1]:8080", "http://[::1]:8080"},
		{"", "gs.example.org", "http://gs.example.org"},
		{"", "gs.example.org/x?y", ""}, {"", "a@b", ""}, {"", "", ""},
	} {
		base := grpcapi.Base{Store: w.store, Views: w.views, Clock: func() time.Time { return w.now }}
		s := grpcapi.CertificateServer{Base: base, Papers: pages, Public: c.public}
		stream := grpc.NewContextWithServerTransportStream(t.Context(), headless{})
		ctx := grpcapi.WithCall(metadata.NewIncomingContext(stream, metadata.Pairs("x-forwarded-host", c.host)), grpcapi.Call{Actor: by})
		got, err := s.PrintCertificate(ctx, &mingjianv1.PrintCertificateRequest{LicenceId: w.ids["licence"]})
		if c.want == "" {
			if err == nil || domain.KindOf(err) != domain.Precondition {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		if err != nil || !strings.Contains(string(got.GetPage().GetData()), ">"+c.want+"/v1/public/licences/"+w.ids["licence"]+"<") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// public takes a document of a licence's decision to the public.
func (w *matrixWorld) public(record string) {
	w.Helper()
	id := "licence." + record
	d, err := es.Load(w.Context(), w.store, disclosure.Decider, id)
	if err != nil {
		w.Fatal(err)
	}
	digest := d.State.Draft.Digest
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true})
	w.do(approver, &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: digest})
	w.do(approver, &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: digest})
}

// released is the server over what is released by now.
func (w *matrixWorld) released() grpcapi.PublicLicenceServer {
	w.Helper()
	head, err := w.store.Head(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	p := release.Projection()
	target, err := w.views.Attach(w.Context(), p)
	if err == nil {
		err = projections.Fill(w.Context(), p, w.store, target, head, nil)
	}
	if err != nil {
		w.Fatal(err)
	}
	return grpcapi.PublicLicenceServer{Base: grpcapi.Base{Store: w.store, Views: w.views, Clock: func() time.Time { return w.now }}}
}

// TestAPublicLicence tells only what is public: a suspension that nobody published is not known to anybody.
func TestAPublicLicence(t *testing.T) {
	w := newMatrixWorld(t)
	grantedLicence(w)
	id := w.ids["licence"]
	valid := func(on string) string {
		t.Helper()
		got, err := w.released().GetPublicLicenceValidity(t.Context(), &mingjianv1.GetPublicLicenceValidityRequest{LicenceId: id, On: on})
		if err != nil {
			t.Fatal(err)
		}
		v := got.GetValidity()
		if v.GetLicenceId() != id || on != "" && v.GetOn() != on || v.GetValid() != (v.GetReason() == "valid") || v.GetReasonLabel() == "" {
			t.Errorf("on %s: %v", on, v)
		}
		return v.GetReason()
	}
	if _, err := w.released().GetPublicLicence(t.Context(), &mingjianv1.GetPublicLicenceRequest{LicenceId: id}); domain.KindOf(err) != domain.NotFound {
		t.Errorf("before anything is public: %v", err)
	}
	w.public(id + ".0")
	w.do(clerk, &mingjianv1.SuspendLicenceRequest{LicenceId: id, Reason: "违法", On: "2026-11-10", Until: "2026-11-15"})
	for on, want := range map[string]string{"2026-11-01": "no_term", "2026-11-02": "valid", "2026-11-12": "valid", "": "valid", "2027-11-02": "no_term"} {
		if got := valid(on); got != want {
			t.Errorf("on %q: %s, want %s", on, got, want)
		}
	}
	w.public(id + ".1")
	if got := valid("2026-11-12"); got != "suspended" {
		t.Errorf("during a suspension that is public: %s", got)
	}
	for range 9 { // so that the places of decisions have one and two digits
		w.do(clerk, &mingjianv1.ReissueLicenceRequest{LicenceId: id, Reason: "遗失" + w.now.String(), On: "2026-11-16"})
		w.now = w.now.Add(1)
	}
	w.do(clerk, &mingjianv1.RevokeLicenceRequest{LicenceId: id, Reason: "欺骗", On: "2026-11-17", Ground: "annulled"})
	w.public(id + ".11")
	w.public(id + ".2")
	got, err := w.released().GetPublicLicence(t.Context(), &mingjianv1.GetPublicLicenceRequest{LicenceId: id, On: "2026-11-17"})
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, d := range got.GetDecisions() {
		shown = append(shown, strings.TrimPrefix(d.GetRelease().GetRecordId(), id))
	}
	if c := got.GetCertificate(); strings.Join(shown, " ") != ".0 .1 .2 .11" || got.GetValidity().GetReason() != "revoked" || c.GetHolder().GetName() != "甲公司" ||
		c.GetIssuedOn() != "2026-11-01" || c.GetReissuedOn() != "2026-11-16" || c.GetName() != "食品经营许可证" || c.GetNo() != "JY1" || c.GetValidTo() != "2027-11-01" {
		t.Errorf("shown %v, %v", shown, got)
	}
	w.do(approver, &mingjianv1.WithdrawDisclosureRequest{DisclosureId: "licence." + id + ".11", Ground: "error", Reason: "错误"})
	if got := valid("2026-11-17"); got != "valid" {
		t.Errorf("after the revocation was withdrawn from the public: %s", got)
	}
	for _, n := range []string{".0", ".1", ".2"} {
		w.do(approver, &mingjianv1.WithdrawDisclosureRequest{DisclosureId: "licence." + id + n, Ground: "error", Reason: "错误"})
	}
	if _, err := w.released().GetPublicLicence(t.Context(), &mingjianv1.GetPublicLicenceRequest{LicenceId: id}); domain.KindOf(err) != domain.Gone {
		t.Errorf("after all was withdrawn: %v", err)
	}
	_, err = w.released().GetPublicLicenceValidity(t.Context(), &mingjianv1.GetPublicLicenceValidityRequest{LicenceId: id, On: "2026-02-30"})
	if domain.KindOf(err) != domain.Invalid {
		t.Errorf("on no day: %v", err)
	}
}
