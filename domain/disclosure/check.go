package disclosure

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/canonical"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

const (
	maxLine  = 1000  // characters of a one-line text
	maxProse = 20000 // characters of a prose text; MaxDocument bounds them together
)

// check refuses a document that isn't fit for the public; all faults come at once.
func (d Document) check() error {
	faults := []*domain.Fault{
		d.checkBody(),
		domain.Blank("disclosure", "document.record_id", d.RecordID),
		domain.Blank("disclosure", "document.authority.id", string(d.Authority.ID)),
		domain.Blank("disclosure", "document.authority.name", d.Authority.Name),
		domain.Blank("disclosure", "document.title", d.Title),
		domain.Blank("disclosure", "document.date", d.Date.String()),
	}
	if len(d.Subjects) == 0 {
		faults = append(faults, domain.Blank("disclosure", "document.subjects", ""))
	}
	for i, s := range d.Subjects {
		if strings.TrimSpace(s.Name) == "" {
			faults = append(faults, domain.Refuse(domain.Invalid, "disclosure.subject.nameless", fmt.Sprintf("document.subjects[%d].name", i),
				"当事人名称不得为空", "a subject without a name can't be disclosed"))
		}
	}
	faults = append(faults, checkTexts("document", "", reflect.ValueOf(d))...)
	return domain.Require(faults...)
}

func (d Document) checkBody() *domain.Fault {
	bodies := map[Kind]bool{Inspection: d.Inspection != nil, Penalty: d.Penalty != nil, Licence: d.Licence != nil, Listing: d.Listing != nil}
	n := 0
	for _, there := range bodies {
		if there {
			n++
		}
	}
	switch {
	case d.Schema != Schema:
		return domain.Refuse(domain.Invalid, "disclosure.document.schema", "document.schema",
			"公示文稿格式应为 "+Schema, "the schema of a document is "+Schema)
	case n != 1 || !bodies[d.Kind]:
		return domain.Refuse(domain.Invalid, "disclosure.document.body", "document.kind",
			"公示文稿应有且仅有与类别一致的正文", "a document has one body, that of its kind")
	}
	return nil
}

// checkTexts looks at every text below v, so that no field added later goes unchecked. Amounts are looked at too: canonical
// JSON can't hold numbers beyond 2^53.
func checkTexts(field, mark string, v reflect.Value) []*domain.Fault {
	switch v.Kind() {
	case reflect.String:
		// Names and numbers of one line may be as long as a bank account; prose holds nothing that a hard rule hides.
		f, personal := domain.Text("disclosure", field, v.String(), maxLine), uscc.HoldsResidentID
		if mark == "prose" {
			f, personal = domain.Prose("disclosure", field, v.String(), maxProse), redaction.Hard
		}
		if f == nil && personal(v.String()) {
			f = domain.Refuse(domain.Invalid, "disclosure.personal_data", field,
				field+"：不得公示自然人的身份证件号码、银行账号、移动电话（《市场监督管理行政处罚信息公示规定》第六条）",
				field+" holds a natural person's identity, bank or phone number, which may not be made public (Order 45 art. 6)")
		}
		return []*domain.Fault{f}
	case reflect.Int64:
		if n := v.Int(); n < 0 || n > canonical.MaxInteger {
			return []*domain.Fault{domain.Refuse(domain.Invalid, "disclosure.document.amount", field,
				"金额应在0至2^53分之间", "an amount lies between 0 and 2^53 分")}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return checkTexts(field, mark, v.Elem())
		}
	case reflect.Slice:
		var faults []*domain.Fault
		for i := range v.Len() {
			faults = append(faults, checkTexts(fmt.Sprintf("%s[%d]", field, i), mark, v.Index(i))...)
		}
		return faults
	case reflect.Struct:
		var faults []*domain.Fault
		for i := range v.NumField() {
			t := v.Type().Field(i)
			if !t.IsExported() {
				continue // a date: valid by its making
			}
			name, _, _ := strings.Cut(t.Tag.Get("json"), ",")
			if t.Anonymous {
				faults = append(faults, checkTexts(field, "", v.Field(i))...) // its members stand beside the others
				continue
			}
			faults = append(faults, checkTexts(field+"."+name, t.Tag.Get("text"), v.Field(i))...)
		}
		return faults
	default: // truth values hold no text
	}
	return nil
}
