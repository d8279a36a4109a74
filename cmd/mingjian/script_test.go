package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

// TestScripts runs what a user would type. Beside the commands of testscript there are those of scriptCommands.
func TestScripts(t *testing.T) {
	t.Parallel()
	nats := natstest.New(t, natstest.Options{User: "ledger", Password: "geheim"})
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Cmds: scriptCommands(), RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NATS", "nats://ledger:geheim@"+nats.Addr())
			e.Setenv("NATSADDR", nats.Addr())
			return setUp(e)
		},
	})
}

// TestServerScripts are those for which $POSTGRES is the URL of an empty database.
func TestServerScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/server", Cmds: scriptCommands(), RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("POSTGRES", postgrestest.New(t))
			return setUp(e)
		},
	})
}

func setUp(e *testscript.Env) error {
	e.Values[serverKey{}], e.Values[serverKey{"2"}] = &serverHolder{}, &serverHolder{}
	e.Setenv("LONG", strings.Repeat("k", 64))
	return nil
}

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

func scriptCommands() map[string]scriptCommand {
	plain := map[string]func(ts *testscript.TestScript, args []string){
		"exits":   exits,
		"serve":   startServer,
		"halt":    stopServer,
		"http":    request,
		"capture": capture,
		"sql":     runSQL,
		"damage":  damage,
		"large":   large,
		"copy":    copyFolder,
		"edit":    edit,
		"refused": refusedRestore,
		"encode":  encode,
		"grpc":    callGRPC,
		"feeds":   feeds,
	}
	out := map[string]scriptCommand{}
	for name, do := range plain {
		out[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s has no opposite", name)
			}
			do(ts, args)
		}
	}
	return out
}

func need(ts *testscript.TestScript, ok bool, usage string) {
	if !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

// exits CODE PROGRAM ARG... runs a program that must end with that code.
func exits(ts *testscript.TestScript, args []string) {
	need(ts, len(args) >= 2, "exits CODE PROGRAM ARG...")
	err, code := ts.Exec(args[1], args[2:]...), 0
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("ended with %d, not %s", code, args[0])
	}
}

// http [-status N] [-H NAME:VALUE]... [-d BODY|@FILE] METHOD URL makes a request; its standard output is the status, the
// headers by name, a blank line and the body. The status must be 200 if no other is given; * in BODY stands for nothing.
func request(ts *testscript.TestScript, args []string) {
	status, body, header := "200", "", http.Header{}
	for len(args) >= 2 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-status":
			status = args[1]
		case "-H":
			name, value, _ := strings.Cut(args[1], ":")
			header.Add(name, strings.TrimSpace(value))
		case "-d":
			body = args[1]
			if file, ok := strings.CutPrefix(body, "@"); ok {
				body = ts.ReadFile(file)
			}
		default:
			ts.Fatalf("unknown flag %s", args[0])
		}
		args = args[2:]
	}
	need(ts, len(args) == 2, "http [-status N] [-H NAME:VALUE]... [-d BODY|@FILE] METHOD URL")
	req, err := http.NewRequest(args[0], args[1], strings.NewReader(body)) //nolint:noctx // a script has no context; the test's deadline ends it
	ts.Check(err)
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	answer, err := io.ReadAll(resp.Body)
	ts.Check(errors.Join(err, resp.Body.Close()))
	out := ts.Stdout()
	fmt.Fprintln(out, resp.Status)
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		for _, value := range resp.Header[name] {
			fmt.Fprintf(out, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(out, "\n%s", answer)
	if got := strconv.Itoa(resp.StatusCode); got != status {
		ts.Fatalf("answered %s, not %s:\n%s", got, status, answer)
	}
}

// capture NAME PATTERN sets a variable to the pattern's group, or all of its match, in the last standard output.
func capture(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 2, "capture NAME PATTERN")
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("no match for %s", args[1])
	}
	ts.Setenv(args[0], found[len(found)-1])
}

// viewTable is a name in braces in a statement; in a file of views a table has the number of its set before its name.
var viewTable = regexp.MustCompile(`\{(\w+)\}`)

