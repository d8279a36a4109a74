package roster

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Longest texts, in characters. Together they stay far below es.MaxEvent.
const (
	maxName      = 200
	maxShort     = 100
	maxLong      = 5000 // 经营范围 runs long
	maxList      = 100  // lines or districts of an inspector
	maxConflicts = 1000 // of one inspector that stand
)

// text is domain.Text, or Prose for the long ones, which refuses what looks like a resident identity number as well.
func text(code, field, value string, most int) *domain.Fault {
	check := domain.Text
	if most == maxLong {
		check = domain.Prose
	}
	if fault := check(code, field, value, most); fault != nil {
		return fault
	}
	return personal(field, value)
}

// needed is text for a field that may not be blank.
func needed(code, field, value string, most int) *domain.Fault {
	if fault := domain.Blank(code, field, value); fault != nil {
		return fault
	}
	return text(code, field, value, most)
}

// personal refuses a text with a resident identity number that is no code of GB 32100: personal data never enters an event in
// clear (design.md §1). It does not repeat the number.
func personal(field, value string) *domain.Fault {
	if !uscc.HoldsResidentID(value) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "roster.personal_data", field,
		field+"：疑似公民身份号码，名录库不得存入", field+" looks like a resident identity number, which the rosters don't take")
}

// district refuses what is not six digits (GB/T 2260).
func district(field, value string) *domain.Fault {
	if len(value) == 6 && strings.Trim(value, "0123456789") == "" {
		return nil
	}
	return domain.Refuse(domain.Invalid, "roster.district.form", field, field+"：行政区划代码应为6位数字", field+" is six digits (GB/T 2260)")
}

// month refuses what is neither blank nor YYYY-MM.
func month(field, value string) *domain.Fault {
	if value == "" {
		return nil
	}
	if at, err := time.Parse("2006-01", value); err == nil && at.Year() > 0 {
		return nil
	}
	return domain.Refuse(domain.Invalid, "roster.month.form", field, field+"：月份应为 YYYY-MM", field+" is a month written YYYY-MM")
}

// among refuses a word that is not in the list.
func among[W ~string](code, field string, word W, list []W) *domain.Fault {
	if slices.Contains(list, word) {
		return nil
	}
	return domain.Refuse(domain.Invalid, code+".unknown", field,
		fmt.Sprintf("%s：未知取值“%s”", field, word), fmt.Sprintf("%s: unknown value %q", field, word))
}

// words refuses an empty list, one that is too long, and each element that check refuses.
func words(code, field string, list []string, check func(field, value string) *domain.Fault) []*domain.Fault {
	if len(list) == 0 || len(list) > maxList {
		return []*domain.Fault{domain.Refuse(domain.Invalid, code+".count", field,
			fmt.Sprintf("%s：应有1至%d项", field, maxList), fmt.Sprintf("%s has 1 to %d elements", field, maxList))}
	}
	var faults []*domain.Fault
	for i, w := range list {
		faults = append(faults, check(fmt.Sprintf("%s[%d]", field, i), w))
	}
	return faults
}

// sorted is the list by bytes, each word once, as the draw hashes it.
func sorted(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "roster.authority.foreign", "",
		"该名录条目由其他机关维护", "another authority keeps this entry")
}
