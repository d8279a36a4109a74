package holiday

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Category is the stream category, and Stream the id of its only stream.
const (
	Category = "holiday"
	Stream   = "cn"
)

// Event is what was announced about holidays.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const typeNoticeRecordedV1 = "mingjian.holiday.notice_recorded.v1"

// NoticeRecorded: a notice of the State Council's General Office was recorded. It arranges the year, or with Amends changes
// the days of it that it names.
type NoticeRecorded struct {
	Year     int             `json:"year"`
	Number   string          `json:"number"` // 文号
	IssuedOn calendar.Date   `json:"issued_on"`
	Amends   bool            `json:"amends,omitempty"`
	Off      []calendar.Date `json:"off,omitempty"`
	Work     []calendar.Date `json:"work,omitempty"`
	Plain    []calendar.Date `json:"plain,omitempty"`  // as usual again
	Source   string          `json:"source,omitempty"` // where it was read
	By       string          `json:"by"`
}

// EventType is the stored name.
func (NoticeRecorded) EventType() string { return typeNoticeRecordedV1 }

func (NoticeRecorded) event() {}

// Notice is what was recorded, as a calendar takes it.
func (e NoticeRecorded) Notice() calendar.Notice {
	return calendar.NoticeOf(calendar.Arrangement{
		Year: e.Year, Issued: e.IssuedOn, Source: e.Number, Amends: e.Amends, Off: e.Off, Work: e.Work, Plain: e.Plain,
	})
}

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(codec.Type[NoticeRecorded, Event]())

// Decider decides on notices.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// State is what was recorded, in the order of the log.
type State struct{ Notices []NoticeRecorded }

func evolve(s State, event Event) State {
	if e, ok := event.(NoticeRecorded); ok {
		s.Notices = append(slices.Clip(s.Notices), e)
	}
	return s
}

// Calendar is the program's calendar with what was recorded. A notice that no longer fits, since the program came to know
// another one, is left out.
func (s State) Calendar() calendar.Calendar {
	if len(s.Notices) == 0 {
		return calendar.Embedded()
	}
	merged := calendar.Calendar{}
	for _, notice := range s.History() {
		if next, err := merged.Merge(notice); err == nil {
			merged = next
		}
	}
	return merged
}

// History is all notices, the program's and the recorded ones, in the order in which they were issued.
func (s State) History() []calendar.Notice {
	all := calendar.History()
	for _, e := range s.Notices {
		all = append(all, e.Notice())
	}
	slices.SortStableFunc(all, func(a, b calendar.Notice) int { return a.Issued().Compare(b.Issued()) })
	return all
}

// Command asks for a notice to be recorded.
//
//sumtype:decl
type Command interface{ command() }

// RecordNotice records a notice. Table is one notice in the form of package calendar, without its first line: off, work and
// plain, a line each. By is who acts; Today is the civil date now.
type RecordNotice struct {
	By       domain.Actor
	Today    calendar.Date
	Year     int
	Number   string
	IssuedOn calendar.Date
	Amends   bool
	Table    string
	Source   string
}

func (RecordNotice) command() {}

const (
	maxNumber = 100
	maxSource = 500
)

func decide(s State, cmd Command) ([]Event, error) {
	c, ok := cmd.(RecordNotice)
	if !ok {
		return nil, domain.Refuse(domain.Invalid, "holiday.command.unknown", "", "未知命令", "unknown command")
	}
	if err := domain.Require(
		domain.Blank("holiday.number", "number", strings.TrimSpace(c.Number)), domain.Text("holiday", "number", c.Number, maxNumber),
		domain.Text("holiday", "source", c.Source, maxSource), issued(c),
	); err != nil {
		return nil, err
	}
	notice, fault := read(c)
	if fault != nil {
		return nil, fault
	}
	arranged := notice.Arrangement()
	e := NoticeRecorded{
		Year: c.Year, Number: c.Number, IssuedOn: c.IssuedOn, Amends: c.Amends, Off: arranged.Off, Work: arranged.Work, Plain: arranged.Plain,
		Source: c.Source, By: c.By.Account,
	}
	for _, had := range s.Notices {
		if had.Number == c.Number {
			return nil, same(had, e)
		}
	}
	if _, err := s.Calendar().Merge(notice); err != nil {
		return nil, domain.Refuse(domain.Conflict, "holiday.notice.contradicts", "table",
			"与其他通知对同一日期的安排矛盾，或者没有可修改的年度安排："+err.Error(), "the notice does not fit the others: "+err.Error())
	}
	return []Event{e}, nil
}

func issued(c RecordNotice) *domain.Fault {
	switch {
	case c.IssuedOn.IsZero():
		return domain.Blank("holiday.issued_on", "issued_on", "")
	case c.IssuedOn.After(c.Today):
		return domain.Refuse(domain.Invalid, "holiday.issued_on.future", "issued_on", "发布日期不得晚于今天", "a notice that is recorded was issued")
	}
	return nil
}

// read takes the table to be one notice with the command's first line.
func read(c RecordNotice) (calendar.Notice, *domain.Fault) {
	word := "year "
	if c.Amends {
		word = "amended "
	}
	first := word + strconv.Itoa(c.Year) + " " + c.IssuedOn.String() + " " + strings.ReplaceAll(c.Number, "#", "")
	notices, err := calendar.ReadNotices(strings.NewReader(first + "\n" + c.Table))
	if syntax, ok := errors.AsType[*calendar.SyntaxError](err); ok {
		line := strconv.Itoa(max(syntax.Line-1, 0)) // of the table; 0 is the year
		return calendar.Notice{}, domain.Refuse(domain.Invalid, "holiday.table.form", "table",
			"安排表第"+line+"行不符合格式："+syntax.Rule, "line "+line+" of the table: "+syntax.Rule)
	}
	if err != nil || len(notices) != 1 {
		return calendar.Notice{}, domain.Refuse(domain.Invalid, "holiday.table.form", "table", "一次登记一份通知", "one notice is recorded at a time")
	}
	return notices[0], nil
}

// same tells whether a notice is the one that is there under its number.
func same(had, now NoticeRecorded) error {
	if had.Year == now.Year && had.IssuedOn == now.IssuedOn && had.Amends == now.Amends && cmp.Or(
		slices.CompareFunc(had.Off, now.Off, calendar.Date.Compare), slices.CompareFunc(had.Work, now.Work, calendar.Date.Compare),
		slices.CompareFunc(had.Plain, now.Plain, calendar.Date.Compare)) == 0 {
		return nil
	}
	return domain.Refuse(domain.Conflict, "holiday.notice.exists", "number",
		"该文号的通知已经登记，内容不同；变动应按修改通知另行登记", "a notice of this number is recorded with other content; a change is another notice")
}
