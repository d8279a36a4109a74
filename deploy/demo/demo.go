package demo

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed *.csv *.json
var files embed.FS

// Subject is a row of subjects.csv (检查对象名录库). Status is empty for firms in business.
type Subject struct {
	Line                                                  int // of the file, from 1
	Code, Name, Kind, Status, District, RegisteredOn      string
	Address, Scope, Industry, Registrar, Class, ClassedBy string
}

// Inspector is a row of inspectors.csv (执法检查人员名录库).
type Inspector struct {
	Authority, ID, Name, Department, Licence, ValidUntil string
	Lines, Districts                                     []string
	Group                                                string
	Expert                                               bool
}

// The headings of the tables.
const (
	subjectHeadings   = "统一社会信用代码,名称,类型,登记状态,行政区划代码,成立日期,住所,经营范围,行业代码,登记机关,信用风险类别,分类来源"
	inspectorHeadings = "执法机关,编号,姓名,部门,执法证号,有效期至,执法条线,负责区域,执法小组,专家"
)

// Subjects are the firms in the order of the file. Kind and Status are words of the API.
func Subjects() ([]Subject, error) {
	rows, err := table("subjects.csv", subjectHeadings)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{"企业": "enterprise", "个体工商户": "individual_business", "农民专业合作社": "cooperative"}
	statuses := map[string]string{"": "", "注销": "deregistered"}
	out := make([]Subject, len(rows))
	for i, r := range rows {
		kind, known := kinds[r[2]]
		status, told := statuses[r[3]]
		if !known || !told {
			return nil, fmt.Errorf("demo: subjects.csv line %d: %q or %q is not a word of the table", i+2, r[2], r[3])
		}
		out[i] = Subject{
			Line: i + 2, Code: r[0], Name: r[1], Kind: kind, Status: status, District: r[4], RegisteredOn: r[5],
			Address: r[6], Scope: r[7], Industry: r[8], Registrar: r[9], Class: r[10], ClassedBy: r[11],
		}
	}
	return out, nil
}

// Inspectors are the inspectors in the order of the file.
func Inspectors() ([]Inspector, error) {
	rows, err := table("inspectors.csv", inspectorHeadings)
	if err != nil {
		return nil, err
	}
	out := make([]Inspector, len(rows))
	for i, r := range rows {
		out[i] = Inspector{
			Authority: r[0], ID: r[1], Name: r[2], Department: r[3], Licence: r[4], ValidUntil: r[5],
			Lines: strings.Split(r[6], ";"), Districts: strings.Split(r[7], ";"), Group: r[8], Expert: r[9] == "是",
		}
	}
	return out, nil
}

// File is an embedded file as it is.
func File(name string) ([]byte, error) { return files.ReadFile(name) }

func table(name, headings string) ([][]string, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("demo: %s: %w", name, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], strings.Split(headings, ",")) {
		return nil, fmt.Errorf("demo: %s: the headings are not %s", name, headings)
	}
	return rows[1:], nil
}

var place = regexp.MustCompile(`\{(year|today)([+-][0-9]+)?\}`)

// Body is the request body in NAME.json for a demonstration on the given day: {year} stands for its year, {today} for the
// day itself and {today+30} for the thirtieth day after it.
func Body(name string, day time.Time) ([]byte, error) {
	data, err := files.ReadFile(name + ".json")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return place.ReplaceAllFunc(data, func(match []byte) []byte {
		parts := place.FindSubmatch(match)
		if string(parts[1]) == "year" {
			return strconv.AppendInt(nil, int64(day.Year()), 10)
		}
		days, _ := strconv.Atoi(string(parts[2])) // digits by the pattern; none are 0
		return day.AddDate(0, 0, days).AppendFormat(nil, time.DateOnly)
	}), nil
}
