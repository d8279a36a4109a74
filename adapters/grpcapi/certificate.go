package grpcapi

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"regexp"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	licenceview "github.com/mingjian-ledger/mingjian/projections/licence"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Certificates makes certificates to print, HTML in UTF-8. Every text MUST stand in the page as a text, and the address in a QR
// code as it is. An error is one of w, or says that the address is too long for a code.
type Certificates interface {
	Certificate(w io.Writer, c *viewv1.LicenceCertificatePage) error
}

// CertificateServer keeps the certificates of licences.
type CertificateServer struct {
	mingjianv1.UnimplementedCertificateServiceServer
	Base
	Papers Certificates
	Public string // address of the instance for the public, without a "/" at its end; empty for that of the request
}

// ReissueLicence records a certificate that was made anew.
func (s CertificateServer) ReissueLicence(ctx context.Context, req *mingjianv1.ReissueLicenceRequest) (*mingjianv1.ReissueLicenceResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := LicenceServer{Base: s.Base}.act(ctx, req, licence.Reissue{By: CallOf(ctx).Actor, Today: s.Today(), Reissue: licence.Reissued{
		DocumentNo: req.GetDocumentNo(), Reason: req.GetReason(), On: on,
	}}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReissueLicenceResponse{Receipt: receipt}, nil
}

// PrintCertificate prints the certificate of a licence that is in force.
func (s CertificateServer) PrintCertificate(ctx context.Context, req *mingjianv1.PrintCertificateRequest) (*mingjianv1.PrintCertificateResponse, error) {
	id := req.GetLicenceId()
	v, err := licenceview.Get(ctx, s.Views, id)
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	l, err := es.Load(ctx, s.Store, licence.Decider, id)
	if err != nil {
		return nil, err
	}
	if err := certifiable(v, licence.Validity(l.State.Decisions, begun(s.Today(), l.State.Current.ValidFrom))); err != nil {
		return nil, err
	}
	base := publicAddress(ctx, s.Public)
	if base == "" {
		return nil, domain.Refuse(domain.Precondition, "licence.certificate.address", "", "未配置对外公示网址，不能生成二维码",
			"the address of this instance for the public is not known")
	}
	var out bytes.Buffer
	err = s.Papers.Certificate(&out, &viewv1.LicenceCertificatePage{
		Certificate: v.GetCertificate(), Address: base + "/v1/public/licences/" + url.PathEscape(id),
	})
	if err != nil {
		return nil, err
	}
	if err := grpc.SetHeader(ctx, metadata.Pairs(KeyCache, "no-store")); err != nil {
		return nil, err
	}
	return &mingjianv1.PrintCertificateResponse{Page: &httpbody.HttpBody{ContentType: page, Data: out.Bytes()}}, nil
}

// begun is today, or the first day of a term that has not begun: its certificate is made before.
func begun(today, from calendar.Date) calendar.Date {
	if from.After(today) {
		return from
	}
	return today
}

// certifiable refuses licences that have no certificate.
func certifiable(v *viewv1.Licence, why licence.Why) error {
	switch {
	case v.GetCertificate() == nil:
		return domain.Refuse(domain.Precondition, "licence.certificate.taken_over", "", "历史许可没有证书可打印",
			"there is no certificate of a licence of an older register")
	case why != licence.WhyValid:
		return domain.Refuse(domain.Precondition, "licence.certificate.invalid", "", "许可"+why.Label()+"，不能打印证书",
			"the licence is not in force: "+string(why))
	}
	return nil
}

// keyHost is the metadata in which the gateway passes the host on that a request was sent to.
const keyHost = "x-forwarded-host"

// hostForm is a host with or without a port, nothing else.
var hostForm = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,253})(:[0-9]{1,5})?$`)

// publicAddress is the address of the instance for the public: as it is configured, or else that of the request; empty if neither is.
func publicAddress(ctx context.Context, configured string) string {
	in, _ := metadata.FromIncomingContext(ctx)
	if hosts := in.Get(keyHost); configured == "" && len(hosts) == 1 && hostForm.MatchString(hosts[0]) {
		return "http://" + hosts[0]
	}
	return configured
}
