package domain

import "strings"

// AuthorityID is the natural key of an authority (执法机关): its 统一社会信用代码, or another registered short code.
type AuthorityID string

// SubjectID is the natural key of an inspected subject (检查对象): an 18-character 统一社会信用代码 as it stands; "reg:" and a
// 工商注册号; or "ext:", a register's name, ":" and its number there. It is never a placeholder code and never a person's id number.
type SubjectID string

// InspectorID is the roster id of an inspector (执法检查人员), unique within the instance; not a personal id number.
type InspectorID string

// ParseAuthorityID refuses what is not 2 to 32 letters, digits, dots or hyphens.
func ParseAuthorityID(s string) (AuthorityID, error) {
	if !plain(s, 2, 32, ".-") {
		return "", Refuse(Invalid, "authority_id.form", "authority_id", "机关代码应为2至32位字母、数字、点或连字符",
			"an authority id has 2 to 32 letters, digits, dots or hyphens")
	}
	return AuthorityID(s), nil
}

// ParseInspectorID refuses what is not 2 to 40 letters, digits, dots or hyphens.
func ParseInspectorID(s string) (InspectorID, error) {
	if !plain(s, 2, 40, ".-") {
		return "", Refuse(Invalid, "inspector_id.form", "inspector_id", "检查人员编号应为2至40位字母、数字、点或连字符",
			"an inspector id has 2 to 40 letters, digits, dots or hyphens")
	}
	return InspectorID(s), nil
}

// ParseSubjectID refuses ids that have none of the three forms. Whether an 18-character code satisfies GB 32100 is a
// question for the roster: real ones exist that don't.
func ParseSubjectID(s string) (SubjectID, error) {
	scheme, rest, ext := strings.Cut(s, ":")
	ok := false
	switch {
	case !ext:
		ok = len(s) == 18 && plain(s, 18, 18, "") && s == strings.ToUpper(s) && s != "00000000000000000X"
	case scheme == "reg":
		ok = plain(rest, 13, 15, "")
	case scheme == "ext":
		register, number, both := strings.Cut(rest, ":")
		ok = both && plain(register, 2, 32, ".-_") && plain(number, 1, 64, ".-_/")
	}
	if !ok {
		return "", Refuse(Invalid, "subject_id.form", "subject_id",
			"检查对象标识应为18位统一社会信用代码、reg:工商注册号或 ext:登记簿:编号（占位代码不得使用）",
			"a subject id is an 18-character code, reg:NUMBER or ext:REGISTER:NUMBER; the placeholder is not an id")
	}
	return SubjectID(s), nil
}

func plain(s string, low, high int, more string) bool {
	if len(s) < low || len(s) > high {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && !strings.ContainsRune(more, c) {
			return false
		}
	}
	return true
}
