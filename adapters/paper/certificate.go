package paper

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	"rsc.io/qr"

	"github.com/mingjian-ledger/mingjian/domain/licence"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// certificate is a certificate with its code.
type certificate struct {
	*viewv1.LicenceCertificatePage
	Code code
}

// code is a QR code as a drawing: a path of all dark squares within Size squares, the quiet zone counted in.
type code struct {
	Size int
	Path template.HTMLAttr
}

// quiet is the width of the light border that ISO/IEC 18004 asks for, in squares.
const quiet = 4

// Certificate renders a certificate of a licence, with a QR code that holds the address as it is.
func (p Pages) Certificate(w io.Writer, of *viewv1.LicenceCertificatePage) error {
	drawn, err := draw(of.GetAddress())
	if err != nil {
		return err
	}
	return p.render(w, "certificate.html", certificate{LicenceCertificatePage: of, Code: drawn})
}

// draw makes each run of dark squares of a line one rectangle.
func draw(text string) (code, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return code{}, fmt.Errorf("paper: code of %q: %w", text, err)
	}
	var path strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for c.Black(x, y) {
				x++
			}
			if n := x - from; n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, n, n)
			}
		}
	}
	return code{Size: c.Size + 2*quiet, Path: template.HTMLAttr(`d="` + path.String() + `"`)}, nil //nolint:gosec // digits and letters of a path, made here
}

// Term is the time for which the licence is good, in words.
func (c certificate) Term() string {
	of := c.GetCertificate()
	if of.GetValidTo() >= licence.LongTerm.String() {
		return day(of.GetValidFrom()) + "起长期有效"
	}
	return day(of.GetValidFrom()) + "至" + day(of.GetValidTo())
}
