package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Value is one target field of a row, read and checked. The zero Value is "no value".
type Value struct {
	kind fieldType
	text string   // canonical form
	list []string // of a list
	num  int64    // of an amount, a whole number, or 1 for yes
	raw  string   // the cell or cells as the file has them
}

// Has tells whether there is a value.
func (v Value) Has() bool { return v.kind != 0 }

// Text is the canonical form: the cleaned wording; for dates 2006-01-02, for months 2006-01, for amounts the whole 分 and
// for numbers the decimal digits, for yes and no "true" and "false", for lists the elements with ";" between.
func (v Value) Text() string { return v.text }

// List is a copy of the elements of a list field.
func (v Value) List() []string { return append([]string(nil), v.list...) }

// Fen is the amount of a money field.
func (v Value) Fen() (int64, bool) { return v.num, v.kind == typeMoney }

// Int is the number of a whole-number field.
func (v Value) Int() (int64, bool) { return v.num, v.kind == typeInt }

// Bool is the answer of a yes-or-no field.
func (v Value) Bool() (answer, ok bool) { return v.num == 1, v.kind == typeBool }

// Date is the civil date of a date field as 2006-01-02.
func (v Value) Date() (string, bool) { return v.text, v.kind == typeDate }

// Raw is the text of the cell as the file has it; joined cells have a line feed between them.
func (v Value) Raw() string { return v.raw }

// reading makes the value of one type from cleaned text; on failure it names the rule that was broken.
type reading struct {
	rule Rule
	from int // Excel's day zero: 1900 or 1904
}

func (g reading) value(t fieldType, s string) (Value, string, Text) {
	switch t {
	case typeDate:
		return g.civil(t, s, time.DateOnly, dateLayouts())
	case typeMonth:
		return g.civil(t, s, "2006-01", monthLayouts())
	case typeMoney:
		fen, why := parseMoney(s, g.rule.Money)
		if why != (Text{}) {
			return Value{}, RuleMoney, why
		}
		return Value{kind: t, text: strconv.FormatInt(fen, 10), num: fen}, "", Text{}
	case typeInt:
		n, err := strconv.ParseInt(strings.TrimPrefix(s, "+"), 10, 64)
		if err != nil {
			return Value{}, RuleInteger, Text{"应为整数", "not a whole number"}
		}
		return Value{kind: t, text: strconv.FormatInt(n, 10), num: n}, "", Text{}
	case typeBool:
		return readBool(s)
	}
	return Value{kind: t, text: s}, "", Text{}
}

func readBool(s string) (Value, string, Text) {
	switch strings.ToLower(s) {
	case "true", "yes", "y", "1", "是", "有":
		return Value{kind: typeBool, text: "true", num: 1}, "", Text{}
	case "false", "no", "n", "0", "否", "无":
		return Value{kind: typeBool, text: "false"}, "", Text{}
	}
	return Value{}, RuleBool, Text{"应为“是”或“否”", "neither yes nor no"}
}

// civil reads a date or month in every layout there is; two layouts with two results are a problem, not a choice.
func (g reading) civil(t fieldType, s, canonical string, layouts []string) (Value, string, Text) {
	if len(g.rule.Date) > 0 {
		layouts = g.rule.Date
	}
	found := ""
	for _, layout := range layouts {
		got, ok := g.parse(s, layout)
		if !ok {
			continue
		}
		if got.Year() < 1800 || got.Year() > 2200 {
			return Value{}, RuleDate, Text{"日期年份不在 1800 至 2200 年之间", "the year is not between 1800 and 2200"}
		}
		text := got.Format(canonical)
		if found != "" && found != text {
			return Value{}, RuleDateTwo, Text{
				fmt.Sprintf("日期有两种读法：%s 或 %s", found, text), fmt.Sprintf("can be read as %s or as %s", found, text)}
		}
		found = text
	}
	if found == "" {
		want := strings.Join(layouts, ", ")
		return Value{}, RuleDate, Text{"不是有效日期，应为以下格式之一：" + want, "not a date in one of the layouts: " + want}
	}
	return Value{kind: t, text: found}, "", Text{}
}

func (g reading) parse(s, layout string) (time.Time, bool) {
	if layout == excelLayout {
		return excelDay(s, g.from)
	}
	got, err := time.Parse(layout, s)
	return got, err == nil
}

// excelDay reads a serial day number. Day 60 of the 1900 system is 29 February 1900, which never was; a time of day behind
// the decimal point is left out.
func excelDay(s string, from int) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if strings.Trim(fraction, "0123456789") != "" || len(whole) > 7 {
		return time.Time{}, false
	}
	n, err := strconv.ParseUint(whole, 10, 32)
	if err != nil {
		return time.Time{}, false
	}
	if from == 1904 {
		return time.Date(1904, 1, 1+int(n), 0, 0, 0, 0, time.UTC), true
	}
	if n == 0 || n == 60 {
		return time.Time{}, false
	}
	if n > 60 {
		n--
	}
	return time.Date(1899, 12, 31+int(n), 0, 0, 0, 0, time.UTC), true
}
