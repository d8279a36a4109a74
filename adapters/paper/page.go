package paper

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

//go:embed *.html
var files embed.FS

// Pages renders papers.
type Pages struct{ all *template.Template }

// New reads the templates.
func New() (Pages, error) {
	all, err := template.New("").Funcs(template.FuncMap{
		"day": day, "clock": clock, "manner": manner, "join": join, "blanks": blanks, "add": func(a, b int) int { return a + b },
	}).ParseFS(files, "*.html")
	if err != nil {
		return Pages{}, fmt.Errorf("paper: %w", err)
	}
	return Pages{all: all}, nil
}

// Notice renders the notice of the paper, or a form if there is none.
func (p Pages) Notice(w io.Writer, of *viewv1.InspectionPaper) error {
	return p.render(w, "notice.html", notice{InspectionPaper: of})
}

// Sheet renders the records of the paper's departments, each from a page of its own.
func (p Pages) Sheet(w io.Writer, of *viewv1.InspectionPaper) error {
	var all []sheet
	for _, name := range of.GetDepartments() {
		all = append(all, sheetOf(of, name))
	}
	return p.render(w, "sheet.html", all)
}

func (p Pages) render(w io.Writer, name string, data any) error {
	if err := p.all.ExecuteTemplate(w, name, data); err != nil {
		return fmt.Errorf("paper: %s: %w", name, err)
	}
	return nil
}

// day writes a date of the form yyyy-mm-dd as people do; room for one if there is none.
func day(text string) string {
	d, err := calendar.Parse(text)
	if err != nil {
		return "　　　　年　　月　　日"
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
}

// clock writes an instant as the clocks in China show it.
func clock(text string) string {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return "　　年　　月　　日　　时　　分"
	}
	at = at.In(time.FixedZone("CST", 8*60*60))
	return fmt.Sprintf("%d年%d月%d日%d时%02d分", at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute())
}

func manner(code string) string {
	switch inspection.Manner(code) {
	case inspection.Written:
		return "书面检查"
	case inspection.OnSite:
		return "实地核查"
	case inspection.Network:
		return "网络监测"
	case inspection.Entrusted:
		return "委托专业机构"
	}
	return "□书面检查　□实地核查　□网络监测　□委托专业机构"
}

func join(list []string) string { return strings.Join(list, "；") }

// blanks are n rows to write in.
func blanks(n int) []int { return make([]int, max(n, 0)) }

// authority is the name of one that takes part, its id if it is not registered.
func authority(p *viewv1.InspectionPaper, id string) string {
	for _, a := range p.GetAuthorities() {
		if a.GetId() == id {
			return cmp.Or(a.GetName(), id)
		}
	}
	return id
}

// certificates are those of assigned inspectors as the roster has them now.
func certificates(p *viewv1.InspectionPaper, ids []string) []*viewv1.InspectionCertificate {
	var out []*viewv1.InspectionCertificate
	for _, id := range ids {
		c := &viewv1.InspectionCertificate{InspectorId: id, Name: id}
		for _, who := range p.GetInspectors() {
			if who.GetId() == id {
				c.Name, c.No, c.ValidUntil = who.GetName(), who.GetLicenceNo(), who.GetLicenceValidUntil()
			}
		}
		out = append(out, c)
	}
	return out
}

func department(p *viewv1.InspectionPaper, name string) *viewv1.InspectionDepartment {
	for _, d := range p.GetInspection().GetDepartments() {
		if d.GetName() == name {
			return d
		}
	}
	return nil
}

// office is the department of an inspector, with its authority.
func office(p *viewv1.InspectionPaper, inspector string) string {
	for _, d := range p.GetInspection().GetDepartments() {
		if slices.Contains(d.GetInspectors(), inspector) {
			return authority(p, d.GetAuthorityId()) + d.GetName()
		}
	}
	return ""
}
