package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Limits, in characters where they are about texts.
const (
	maxName   = 200
	maxShort  = 100
	maxReason = 500
	maxText   = 2000
	maxItems  = 1000
	maxLine   = 500      // of a line of a check list
	maxList   = 50       // of basis, departments
	maxLines  = 60       // of a check list
	maxItem   = 16 << 10 // bytes of one item as stored
	maxPart   = 56 << 10 // bytes of the items of one event; the rest of es.MaxEvent is for what stands beside them
)

const ppm = 1_000_000

// parts cuts the items into runs that fit one event each.
func parts(items []Item) [][]Item {
	var out [][]Item
	begin, size := 0, 0
	for i, item := range items {
		n := stored(item)
		if size += n; size > maxPart {
			out, begin, size = append(out, items[begin:i:i]), i, n
		}
	}
	return append(out, items[begin:])
}

// stored is an item's size in bytes within an event.
func stored(i Item) int {
	data, err := json.Marshal(i)
	if err != nil {
		return maxItem + 1 // strings and numbers always encode
	}
	return len(data) + 1
}

// same compares items as they are stored, where an empty list and none are one.
func same(a, b Item) bool {
	left, err := json.Marshal(a)
	right, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(left, right)
}

func identifier(id string) *domain.Fault {
	odd := func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '.' && c != '-'
	}
	if len(id) >= 2 && len(id) <= 40 && !strings.ContainsFunc(id, odd) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "catalogue.id.form", "catalogue_id",
		"清单编号应为2至40位字母、数字、点或连字符", "a catalogue id has 2 to 40 letters, digits, dots or hyphens")
}

func checkItems(items []Item) []*domain.Fault {
	if len(items) == 0 || len(items) > maxItems {
		return []*domain.Fault{domain.Refuse(domain.Invalid, "catalogue.items.count", "items",
			number("清单应有1至%d个事项", maxItems), number("a version has 1 to %d items", maxItems))}
	}
	var faults []*domain.Fault
	seen := map[string]bool{}
	for n, item := range items {
		at := fmt.Sprintf("items[%d].", n)
		if seen[item.No] && item.No != "" {
			faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.item.no.twice", at+"no",
				"事项序号重复："+item.No, "the item number is given twice: "+item.No))
		}
		seen[item.No] = true
		faults = append(faults, checkItem(at, item)...)
	}
	return faults
}

func checkItem(at string, i Item) []*domain.Fault {
	faults := []*domain.Fault{
		needed("catalogue.item.no", at+"no", i.No, 20),
		needed("catalogue.item.field", at+"field", i.Field, maxName),
		needed("catalogue.item.matter", at+"matter", i.Matter, maxName),
		needed("catalogue.item.subject_kind", at+"subject_kind", i.SubjectKind, maxName),
		needed("catalogue.item.line", at+"line", i.Line, maxShort),
		domain.Prose("catalogue.item.content", at+"content", i.Content, maxText),
		checkLevel(at, i),
	}
	if uscc.HoldsResidentID(i.Matter) {
		faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.personal_data", at+"matter",
			"抽查事项不得包含自然人的身份证件号码", "the matter holds a natural person's identity number"))
	}
	if i.MaxPerYear < 0 || i.MaxPerYear > 366 {
		faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.item.max_per_year", at+"max_per_year",
			"每年抽查次数上限应为0至366", "max_per_year is 0 to 366"))
	}
	faults = append(faults, checkWho(at, i)...)
	if len(i.Manners) == 0 {
		faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.item.manners.required", at+"manners",
			"至少填写一种检查方式", "at least one manner is required"))
	}
	for n, m := range i.Manners {
		if !slices.Contains(Manners(), m) || slices.Contains(i.Manners[:n], m) {
			faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.item.manners.unknown", fmt.Sprintf("%smanners[%d]", at, n),
				"未知或重复的检查方式", "unknown or repeated manner"))
		}
	}
	faults = append(faults, texts("catalogue.item.basis", at+"basis", i.Basis, 1)...)
	faults = append(faults, texts("catalogue.item.departments", at+"departments", i.Departments, 0)...)
	faults = append(faults, checkLines(at, i.CheckList)...)
	if stored(i) > maxItem {
		faults = append(faults, domain.Refuse(domain.TooLarge, "catalogue.item.size", strings.TrimSuffix(at, "."),
			"单个事项过长（上限16KiB）", "an item is longer than 16 KiB"))
	}
	return faults
}

