package paper_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"rsc.io/qr"

	"github.com/mingjian-ledger/mingjian/adapters/paper"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const address = "https://gs.example.org/v1/public/licences/ce96ef8c-bcc0-5aaf-8711-3dce1bed80ab"

func certificatePage() *viewv1.LicenceCertificatePage {
	return &viewv1.LicenceCertificatePage{Address: address, Certificate: &viewv1.LicenceCertificate{
		Name: "食品经营许可证", No: "JY13201050000001", Scope: "预包装食品销售\n散装食品销售", ValidFrom: "2026-01-10", ValidTo: "2031-01-09",
		Holder:        &viewv1.LicenceHolder{KindLabel: "法人及非法人组织", Name: "子虚市惠民食品有限公司", SubjectId: "91540902MA9X01006G"},
		AuthorityName: "子虚市市场监督管理局", IssuedOn: "2026-01-08", CategoryLabel: "普通",
	}}
}

func printCertificate(t *testing.T, of *viewv1.LicenceCertificatePage) string {
	t.Helper()
	pages, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := pages.Certificate(&out, of); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestACertificateSaysAll(t *testing.T) {
	said, _ := text(t, printCertificate(t, certificatePage()))
	for _, want := range []string{
		"食品经营许可证", "JY13201050000001", "子虚市惠民食品有限公司", "91540902MA9X01006G", "普通", "散装食品销售", "2026年1月10日至2031年1月9日", "子虚市市场监督管理局",
		"2026年1月8日", address,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(said, "补发") || strings.Contains(said, "长期") {
		t.Error("what is not so is said")
	}
	again := certificatePage()
	again.Certificate.ReissuedOn, again.Certificate.ValidTo = "2026-03-01", "2099-12-31"
	if said, _ := text(t, printCertificate(t, again)); !strings.Contains(said, "2026年3月1日（原证书作废）") || !strings.Contains(said, "2026年1月10日起长期有效") {
		t.Error(said)
	}
	slyly := certificatePage()
	slyly.Certificate.Name, slyly.Certificate.Scope, slyly.Certificate.Holder.Name = sly, sly, sly
	page := printCertificate(t, slyly)
	if said, _ := text(t, page); strings.Count(said, sly) < 3 || strings.Contains(page, "<script") || strings.Contains(page, "<img") {
		t.Error("a text became a part of the page")
	}
}

var (
	pathForm = regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"[^>]*><path d="([^"]*)"`)
	runForm  = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)
)

// squares reads the code of a page back: which squares are dark.
func squares(t *testing.T, page string) (dark map[image.Point]bool, size int) {
	t.Helper()
	found := pathForm.FindStringSubmatch(page)
	if found == nil || found[1] != found[2] || runForm.ReplaceAllString(found[3], "") != "" {
		t.Fatalf("no code in the page: %.200v", found)
	}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	dark = map[image.Point]bool{}
	for _, run := range runForm.FindAllStringSubmatch(found[3], -1) {
		if run[3] != run[4] {
			t.Errorf("%s is no rectangle", run[0])
		}
		for i := range number(run[3]) {
			dark[image.Pt(number(run[1])+i, number(run[2]))] = true
		}
	}
	return dark, number(found[1])
}

func scan(t *testing.T, img image.Image) string {
	t.Helper()
	bits, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		t.Fatalf("the code can't be read: %v", err)
	}
	return result.GetText()
}

// TestTheCodeHoldsTheAddress compares the drawing with the encoder's squares and reads it with a reader of another make.
func TestTheCodeHoldsTheAddress(t *testing.T) {
	for _, where := range []string{address, "http://127.0.0.1:8080/v1/public/licences/old:30790", "https://x.org/" + strings.Repeat("0123456789", 20)} {
		of := certificatePage()
		of.Address = where
		dark, size := squares(t, printCertificate(t, of))
		want, err := qr.Encode(where, qr.M)
		if err != nil || size != want.Size+8 {
			t.Fatalf("%d squares for %d, %v", size, want.Size, err)
		}
		const scale = 5
		img := image.NewGray(image.Rect(0, 0, size*scale, size*scale))
		for y := range size {
			for x := range size {
				if black := x >= 4 && y >= 4 && x < size-4 && y < size-4 && want.Black(x-4, y-4); dark[image.Pt(x, y)] != black {
					t.Fatalf("square %d,%d is dark: %t", x, y, !black)
				}
				for i := range scale * scale {
					shade := color.Gray{Y: 255}
					if dark[image.Pt(x, y)] {
						shade.Y = 0
					}
					img.SetGray(x*scale+i%scale, y*scale+i/scale, shade)
				}
			}
		}
		if got := scan(t, img); got != where {
			t.Errorf("the code says %q, want %q", got, where)
		}
	}
	pages, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	long := certificatePage()
	long.Address = "https://x.org/" + strings.Repeat("x", 3000)
	if err := pages.Certificate(&bytes.Buffer{}, long); err == nil {
		t.Error("a code for an address that no code holds")
	}
}

// TestTheCodeIsReadFromTheScreen lets a browser draw the page and reads the code from the picture.
func TestTheCodeIsReadFromTheScreen(t *testing.T) {
	t.Parallel()
	browser, dir := tool(t, "chromium", "chromium-browser", "google-chrome"), t.TempDir()
	from, to := filepath.Join(dir, "certificate.html"), filepath.Join(dir, "certificate.png")
	if err := os.WriteFile(from, []byte(printCertificate(t, certificatePage())), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"), "--hide-scrollbars",
		"--force-device-scale-factor=2", "--window-size=900,1300", "--screenshot="+to, "file://"+from)
	picture, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if got := scan(t, img); got != address {
		t.Errorf("the code says %q, want %q", got, address)
	}
}
