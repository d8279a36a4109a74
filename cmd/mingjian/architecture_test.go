package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module      = "github.com/mingjian-ledger/mingjian"
	maxFile     = 400 // lines
	maxFunction = 60  // lines between the braces
)

// room is a place in the tree and what its packages may import beside the
// standard library. Patterns are import paths, those of this module without
// its name; * stands for one element, a last ... for any rest, and own for the
// technology, aggregate or view itself (the first two elements of the
// importer). Of the patterns that match, the last decides; ! forbids.
type room struct {
	where string
	may   []string
}

// rooms is the package layout. The first room that matches a package is its
// room; a package without one has no business in the tree.
func rooms() []room {
	protobuf := []string{
		"google.golang.org/protobuf/...",
		"google.golang.org/genproto/googleapis/api/annotations",
		"google.golang.org/genproto/googleapis/api/httpbody",
		"github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-openapiv2/options",
		"buf.build/gen/go/bufbuild/protovalidate/...",
	}
	// Exported suites are for tests alone, hence may use what tests use.
	suites := []string{"github.com/google/go-cmp/...", "go.uber.org/goleak", "pgregory.net/rapid"}
	domain := []string{"domain", "domain/es", "domain/es/codec", "domain/uscc", "domain/calendar", "domain/rule", "domain/sortition", "domain/redaction", "domain/canonical", "domain/chain", "domain/profile"}
	view := []string{"domain", "domain/*", "domain/es/codec", "!domain/policy", "projections", "projections/document", "projections/history", "own/...", "proto/mingjian/view/v1", "google.golang.org/protobuf/..."}
	return []room{
		{where: "domain"},
		{where: "domain/es"},
		{where: "domain/es/estest", may: append(suites, "domain/es", "domain/es/*")},
		{where: "domain/es/estest/linear", may: []string{"domain/es", "github.com/anishathalye/porcupine"}},
		{where: "domain/es/*", may: []string{"domain/es", "domain/es/*"}},
		{where: "domain/uscc"},
		{where: "domain/calendar"},
		{where: "domain/rule", may: []string{"domain/calendar"}},
		{where: "domain/sortition"},
		{where: "domain/canonical"},
		{where: "domain/chain"},
		{where: "domain/redaction", may: []string{"domain", "domain/uscc"}},
		{where: "domain/profile", may: []string{"domain", "domain/calendar", "domain/canonical", "domain/uscc"}},
		{where: "domain/reporting", may: []string{"domain/calendar", "domain/canonical", "domain/chain"}},
		{where: "domain/fairness", may: []string{"domain/sortition"}},
		{where: "domain/policy/...", may: []string{"domain", "domain/*", "domain/es/codec", "own/..."}},
		{where: "domain/*/...", may: append(domain, "own/...")},
		{where: "projections", may: []string{"domain", "domain/es", "domain/es/codec"}},
		{where: "projections/projectionstest", may: slices.Concat(view, suites, []string{"domain/es/estest"})},
		{where: "projections/*/...", may: view},
		{where: "proto"},
		{where: "proto/mingjian/view/v1", may: protobuf},
		{where: "proto/mingjian/v1", may: append(protobuf, "proto/mingjian/view/v1", "google.golang.org/grpc/...", "github.com/grpc-ecosystem/grpc-gateway/v2/...")},
		{where: "adapters/*/...", may: []string{"...", "!adapters/...", "!cmd/...", "!deploy/...", "own/..."}},
		{where: "cmd/*/...", may: []string{"...", "!cmd/..."}},
		{where: "deploy/..."},
	}
}

// listed is what go list tells of one package, without its tests.
type listed struct {
	ImportPath, Dir  string
	GoFiles, Imports []string
}

func TestImportsFollowTheLayout(t *testing.T) {
	for _, pkg := range listModule(t) {
		for _, fault := range misplaced(pkg) {
			t.Error(fault)
		}
	}
}

func TestPackagesAreSmallAndDocumented(t *testing.T) {
	for _, pkg := range listModule(t) {
		sources := make(map[string][]byte, len(pkg.GoFiles))
		for _, name := range pkg.GoFiles {
			src, err := os.ReadFile(filepath.Join(pkg.Dir, name))
			if err != nil {
				t.Fatalf("read a file of %s: %v", pkg.ImportPath, err)
			}
			sources[name] = src
		}
		faults, err := unshapely(pkg.ImportPath, sources)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faults {
			t.Error(fault)
		}
	}
}

