package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/adapters/picture"
	"github.com/mingjian-ledger/mingjian/domain"
)

// planted stands in whatever of a picture is no pixel.
const planted = "GPS 29.6500N 91.1000E, 2026-03-16 09:12, serial 4711"

func painted(width, height int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, color.NRGBA{R: byte(x * 7), G: byte(y * 5), B: byte(x * y), A: byte(255 - x)}) //nolint:gosec // any colour
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func segment(marker byte, payload string) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(payload)+2)) //nolint:gosec // short
	return append(b, payload...)
}

// exif is an Exif in the order of bytes of cameras with an orientation, a maker's note and a place behind it.
func exif(orientation byte) string {
	return "II*\x00\x08\x00\x00\x00" + "\x02\x00" +
		"\x0f\x01\x02\x00\x04\x00\x00\x00abc\x00" + "\x12\x01\x03\x00\x01\x00\x00\x00" + string(rune(orientation)) + "\x00\x00\x00" + "\x00\x00\x00\x00" + planted
}

// taken is a JPEG as a camera leaves it: everything about the pixels is planted.
func taken(t testing.TB, orientation byte) []byte {
	t.Helper()
	bare := jpegOf(t, painted(40, 30))
	out := bytes.Clone(bare[:2])
	for _, s := range [][]byte{
		segment(0xE0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01abc"), segment(0xE0, "JFXX\x00\x10"+planted),
		segment(0xE1, "Exif\x00\x00"+exif(orientation)), segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x>"+planted), segment(0xE2, "ICC_PROFILE\x00\x01\x01"+planted),
		segment(0xED, "Photoshop 3.0\x008BIM"+planted), segment(0xFE, planted), {0xFF, 0xFF},
	} {
		out = append(out, s...)
	}
	return append(append(out[:len(out)-1], bare[2:]...), planted...)
}

func chunk(kind, data string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data))) //nolint:gosec // short
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// drawn is a PNG with all that may stand about the pixels.
func drawn(t testing.TB, m image.Image) []byte {
	t.Helper()
	bare := pngOf(t, m)
	const head = 8 + 25
	out := bytes.Clone(bare[:head])
	for _, c := range [][]byte{
		chunk("tEXt", "Comment\x00"+planted), chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+planted), chunk("eXIf", exif(6)),
		chunk("tIME", "\x07\xea\x03\x10\x09\x0c\x00"), chunk("prVt", planted),
	} {
		out = append(out, c...)
	}
	end := len(bare) - 12
	out = append(append(out, bare[head:end]...), chunk("tEXt", "Behind\x00"+planted)...)
	return append(append(out, bare[end:]...), planted...)
}

func clean(t testing.TB, original []byte) (copied []byte, media string) {
	t.Helper()
	copied, media, _, _, err := picture.Cleaner{}.Clean(original)
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	return copied, media
}

func samePixels(t interface{ Fatalf(string, ...any) }, a, b []byte) {
	was, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		return // what decodes to nothing has no pixels to keep
	}
	is, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("the original decodes, the copy does not: %v", err)
	}
	if was.Bounds() != is.Bounds() {
		t.Fatalf("%v of %T became %v of %T", was.Bounds(), was, is.Bounds(), is)
	}
	for y := was.Bounds().Min.Y; y < was.Bounds().Max.Y; y++ {
		for x := was.Bounds().Min.X; x < was.Bounds().Max.X; x++ {
			if was.At(x, y) != is.At(x, y) {
				t.Fatalf("pixel %d, %d is %v, was %v", x, y, is.At(x, y), was.At(x, y))
			}
		}
	}
}

func grey(width, height int) image.Image {
	m := image.NewGray16(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 31) //nolint:gosec // any shade
	}
	return m
}

func spotted(width, height int) image.Image {
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.NRGBA{R: 9, A: 80}, color.NRGBA{G: 200, A: 255}, color.NRGBA{B: 7, A: 0}})
	for i := range m.Pix {
		m.Pix[i] = byte(i % 3) //nolint:gosec // three colours
	}
	return m
}

func TestNothingButThePictureStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		original []byte
		media    string
	}{
		"jpeg":           {taken(t, 1), "image/jpeg"},
		"turned jpeg":    {taken(t, 6), "image/jpeg"},
		"png":            {drawn(t, painted(40, 30)), "image/png"},
		"grey png":       {drawn(t, grey(17, 9)), "image/png"},
		"png of palette": {drawn(t, spotted(9, 5)), "image/png"},
	} {
		copied, media := clean(t, c.original)
		for _, s := range []string{planted, planted[:12], "Photoshop", "adobe", "ICC", "JFXX", "tEXt", "tIME", "prVt", "abc"} {
			if bytes.Contains(copied, []byte(s)) {
				t.Errorf("%s: the copy holds %q", name, s)
			}
		}
		again, _ := clean(t, copied)
		if media != c.media || !bytes.Equal(again, copied) {
			t.Errorf("%s: %s; cleaned again it is another: %t", name, media, !bytes.Equal(again, copied))
		}
		samePixels(t, c.original, copied)
	}
}

