package sheet

import (
	"slices"
	"strings"
)

// Kind is what a file is imported as.
type Kind string

// The kinds of import.
const (
	Subjects    Kind = "subjects"    // 检查对象名录库
	Classes     Kind = "classes"     // 信用风险分类结果
	Profiles    Kind = "profiles"    // 行业属性
	Inspectors  Kind = "inspectors"  // 执法检查人员名录库
	Inspections Kind = "inspections" // 抽查检查结果
	Licences    Kind = "licences"    // 行政许可
	Penalties   Kind = "penalties"   // 行政处罚
)

// fieldType decides how the text of a cell becomes a value.
type fieldType int

const (
	typeText  fieldType = iota + 1 // wording on one line, left as written but for invisible characters
	typeProse                      // wording of several lines
	typeCode                       // codes, numbers of documents, words of a code list: folded to half width
	typeDate                       // civil date, canonical 2006-01-02
	typeMonth                      // civil month, canonical 2006-01
	typeMoney                      // whole 分
	typeInt
	typeBool
	typeList // codes or words
)

// schema is what one kind of import can fill. A row needs one of the alternatives in key, each a set of fields.
type schema struct {
	fields map[string]fieldType
	key    [][]string
}

// keysOf are the sets of fields by which a row of the kind can be named, the best first.
func keysOf(k Kind) [][]string {
	switch k {
	case Subjects:
		return [][]string{{"code"}, {"reg_no"}, {"ext"}}
	case Classes: // a file may hold several months
		return [][]string{{"code", "risk_month"}, {"code"}, {"reg_no", "risk_month"}, {"reg_no"}, {"ext", "risk_month"}, {"ext"}}
	case Profiles:
		return [][]string{
			{"code", "line", "profile_month"}, {"code", "line"}, {"reg_no", "line", "profile_month"}, {"reg_no", "line"},
			{"ext", "line", "profile_month"}, {"ext", "line"},
		}
	case Inspectors:
		return [][]string{{"id"}}
	case Inspections:
		return [][]string{{"record_no"}}
	case Licences:
		return [][]string{{"record_no"}, {"licence_no", "decided_on"}, {"licence_no", "valid_from"}}
	case Penalties:
		return [][]string{{"decision_no", "party_name", "authority", "decided_on"}}
	}
	return nil
}

func schemaOf(k Kind) (schema, bool) {
	switch k {
	case Subjects:
		return subjectSchema(), true
	case Classes:
		return classSchema(), true
	case Profiles:
		return profileSchema(), true
	case Inspectors:
		return inspectorSchema(), true
	case Inspections:
		return inspectionSchema(), true
	case Licences:
		return licenceSchema(), true
	case Penalties:
		return penaltySchema(), true
	}
	return schema{}, false
}

func subjectSchema() schema {
	return schema{
		key: keysOf(Subjects),
		fields: map[string]fieldType{
			"code": typeCode, "reg_no": typeCode, "ext": typeCode, "name": typeText, "kind": typeCode, "status": typeCode,
			"district": typeCode, "registration_district": typeCode, "registered_on": typeDate, "address": typeText,
			"scope": typeText, "industry": typeText, "entity_type": typeText, "capital": typeText, "risk_class": typeCode,
			"risk_source": typeText, "risk_month": typeMonth, "registration_authority": typeText, "legal_representative": typeText,
		},
	}
}

func classSchema() schema {
	return schema{
		key: keysOf(Classes),
		fields: map[string]fieldType{
			"code": typeCode, "reg_no": typeCode, "ext": typeCode, "risk_class": typeCode, "risk_source": typeText, "risk_month": typeMonth,
		},
	}
}

func profileSchema() schema {
	return schema{
		key: keysOf(Profiles),
		fields: map[string]fieldType{
			"code": typeCode, "reg_no": typeCode, "ext": typeCode, "line": typeText, "line_class": typeCode, "key_unit": typeBool,
			"licences": typeList, "profile_source": typeText, "profile_month": typeMonth,
		},
	}
}

func inspectorSchema() schema {
	return schema{
		key: keysOf(Inspectors),
		fields: map[string]fieldType{
			"id": typeCode, "name": typeText, "department": typeText, "licence_no": typeCode, "licence_valid_until": typeDate,
			"lines": typeList, "districts": typeList, "group": typeCode, "expert": typeBool,
		},
	}
}

func inspectionSchema() schema {
	return schema{
		key: keysOf(Inspections),
		fields: map[string]fieldType{
			"record_no": typeCode, "subject_code": typeCode, "subject_ref": typeCode, "subject_name": typeText,
			"completed_on": typeDate, "item": typeText, "manner": typeText, "outcome": typeCode, "risk": typeCode,
			"inspector_ref": typeCode, "findings": typeInt, "findings_critical": typeInt, "findings_serious": typeInt,
			"findings_minor": typeInt, "address": typeText, "remarks": typeText, "authority": typeText, "authority_code": typeCode,
		},
	}
}

func licenceSchema() schema {
	return schema{
		key: keysOf(Licences),
		fields: map[string]fieldType{
			"register": typeCode, "licence_no": typeCode, "record_no": typeCode, "subject_code": typeCode, "subject_ref": typeCode,
			"subject_name": typeText, "category": typeText, "title": typeText, "action": typeCode, "status": typeCode,
			"valid_from": typeDate, "valid_to": typeDate, "decided_on": typeDate, "authority": typeText,
			"authority_code": typeCode, "content": typeProse,
		},
	}
}

func penaltySchema() schema {
	return schema{
		key: keysOf(Penalties),
		fields: map[string]fieldType{
			"decision_no": typeCode, "party_name": typeText, "party_code": typeCode, "authority": typeText,
			"authority_code": typeCode, "decided_on": typeDate, "content": typeProse, "facts": typeProse, "basis": typeProse,
			"violation": typeText, "kinds": typeList, "fine_fen": typeMoney, "confiscated_fen": typeMoney,
		},
	}
}

// wording tells types that hold free text.
func (t fieldType) wording() bool { return t == typeText || t == typeProse }

func (s schema) names() string {
	names := make([]string, 0, len(s.fields))
	for n := range s.fields {
		names = append(names, n)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
