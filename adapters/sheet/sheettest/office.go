package sheettest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Convert has LibreOffice open a file and write it in another format, and returns where it wrote it. to is an extension, with
// the name of an export filter and its options behind a colon if they matter; more are further arguments.
func Convert(t testing.TB, data []byte, ext, to string, more ...string) string {
	t.Helper()
	program, err := exec.LookPath("soffice")
	switch {
	case err != nil && os.Getenv("MINGJIAN_TEST_REQUIRE") == "1": //nolint:forbidigo // a skip of a test is not for the program's settings
		t.Fatal("no soffice; on Debian: apt-get install libreoffice-calc")
	case err != nil:
		t.Skip("no soffice: worksheets are not opened in an office program")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "table."+ext)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(dir, "converted")
	args := slices.Concat([]string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless"}, more,
		[]string{"--convert-to", to, "--outdir", into, file})
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput() //nolint:gosec // the program's own name
	if err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	kind, _, _ := strings.Cut(to, ":")
	converted := filepath.Join(into, "table."+kind)
	if _, err := os.Stat(converted); err != nil {
		t.Fatalf("soffice wrote nothing: %s", out)
	}
	return converted
}

// AsShown is an export filter that writes a CSV in UTF-8 with all texts quoted and every cell as it is shown.
const AsShown = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