func TestWhichSideIsUpIsKeptAlone(t *testing.T) {
	t.Parallel()
	for value, kept := range map[byte]bool{1: false, 6: true, 8: true, 9: false, 0: false} {
		copied, _ := clean(t, taken(t, value))
		want := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(value)) + "\x00\x00\x00\x00\x00\x00"
		if got := bytes.Contains(copied, segment(0xE1, want)); got != kept || bytes.Contains(copied, []byte("Exif")) != kept {
			t.Errorf("orientation %d is kept: %t", value, got)
		}
	}
	copied, _ := clean(t, drawn(t, painted(3, 2)))
	if !bytes.Contains(copied, []byte("eXIfMM\x00*")) {
		t.Error("a PNG's is lost")
	}
}

// huge says that it has more pixels than anything should.
func huge(b []byte, at, width, height int) []byte {
	b = bytes.Clone(b)
	if at == 16 { // PNG
		binary.BigEndian.PutUint32(b[at:], uint32(width))    //nolint:gosec // of a test's own
		binary.BigEndian.PutUint32(b[at+4:], uint32(height)) //nolint:gosec // of a test's own
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		return b
	}
	at = bytes.Index(b, []byte{0xFF, 0xC0}) + 5
	binary.BigEndian.PutUint16(b[at:], uint16(height))  //nolint:gosec // of a test's own
	binary.BigEndian.PutUint16(b[at+2:], uint16(width)) //nolint:gosec // of a test's own
	return b
}

func TestRefused(t *testing.T) {
	t.Parallel()
	photo, sketch := jpegOf(t, painted(40, 30)), pngOf(t, painted(40, 30))
	spoilt := bytes.Clone(sketch)
	spoilt[len(spoilt)-20] ^= 1
	for name, c := range map[string]struct {
		original []byte
		code     string
	}{
		"nothing":               {nil, "evidence.format"},
		"a gif":                 {[]byte("GIF89a" + strings.Repeat("\x00", 40)), "evidence.format"},
		"a page":                {[]byte("<html>"), "evidence.format"},
		"half a jpeg":           {photo[:len(photo)/2], "evidence.malformed"},
		"a jpeg without an end": {photo[:len(photo)-2], "evidence.malformed"},
		"a jpeg's head":         {photo[:20], "evidence.malformed"},
		"half a png":            {sketch[:len(sketch)/2], "evidence.malformed"},
		"a spoilt png":          {spoilt, "evidence.malformed"},
		"a wide jpeg":           {huge(photo, 0, 60000, 1), "evidence.dimensions"},
		"a jpeg of many pixels": {huge(photo, 0, 16000, 16000), "evidence.dimensions"},
		"a png of many pixels":  {huge(sketch, 16, 16000, 16000), "evidence.dimensions"},
		"a png that is short":   {huge(sketch, 16, 41, 31), "evidence.malformed"},
		"a png that goes on":    {huge(sketch, 16, 39, 30), "evidence.malformed"},
		"a jpeg with more behind a table": {bytes.Replace(photo, segment(0xDB, string(photo[6:6+130])), segment(0xDB, string(photo[6:6+130])+planted), 1),
			"evidence.malformed"},
		"too many bytes": {append(bytes.Clone(photo), make([]byte, picture.MaxBytes)...), "evidence.size"},
	} {
		_, _, _, _, err := picture.Cleaner{}.Clean(c.original)
		if fault, ok := errors.AsType[*domain.Fault](err); !ok || fault.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// holds are the guarantees for any bytes.
func holds(t interface{ Fatalf(string, ...any) }, original []byte) {
	copied, media, width, height, err := picture.Cleaner{}.Clean(original)
	if err != nil {
		if kind := domain.KindOf(err); kind != domain.Invalid && kind != domain.TooLarge {
			t.Fatalf("it is refused as %v: %v", kind, err)
		}
		return
	}
	again, _, _, _, err := picture.Cleaner{}.Clean(copied)
	if err != nil || !bytes.Equal(copied, again) {
		t.Fatalf("the copy of %s cleaned again is another: %v", media, err)
	}
	if width*height < 1<<16 {
		samePixels(t, original, copied)
	}
}

func TestCopiesShowTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m := painted(rapid.IntRange(1, 40).Draw(r, "width"), rapid.IntRange(1, 40).Draw(r, "height"))
		original := rapid.SampledFrom([]func(testing.TB, image.Image) []byte{jpegOf, pngOf, drawn}).Draw(r, "format")(t, m)
		copied, _ := clean(t, original)
		samePixels(r, original, copied)
		spoilt := bytes.Clone(original)
		spoilt[rapid.IntRange(0, len(spoilt)-1).Draw(r, "at")] ^= rapid.Byte().Draw(r, "by")
		holds(r, spoilt)
	})
}

func FuzzClean(f *testing.F) {
	f.Add(taken(f, 6))
	f.Add(drawn(f, painted(8, 8)))
	f.Add(drawn(f, spotted(9, 5)))
	f.Add(drawn(f, grey(5, 3)))
	f.Fuzz(func(t *testing.T, original []byte) { holds(t, original) })
}