func checkLines(at string, lines []CheckLine) []*domain.Fault {
	if len(lines) > maxLines {
		return []*domain.Fault{domain.Refuse(domain.Invalid, "catalogue.item.check_list.count", at+"check_list",
			number("一个事项至多%d条检查要点", maxLines), number("a check list has at most %d lines", maxLines))}
	}
	var faults []*domain.Fault
	for n, l := range lines {
		line := fmt.Sprintf("%scheck_list[%d].", at, n)
		faults = append(faults, needed("catalogue.item.check_list", line+"no", l.No, 20),
			needed("catalogue.item.check_list", line+"content", l.Content, maxLine),
			domain.Text("catalogue.item.check_list", line+"basis", l.Basis, maxLine))
		if slices.ContainsFunc(lines[:n], func(other CheckLine) bool { return other.No == l.No }) {
			faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.item.check_list.twice", line+"no",
				"检查要点编号重复："+l.No, "the number of a line is given twice: "+l.No))
		}
		if uscc.HoldsResidentID(l.Content) {
			faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.personal_data", line+"content",
				"检查要点不得包含自然人的身份证件号码", "the line holds a natural person's identity number"))
		}
	}
	return faults
}

// checkWho: each tier once, and a department that leads is one of those that check.
func checkWho(at string, i Item) []*domain.Fault {
	var faults []*domain.Fault
	for n, tier := range i.Tiers {
		if !slices.Contains(Tiers(), tier) || slices.Contains(i.Tiers[:n], tier) {
			faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.item.tiers.unknown", fmt.Sprintf("%stiers[%d]", at, n),
				"未知或重复的抽查层级", "unknown or repeated tier"))
		}
	}
	if i.Lead != "" && !slices.Contains(i.Departments, i.Lead) {
		faults = append(faults, domain.Refuse(domain.Invalid, "catalogue.item.lead.foreign", at+"lead",
			"发起部门应为检查主体之一", "the department that leads is one of those that check"))
	}
	return faults
}

// checkLevel: the ratio of a key item has no upper limit (市场监管总局关于全面推进“双随机、一公开”监管工作的通知).
func checkLevel(at string, i Item) *domain.Fault {
	switch {
	case i.Level != General && i.Level != Key:
		return domain.Refuse(domain.Invalid, "catalogue.item.level.unknown", at+"level", "未知的事项类别", "unknown level")
	case i.RatioPPMMax < 0 || i.RatioPPMMax > ppm:
		return domain.Refuse(domain.Invalid, "catalogue.item.ratio_ppm_max.range", at+"ratio_ppm_max",
			"抽查比例上限应为0至1000000（百万分之一）", "ratio_ppm_max is 0 to 1,000,000 parts per million")
	case i.Level == Key && i.RatioPPMMax != 0:
		return domain.Refuse(domain.Invalid, "catalogue.item.ratio_ppm_max.key", at+"ratio_ppm_max",
			"重点检查事项不设抽查比例上限", "a key item has no upper limit of the ratio")
	}
	return nil
}

// texts refuses fewer than least elements, more than maxList, and blank or overlong ones.
func texts(code, field string, list []string, least int) []*domain.Fault {
	if len(list) < least || len(list) > maxList {
		return []*domain.Fault{domain.Refuse(domain.Invalid, code+".count", field,
			fmt.Sprintf("%s：应有%d至%d项", field, least, maxList), fmt.Sprintf("%s has %d to %d elements", field, least, maxList))}
	}
	var faults []*domain.Fault
	for i, s := range list {
		faults = append(faults, needed(code, fmt.Sprintf("%s[%d]", field, i), s, maxText))
	}
	return faults
}

// needed is domain.Text for a field that may not be blank.
func needed(code, field, value string, most int) *domain.Fault {
	if fault := domain.Blank(code, field, value); fault != nil {
		return fault
	}
	return domain.Text(code, field, value, most)
}

func number(format string, n int) string { return fmt.Sprintf(format, n) }
