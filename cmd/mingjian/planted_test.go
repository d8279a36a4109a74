package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

// Fictional people. The numbers check; none of this may stand in any public byte, nor in anything that is kept in clear.
const (
	secretID     = "330106198503120028"
	secretMobile = "13912345678"
	secretCard   = "6222021234567890128"
	secretFirm   = "33050161709900000123"
	secretFlat   = "翠苑小区3幢2单元501室"
	secretHome   = "临湖村三组12号"
	secretName   = "欧阳小满"
	secretOwner  = "尉迟大年"
	secretMail   = "wei.chi@example.cn"
)

// Those of the rows that are imported and of the parties with an identity.
const (
	importedID     = "330106197202290037"
	importedOldID  = "330106681104711"
	importedMobile = "13700001234"
	importedFixed  = "0571-87654321"
	importedCard   = "6217007890123456015"
	importedFlat   = "白鹭新村9幢1单元302室"
	importedMail   = "mu.rong@example.cn"
	importedOwner  = "夏侯大海"
	importedBoss   = "令狐长风"
	importedParty  = "慕容白露"
	importedChild  = "540101201204061015"
	childName      = "申屠小雪"
	partyName      = "皇甫立春"
	partyID        = "540101198907314520"
	partyMobile    = "13800004321"
	partyHome      = "虚构县听松家园7幢3单元1204室"
)

// secrets are the planted texts and the ways to write the same.
func secrets() []string {
	wide := func(s string) string {
		return strings.Map(func(r rune) rune { return r - '!' + 0xFF01 }, s)
	}
	return []string{
		secretID, secretMobile, secretCard, secretFirm, secretFlat, secretHome, secretName, secretOwner, secretMail,
		wide(secretID), wide(secretMobile), "330106 19850312 0028", "139-1234-5678", "6222 0212 3456 7890 128",
		importedID, importedOldID, importedMobile, importedFixed, importedCard, importedFlat, importedMail, importedOwner, importedBoss,
		importedParty, importedChild, childName, partyName, partyID, partyMobile, partyHome,
	}
}

// encoded are the bytes by which a text may stand somewhere.
func encoded(s string) [][]byte {
	little, big, escaped := []byte{}, []byte{}, ""
	for _, u := range utf16.Encode([]rune(s)) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
		if u < 0x80 {
			escaped += string(rune(u))
		} else {
			escaped += fmt.Sprintf(`\u%04x`, u)
		}
	}
	forms := [][]byte{[]byte(s), little, big}
	for _, other := range []string{escaped, strings.ReplaceAll(strings.ToUpper(escaped), `\U`, `\u`), url.QueryEscape(s)} {
		if other != s {
			forms = append(forms, []byte(other))
		}
	}
	return forms
}

// holdNone demands that no planted text stands in the bytes, nor in what they hold packed.
func holdNone(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, found := range found(data) {
		t.Errorf("%s holds %s", where, found)
	}
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return
	}
	book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	for _, f := range book.File {
		entry, err := f.Open()
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		text, err := io.ReadAll(entry)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		holdNone(t, where+"/"+f.Name, text)
	}
}

// found are the planted texts in the bytes, with what stands around.
func found(data []byte) (out []string) {
	for _, s := range secrets() {
		for _, form := range encoded(s) {
			if at := bytes.Index(data, form); at >= 0 {
				out = append(out, fmt.Sprintf("%s: …%q…", s, data[max(0, at-60):min(len(data), at+len(form)+20)]))
				break
			}
		}
	}
	return out
}

// TestEachFormOfAPlantedTextIsFound keeps the searches from finding nothing because they look for nothing.
func TestEachFormOfAPlantedTextIsFound(t *testing.T) {
	t.Parallel()
	for _, s := range secrets() {
		for _, form := range encoded(s) {
			if len(found(append(append([]byte("x\x00"), form...), 'y'))) == 0 {
				t.Errorf("%s as %q is not found", s, form)
			}
		}
	}
	if got := found([]byte("当事人欧阳某，住某地址，电话***")); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}
