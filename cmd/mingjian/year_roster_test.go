package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// yearFirm is a firm of the register as the test knows it.
type yearFirm struct {
	id, kind, district, status string
	class                      string // empty: not classified yet
	checked                    string // day of the last concluded inspection
}

// yearInspector is one of the forty as the test knows them. They do not exist.
type yearInspector struct {
	id, department, authority, until string
	lines, districts                 []string
	suspended                        bool
	conflicts                        map[string]bool // by firm
}

// Business lines of the year.
const (
	registrationLine = "登记事项"
	safetyLine       = "安全生产联合检查"
)

// readFirms reads the register by the test's own means.
func readFirms(t *testing.T) map[string]*yearFirm {
	t.Helper()
	f, err := os.Open(sharedFile(t, "enterprises/xizang-2019.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it is read below
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	districts := map[string]string{
		"拉萨": "540100", "日喀则": "540200", "昌都": "540300", "林芝": "540400", "山南": "540500", "那曲": "540600", "阿里": "542500",
	}
	firms := map[string]*yearFirm{}
	for _, row := range rows[1:] {
		firm := &yearFirm{id: row[1], kind: "enterprise", district: districts[row[7]], status: "active"}
		if row[1][:2] == "93" {
			firm.kind = "cooperative"
		}
		firms[firm.id] = firm
	}
	if len(firms) != 2207 {
		t.Fatalf("the register has %d firms", len(firms))
	}
	return firms
}

// byID are the firms in the order of their ids.
func (y *year) byID() []*yearFirm {
	var out []*yearFirm
	for _, id := range slices.Sorted(maps.Keys(y.firms)) {
		out = append(out, y.firms[id])
	}
	return out
}

// yearInspectors are 28 of the bureau and 12 of the fire service. A quarter of the licences ends during the year; every third
// inspector works in one or two districts only, and some have one line only.
func yearInspectors() []*yearInspector {
	var out []*yearInspector
	cities := []string{"540100", "540200", "540300", "540400", "540500", "540600", "542500"}
	ends := []string{"2023-03-20", "2023-06-30", "2023-09-15", "2023-11-10"}
	for n := range 40 {
		i := &yearInspector{
			id: fmt.Sprintf("XZ-SCJG-%03d", n+1), department: yearCredit, authority: yearBureau, until: fmt.Sprintf("202%d-12-31", 4+n%4),
			lines: []string{registrationLine, safetyLine}, districts: []string{"540000"}, conflicts: map[string]bool{},
		}
		if n >= 28 {
			i.id, i.department, i.authority, i.lines = fmt.Sprintf("XZ-XFJY-%03d", n-27), yearPrevention, yearFire, []string{safetyLine}
		}
		if n%4 == 3 {
			i.until = ends[n/4%4]
		}
		switch n % 3 {
		case 1:
			i.districts = []string{cities[n/3%7], "540100"}
		case 2:
			if n%2 == 0 {
				i.districts = []string{cities[n/3%7]}
			}
		}
		switch {
		case n >= 28 && n%10 == 0:
			i.lines = []string{"消防产品"}
		case n%9 == 8:
			i.lines = i.lines[:1]
		}
		slices.Sort(i.districts)
		i.districts = slices.Compact(i.districts)
		out = append(out, i)
	}
	return out
}

func (y *year) fillRosters() {
	for _, a := range []*mingjianv1.RegisterAuthorityRequest{
		{Id: yearBureau, Name: "虚构自治区市场监督管理局", Code: "11540900MB9X00015L", District: "540000", Level: "province", Departments: []string{yearCredit, "驻局纪检监察组"}},
		{Id: yearFire, Name: "虚构自治区消防救援总队", Code: "11540900MB9X00023F", District: "540000", Level: "province", Departments: []string{yearPrevention}},
	} {
		y.post(y.admin, "/v1/authorities", a, &mingjianv1.RegisterAuthorityResponse{})
	}
	code, out, errs := command(y.T, "import", "subjects", "--server", y.planner.client.base, "--token", y.clerk.token,
		"--mapping", filepath.Join(root, "deploy", "demo", "mappings", "enterprises.yaml"), sharedFile(y.T, "enterprises/xizang-2019.csv"))
	if want := "2207 rows read: 2207 accepted, 0 duplicate, 0 refused"; code != exitOK || !strings.Contains(out, want) {
		y.Fatalf("the import ended with %d, %s\n%s", code, out, errs)
	}
	y.enrol()
	y.classify()
	y.declareConflicts()
}

func (y *year) enrol() {
	for _, by := range []struct {
		who       *person
		authority string
	}{{y.planner, yearBureau}, {y.firePlanner, yearFire}} {
		req, resp := &mingjianv1.EnrolInspectorsRequest{}, &mingjianv1.EnrolInspectorsResponse{}
		for _, i := range yearInspectors() {
			if i.authority != by.authority {
				continue
			}
			y.officers[i.id] = i
			req.Rows = append(req.Rows, &mingjianv1.InspectorRow{
				Id: i.id, Name: "检查员" + i.id[len(i.id)-3:], Department: i.department, LicenceNo: "Z" + i.id, LicenceValidUntil: i.until,
				Lines: i.lines, Districts: i.districts,
			})
		}
		y.post(by.who, "/v1/inspectors:enrol", req, resp)
		y.taken(resp.GetResults())
	}
}

// taken fails unless every row was.
func (y *year) taken(results []*mingjianv1.RowResult) {
	y.Helper()
	if err := allTaken("rows", results); err != nil {
		y.Fatal(err)
	}
}

// firstClass is the rule of the year's first classification: by a digest of the code, 55 of 100 firms are A, 28 B, 12 C and 5 D;
// one in forty is not classified yet.
func firstClass(id string) string {
	switch n := lot(100, "class", id); {
	case lot(40, "unclassified", id) == 0:
		return ""
	case n < 55:
		return "A"
	case n < 83:
		return "B"
	case n < 95:
		return "C"
	}
	return "D"
}

func (y *year) classify() {
	for _, f := range y.firms {
		f.class = firstClass(f.id)
	}
	y.reclassify("2023-01", func(f *yearFirm) bool { return f.class != "" })
}

// reclassify sends the classes of some firms for a month (信用风险分类).
func (y *year) reclassify(month string, some func(*yearFirm) bool) {
	y.Helper()
	rows := []*mingjianv1.ClassRow{}
	for _, f := range y.byID() {
		if some(f) {
			rows = append(rows, &mingjianv1.ClassRow{SubjectId: f.id, RiskClass: f.class})
		}
	}
	for part := range slices.Chunk(rows, 500) {
		resp := &mingjianv1.ReclassifySubjectsResponse{}
		y.post(y.planner, "/v1/subjects:reclassify", &mingjianv1.ReclassifySubjectsRequest{Source: "信用风险分类系统", Month: month, Rows: part}, resp)
		y.taken(resp.GetResults())
	}
}

// newClasses is the month's classification: one firm in thirty-five goes one class up or down, and the unclassified of January
// are classified in March. In July all are sent anew, as the national system does each month; else only who changed.
func (y *year) newClasses(month string) {
	y.Helper()
	changed := map[string]bool{}
	for _, f := range y.firms {
		at := slices.Index([]string{"A", "B", "C", "D"}, f.class)
		switch {
		case f.class == "" && month == "2023-03":
			f.class = "B"
		case f.class == "" || lot(35, month, f.id) != 0:
			continue
		case at == 0 || at < 3 && lot(2, "up", month, f.id) == 0:
			f.class = string(f.class[0] + 1)
		default:
			f.class = string(f.class[0] - 1)
		}
		changed[f.id] = true
	}
	y.reclassify(month, func(f *yearFirm) bool { return changed[f.id] || month == "2023-07" && f.class != "" })
}

// declareConflicts has each inspector declare an interest in four firms of the class that is drawn most.
func (y *year) declareConflicts() {
	risky := slices.DeleteFunc(y.byID(), func(f *yearFirm) bool { return f.class != "D" })
	officers := slices.Collect(maps.Values(y.officers))
	together(y, officers, func(ctx context.Context, i *yearInspector) error {
		for n := range uint32(4) {
			firm := risky[lot(uint32(len(risky)), "conflict", i.id, fmt.Sprint(n))].id
			i.conflicts[firm] = true
			req := &mingjianv1.DeclareConflictRequest{InspectorId: i.id, SubjectId: firm, Ground: "kinship"}
			if err := y.staff.inspectors[i.id].post(ctx, "/v1/inspectors/"+i.id+":declareConflict", req, &mingjianv1.DeclareConflictResponse{}); err != nil {
				return err
			}
		}
		return nil
	})
}