// listModule returns the packages of this module. It walks the tree as well,
// because go test must see the folders opened here to know, on the next run,
// that a result in its cache is out of date; what go list reads it can't see.
func listModule(t *testing.T) []listed {
	t.Helper()
	root := filepath.Join("..", "..")
	for _, top := range []string{"adapters", "cmd", "deploy", "domain", "projections", "proto"} {
		if err := fs.WalkDir(os.DirFS(root), top, func(string, fs.DirEntry, error) error { return nil }); err != nil {
			t.Fatalf("walk %s: %v", top, err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	cmd.Dir = root
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []listed
	for stream := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg listed
		switch err := stream.Decode(&pkg); {
		case errors.Is(err, io.EOF):
			return pkgs
		case err != nil:
			t.Fatalf("read go list: %v", err)
		}
		pkgs = append(pkgs, pkg)
	}
}

// misplaced names each import of pkg that its room does not allow.
func misplaced(pkg listed) []string {
	from := local(pkg.ImportPath)
	all := rooms()
	at := slices.IndexFunc(all, func(r room) bool { return matches(r.where, from) })
	if at < 0 {
		return []string{fmt.Sprintf("%s: the layout has no room for this package", from)}
	}
	var faults []string
	for _, imported := range pkg.Imports {
		if !standard(imported) && !allows(all[at].may, from, local(imported)) {
			faults = append(faults, fmt.Sprintf("%s may not import %s", from, local(imported)))
		}
	}
	return faults
}

func allows(may []string, from, imported string) bool {
	allowed := false
	for _, pattern := range may {
		name, denies := strings.CutPrefix(pattern, "!")
		if rest, own := strings.CutPrefix(name, "own/"); own {
			name = path.Join(append(firstTwo(from), rest)...)
		}
		if matches(name, imported) {
			allowed = !denies
		}
	}
	return allowed
}

func firstTwo(importPath string) []string {
	elements := strings.Split(importPath, "/")
	return slices.Clone(elements[:min(2, len(elements))])
}

// matches tells whether pattern covers an import path, see room.
func matches(pattern, importPath string) bool {
	if pattern == "..." {
		return true
	}
	head, open := strings.CutSuffix(pattern, "/...")
	if open {
		elements := strings.Split(importPath, "/")
		if depth := strings.Count(head, "/") + 1; len(elements) > depth {
			importPath = strings.Join(elements[:depth], "/")
		}
	}
	ok, err := path.Match(head, importPath)
	return err == nil && ok
}

// local strips the module's name; paths of other modules stay whole.
func local(importPath string) string {
	return strings.TrimPrefix(importPath, module+"/")
}

// standard tells the standard library by its first element, which has no dot.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}

// unshapely names what is too long or undocumented in the files of a package,
// given by base name. Generated files are left out, and so is a package of
// which nothing is written by hand.
func unshapely(importPath string, sources map[string][]byte) ([]string, error) {
	var faults []string
	handwritten, documented := false, false
	for name, src := range sources {
		at := path.Join(local(importPath), name)
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, at, src, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", at, err)
		}
		if ast.IsGenerated(file) {
			continue
		}
		handwritten = true
		documented = documented || name == "doc.go" && file.Doc != nil
		if lines := files.File(file.Pos()).LineCount(); lines > maxFile {
			faults = append(faults, fmt.Sprintf("%s has %d lines, over %d", at, lines, maxFile))
		}
		faults = append(faults, overlong(files, file)...)
	}
	if handwritten && !documented {
		faults = append(faults, local(importPath)+" has no doc.go with a package comment")
	}
	return faults, nil
}

func overlong(files *token.FileSet, file *ast.File) []string {
	var faults []string
	for _, decl := range file.Decls {
		function, ok := decl.(*ast.FuncDecl)
		if !ok || function.Body == nil {
			continue
		}
		first, last := files.Position(function.Pos()), files.Position(function.End())
		if lines := last.Line - first.Line - 1; lines > maxFunction {
			faults = append(faults, fmt.Sprintf("%s: function %s has %d lines, over %d", first, function.Name.Name, lines, maxFunction))
		}
	}
	return faults
}

func TestMisplacedTellsForbiddenImports(t *testing.T) {
	for _, c := range []struct {
		from, imported string
		allowed        bool
	}{
		{"domain", "time", true},
		{"domain", "domain/es", false},
		{"domain", "github.com/google/uuid", false},
		{"domain/es", "encoding/json", true},
		{"domain/es", "domain", false},
		{"domain/es/estest", "domain/es", true},
		{"domain/es/estest", "domain/plan", false},
		{"domain/es/estest", "pgregory.net/rapid", true},
		{"domain/es/estest", "modernc.org/sqlite", false},
		{"domain/es/codec", "pgregory.net/rapid", false},
		{"domain/uscc", "domain", false},
		{"domain/sortition", "crypto/sha256", true},
		{"domain/calendar", "domain/rule", false},
		{"domain/fairness", "domain/sortition", true},
		{"domain/fairness", "domain", false},
		{"domain/reporting", "domain/chain", true},
		{"domain/reporting", "domain/delivery", false},
		{"domain/plan", "domain/fairness", false},
		{"domain/plan", "domain", true},
		{"domain/plan", "domain/es/codec", true},
		{"domain/plan", "domain/es/estest", false},
		{"domain/plan", "domain/calendar", true},
		{"domain/plan", "domain/draw", false},
		{"domain/plan", "domain/policy", false},
		{"domain/plan", "domain/plan/internal/scope", true},
		{"domain/plan", "domain/planning", false},
		{"domain/plan", "projections", false},
		{"domain/plan", "google.golang.org/protobuf/proto", false},
		{"domain/policy", "domain/draw", true},
		{"domain/policy", "projections/plan", false},
		{"projections", "domain/es", true},
		{"projections", "domain/plan", false},
		{"projections", "database/sql", true},
		{"projections", "adapters/sqlite", false},
		{"projections/enterprise", "domain/penalty", true},
		{"projections/enterprise", "domain/policy", false},
		{"projections/enterprise", "projections", true},
		{"projections/enterprise", "projections/plan", false},
		{"projections/enterprise", "projections/document", true},
		{"projections/enterprise", "proto/mingjian/view/v1", true},
		{"projections/enterprise", "proto/mingjian/v1", false},
		{"projections/enterprise", "google.golang.org/grpc", false},
		{"projections/projectionstest", "domain/es/estest", true},
		{"projections/enterprise", "domain/es/estest", false},
		{"proto/mingjian/view/v1", "google.golang.org/protobuf/runtime/protoimpl", true},
		{"proto/mingjian/view/v1", "google.golang.org/grpc", false},
		{"proto/mingjian/view/v1", "proto/mingjian/v1", false},
		{"proto/mingjian/v1", "google.golang.org/grpc/codes", true},
		{"proto/mingjian/v1", "domain", false},
		{"adapters/sqlite", "modernc.org/sqlite", true},
		{"adapters/sqlite", "projections", true},
		{"adapters/sqlite", "adapters/sqlite/internal/batch", true},
		{"adapters/sqlite", "adapters/blob", false},
		{"adapters/sqlite/internal/batch", "adapters/blob", false},
		{"adapters/gateway", "cmd/mingjian", false},
		{"adapters/gateway", "deploy/demo", false},
		{"cmd/mingjian", "adapters/sqlite", true},
		{"cmd/mingjian", "deploy/demo", true},
		{"cmd/mingjian", "cmd/other", false},
		{"deploy/demo", "embed", true},
		{"deploy/demo", "domain", false},
		{"util", "strings", false},
		{"cmd", "strings", false},
	} {
		imported := c.imported
		if top := firstTwo(imported)[0]; slices.Contains([]string{"domain", "projections", "proto", "adapters", "cmd", "deploy"}, top) {
			imported = module + "/" + imported
		}
		faults := misplaced(listed{ImportPath: module + "/" + c.from, Imports: []string{imported}})
		if allowed := len(faults) == 0; allowed != c.allowed {
			t.Errorf("%s importing %s: allowed %v, want %v", c.from, c.imported, allowed, c.allowed)
		}
	}
}

func TestUnshapelyTellsLongAndUndocumented(t *testing.T) {
	const doc = "// Package x is for this test.\npackage x\n"
	body := func(lines int) string { return "package x\nfunc f() {\n" + strings.Repeat("_ = 0\n", lines) + "}\n" }
	for name, c := range map[string]struct {
		sources map[string]string
		want    string
	}{
		"small and documented":  {sources: map[string]string{"doc.go": doc, "f.go": body(maxFunction)}},
		"long function":         {sources: map[string]string{"doc.go": doc, "f.go": body(maxFunction + 1)}, want: "function f has 61 lines"},
		"longest file":          {sources: map[string]string{"doc.go": doc + strings.Repeat("//\n", maxFile-2)}},
		"long file":             {sources: map[string]string{"doc.go": doc + strings.Repeat("//\n", maxFile-1)}, want: "x/doc.go has 401 lines"},
		"no doc.go":             {sources: map[string]string{"f.go": doc}, want: "x has no doc.go"},
		"doc.go says nothing":   {sources: map[string]string{"doc.go": "package x\n"}, want: "x has no doc.go"},
		"generated, long":       {sources: map[string]string{"f.go": "// Code generated by f. DO NOT EDIT.\n\n" + body(maxFile)}},
		"generated beside hand": {sources: map[string]string{"g.go": "// Code generated by g. DO NOT EDIT.\n\n" + body(1), "f.go": body(1)}, want: "x has no doc.go"},
		"nothing but tests":     {},
	} {
		t.Run(name, func(t *testing.T) {
			sources := make(map[string][]byte, len(c.sources))
			for file, src := range c.sources {
				sources[file] = []byte(src)
			}
			faults, err := unshapely(module+"/x", sources)
			if err != nil {
				t.Fatal(err)
			}
			switch got := strings.Join(faults, "\n"); {
			case c.want == "" && got != "":
				t.Errorf("unexpected: %s", got)
			case !strings.Contains(got, c.want) || c.want != "" && len(faults) != 1:
				t.Errorf("got %q, want one fault with %q", got, c.want)
			}
		})
	}
}
