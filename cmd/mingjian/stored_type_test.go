package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestStoredTypesAreAskedOfTheirCodec keeps readers of the log from looking for events by a name of their own: it is one
// version's, and the events of all others would pass by them unseen. They ask codec.Table.Today.
func TestStoredTypesAreAskedOfTheirCodec(t *testing.T) {
	seen := 0
	for _, pkg := range listModule(t) {
		where := local(pkg.ImportPath)
		switch top := firstTwo(where)[0]; {
		case top != "domain" && top != "projections" && top != "adapters" && top != "cmd",
			strings.HasPrefix(where, "domain/es"), where == "projections/projectionstest": // suites, whose events have one version
			continue
		}
		for _, name := range pkg.GoFiles {
			src, err := os.ReadFile(filepath.Join(pkg.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			asked, faults, err := nameComparisons(path.Join(where, name), src)
			if err != nil {
				t.Fatal(err)
			}
			seen += asked
			for _, fault := range faults {
				t.Error(fault)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d comparisons with a name of today were found: the test looks past them", seen)
	}
}

var (
	typeName    = regexp.MustCompile(`^"mingjian\.[a-z_]+\.[a-z_]+\.v[0-9]+"$`)
	typeNameVar = regexp.MustCompile(`^type[A-Z]\w*V[0-9]+$`)
)

// nameComparisons counts the places of a file which compare an event's name with what a codec answers, and tells of those that
// compare it with anything else.
func nameComparisons(at string, src []byte) (asked int, faults []string, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, at, src, 0)
	if err != nil {
		return 0, nil, err
	}
	store := strings.HasPrefix(at, "adapters/") // stores number and look through the names that they keep
	check := func(subject ast.Expr, names ...ast.Expr) {
		switch {
		case !slices.ContainsFunc(names, namesType):
		case calls(subject, "Today"), calls(subject, "EventType"):
			asked++
		default:
			faults = append(faults, fmt.Sprintf("%s: a stored type is compared with a name; ask the codec for today's", files.Position(subject.Pos())))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			switch {
			case n.Op != token.EQL && n.Op != token.NEQ:
			case namesType(n.Y):
				check(n.X, n.Y)
			default:
				check(n.Y, n.X)
			}
		case *ast.SwitchStmt:
			for _, clause := range n.Body.List {
				if n.Tag != nil {
					check(n.Tag, clause.(*ast.CaseClause).List...)
				}
			}
		case *ast.IndexExpr:
			if storedType(n.Index) && !store {
				faults = append(faults, fmt.Sprintf("%s: a stored type is looked up; look up the codec's name of today", files.Position(n.Pos())))
			}
		case *ast.CallExpr:
			if from, ok := n.Fun.(*ast.SelectorExpr); ok && slices.ContainsFunc(n.Args, storedType) && !store {
				if pkg, ok := from.X.(*ast.Ident); ok && (pkg.Name == "slices" || pkg.Name == "strings") {
					faults = append(faults, fmt.Sprintf("%s: a stored type is searched for; ask the codec", files.Position(n.Pos())))
				}
			}
		}
		return true
	})
	return asked, faults, nil
}

// namesType tells an expression that is the stored name of one version of an event.
func namesType(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return namesType(e.X)
	case *ast.BasicLit:
		return typeName.MatchString(e.Value)
	case *ast.Ident:
		return typeNameVar.MatchString(e.Name)
	}
	return calls(e, "EventType")
}

func calls(e ast.Expr, method string) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	from, ok := call.Fun.(*ast.SelectorExpr)
	return ok && from.Sel.Name == method
}

// storedType tells the type of a record.
func storedType(e ast.Expr) bool {
	of, ok := e.(*ast.SelectorExpr)
	if !ok || of.Sel.Name != "Type" {
		return false
	}
	inner, nested := of.X.(*ast.SelectorExpr)
	name, plain := of.X.(*ast.Ident)
	return nested && inner.Sel.Name == "rec" || plain && slices.Contains([]string{"r", "rec", "record", "e", "ev", "event"}, name.Name)
}

func TestNameComparisonsTellsThem(t *testing.T) {
	for body, want := range map[string]int{
		`rec.Type == (roster.Moved{}).EventType()`:                     1,
		`(roster.Moved{}).EventType() != rec.Type`:                     1,
		`rec.Type == typeMovedV1`:                                      1,
		`rec.Type == "mingjian.roster.moved.v1"`:                       1,
		`told[c.rec.Type]`:                                             1,
		`slices.Contains(names, rec.Type)`:                             1,
		`strings.HasPrefix(rec.Type, "mingjian.roster.")`:              1,
		`roster.Codec().Today(rec.Type) == roster.Moved{}.EventType()`: 0,
		`told[roster.Codec().Today(rec.Type)]`:                         0,
		`event.EventType() == typeMovedV1`:                             0,
		`roster.Codec().Knows(rec.Type)`:                               0,
		`rec.Type == other.Type`:                                       0,
		`v.Type == "mingjian"`:                                         0,
	} {
		_, faults, err := nameComparisons("x.go", []byte("package x\nvar _ = ("+body+")\n"))
		if err != nil || len(faults) != want {
			t.Errorf("%s: %v, %v", body, faults, err)
		}
	}
	for tag, want := range map[string]int{"rec.Type": 1, "typ": 1, "Codec().Today(rec.Type)": 0, "event.EventType()": 0} {
		src := "package x\nfunc f() { switch " + tag + " {\ncase \"\":\ncase typeLostV1, Moved{}.EventType():\n} }\n"
		if _, faults, err := nameComparisons("x.go", []byte(src)); err != nil || len(faults) != want {
			t.Errorf("switch %s: %v, %v", tag, faults, err)
		}
	}
}