// sql FILE STATEMENT runs SQL on a database that no process has open; its standard output is the first column.
func runSQL(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 2, "sql FILE STATEMENT")
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	statement := viewTable.ReplaceAllStringFunc(args[1], func(name string) (stored string) {
		find := `SELECT name FROM sqlite_schema WHERE name GLOB 'v[0-9]*_' || ? AND ltrim(substr(name, 2), '0123456789') = '_' || ?`
		name = strings.Trim(name, "{}")
		ts.Check(db.QueryRow(find, name, name).Scan(&stored)) //nolint:noctx // as above
		return stored
	})
	rows, err := db.Query(statement) //nolint:noctx // as above
	ts.Check(err)
	defer func() { ts.Check(errors.Join(rows.Close(), db.Close())) }()
	for rows.Next() {
		var value string
		ts.Check(rows.Scan(&value))
		fmt.Fprintln(ts.Stdout(), value)
	}
	ts.Check(rows.Err())
}

// damage FILE TEXT flips a bit of the text wherever it stands in a file: parts of a database file are what it once held.
func damage(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 2, "damage FILE TEXT")
	path := ts.MkAbs(args[0])
	content, other := []byte(ts.ReadFile(args[0])), []byte(args[1])
	other[0] ^= 1
	if !bytes.Contains(content, []byte(args[1])) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	content = bytes.ReplaceAll(content, []byte(args[1]), other)
	ts.Check(errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, content, 0o600)))
}

// encode gb18030|bom|xlsx FROM TO writes a UTF-8 CSV file in another form.
func encode(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 3, "encode gb18030|bom|xlsx FROM TO")
	text, to := ts.ReadFile(args[1]), ts.MkAbs(args[2])
	switch args[0] {
	case "gb18030":
		encoded, err := simplifiedchinese.GB18030.NewEncoder().String(text)
		ts.Check(err)
		ts.Check(os.WriteFile(to, []byte(encoded), 0o600))
	case "bom":
		ts.Check(os.WriteFile(to, []byte("\ufeff"+text), 0o600))
	case "xlsx":
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		ts.Check(err)
		book := excelize.NewFile()
		for i, row := range rows {
			ts.Check(book.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row))
		}
		ts.Check(errors.Join(book.SaveAs(to), book.Close()))
	default:
		ts.Fatalf("unknown form %s", args[0])
	}
}

// large BYTES FILE writes a JSON document of that many bytes.
func large(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 2, "large BYTES FILE")
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(`{"subject":{"name":"`+strings.Repeat("x", n-24)+`"}}`), 0o600))
}

// copy FROM TO makes a folder anew as a copy of another.
func copyFolder(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 2, "copy FROM TO")
	ts.Check(errors.Join(os.RemoveAll(ts.MkAbs(args[1])), os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0])))))
}

// edit FILE PATTERN REPLACEMENT changes the first match in a file.
func edit(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 3, "edit FILE PATTERN REPLACEMENT")
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	at := pattern.FindStringSubmatchIndex(text)
	if at == nil {
		ts.Fatalf("no match for %s in %s", args[1], args[0])
	}
	changed := text[:at[0]] + string(pattern.ExpandString(nil, args[2], text, at)) + text[at[1]:]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(changed), 0o600))
}

// refused TEXT restores the folder bad, which must end with exitRefuted, say the text and leave no trace of a directory.
func refusedRestore(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 1, "refused TEXT")
	exits(ts, []string{strconv.Itoa(exitRefuted), "mingjian", "restore", "bad", "--data", "new"})
	if said := ts.ReadFile("stderr"); !strings.Contains(said, args[0]) {
		ts.Fatalf("%q is not what it says", args[0])
	}
	there, err := os.ReadDir(ts.MkAbs("."))
	ts.Check(err)
	for _, f := range there {
		if strings.Contains(f.Name(), "new") {
			ts.Fatalf("left behind: %s", f.Name())
		}
	}
}

// feeds JSON holds that the feed that was asked for last begins with this item, whatever the order of its fields.
func feeds(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 1, "feeds JSON")
	_, body, _ := strings.Cut(ts.ReadFile("stdout"), "\n\n")
	var feed struct{ Releases []map[string]any }
	ts.Check(json.Unmarshal([]byte(body), &feed))
	var item map[string]any
	ts.Check(json.Unmarshal([]byte(args[0]), &item))
	if len(feed.Releases) == 0 || !reflect.DeepEqual(item, feed.Releases[0]) {
		ts.Fatalf("the feed begins with %v, not with %v", feed.Releases, item)
	}
}
