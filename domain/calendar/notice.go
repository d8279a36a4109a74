package calendar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Notice is the holiday arrangement of one year, as the State Council's General Office announced it, or a later change of
// some of its days. A few of its days may lie in the December before.
type Notice struct {
	year   int
	issued Date // none in a file that doesn't say
	source string
	amends bool
	days   map[Date]bool // true is a day that is worked, false one that is free
	plain  []Date        // of one that amends: days as usual again
}

// Year gives the year that the notice is for.
func (n Notice) Year() int { return n.year }

// Issued gives the day on which it was issued; none where the source doesn't say.
func (n Notice) Issued() Date { return n.issued }

// Source names the notice: its number.
func (n Notice) Source() string { return n.source }

// Amends tells whether it changes some days of a notice before it, rather than arranging the whole year.
func (n Notice) Amends() bool { return n.amends }

// Days are the days that it moves, ascending.
func (n Notice) Days() []Date {
	days := append(slices.Collect(maps.Keys(n.days)), n.plain...)
	slices.SortFunc(days, Date.Compare)
	return days
}

// Arrangement is what a notice says, with its days ascending.
type Arrangement struct {
	Year             int
	Issued           Date
	Source           string
	Amends           bool
	Off, Work, Plain []Date
}

// Arrangement gives what the notice says.
func (n Notice) Arrangement() Arrangement {
	a := Arrangement{Year: n.year, Issued: n.issued, Source: n.source, Amends: n.amends}
	for _, day := range n.Days() {
		switch worked, moved := n.days[day]; {
		case !moved:
			a.Plain = append(a.Plain, day)
		case worked:
			a.Work = append(a.Work, day)
		default:
			a.Off = append(a.Off, day)
		}
	}
	return a
}

// NoticeOf is the notice that says so. It takes what it is given; texts are checked by ReadNotices.
func NoticeOf(a Arrangement) Notice {
	n := Notice{year: a.Year, issued: a.Issued, source: a.Source, amends: a.Amends, days: map[Date]bool{}, plain: slices.Clone(a.Plain)}
	for _, day := range a.Off {
		n.days[day] = false
	}
	for _, day := range a.Work {
		n.days[day] = true
	}
	return n
}

// Reach gives the first and the last day which the notice can change, or make known: only periods that touch them are counted
// anew.
func (n Notice) Reach() (first, last Date) {
	days := n.Days()
	if len(days) == 0 {
		return Date{}, Date{}
	}
	if n.amends {
		return days[0], days[len(days)-1]
	}
	first, last = Date{int16(n.year - 1), 12, 25}, Date{int16(n.year), 12, 31}
	if days[0].Before(first) {
		first = days[0]
	}
	return first, last
}

// SyntaxError says what is wrong in a table of notices, and where.
type SyntaxError struct {
	Line int // from 1
	Rule string
	Text string // the line as it stands, cut if long
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("holiday notices: line %d: %s: %.80q", e.Line, e.Rule, e.Text)
}

// ReadNotices reads a table of notices in the format that the head of notices.txt describes. A breach of it is a
// *SyntaxError.
func ReadNotices(r io.Reader) ([]Notice, error) {
	table := noticeTable{seen: map[int]bool{}}
	lines := bufio.NewScanner(r)
	number := 0
	for lines.Scan() {
		number++
		if err := table.line(lines.Text()); err != nil {
			return nil, &SyntaxError{Line: number, Rule: err.Error(), Text: lines.Text()}
		}
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, &SyntaxError{Line: number + 1, Rule: "a line is too long"}
		}
		return nil, fmt.Errorf("read holiday notices: %w", err)
	}
	if err := table.close(); err != nil {
		return nil, &SyntaxError{Line: number, Rule: err.Error(), Text: "end of the table"}
	}
	return table.notices, nil
}

// noticeTable is the state of a reader between two lines.
type noticeTable struct {
	notices []Notice // the last one is open
	seen    map[int]bool
}

func (t *noticeTable) line(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("the text must be UTF-8")
	}
	text, _, _ = strings.Cut(text, "#")
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "":
		return nil
	case "year":
		return t.open(rest, false)
	case "amended":
		return t.open(rest, true)
	case "plain":
		return t.plain(rest)
	case "off":
		return t.off(rest)
	case "work":
		return t.work(rest)
	}
	return errors.New("a line begins with year, amended, off, work or plain")
}

func (t *noticeTable) open(rest string, amends bool) error {
	if err := t.close(); err != nil {
		return err
	}
	digits, source, _ := strings.Cut(rest, " ")
	year, err := strconv.Atoi(digits)
	source = strings.TrimSpace(source)
	notice := Notice{year: year, amends: amends, days: map[Date]bool{}}
	if date, number, dated := strings.Cut(source, " "); dated {
		if issued, err := Parse(date); err == nil {
			notice.issued, source = issued, strings.TrimSpace(number)
		}
	}
	switch {
	case err != nil || len(digits) != 4 || year < 1950:
		return errors.New("year takes four digits, from 1950 on")
	case source == "":
		return errors.New("year names its source")
	case amends && notice.issued.IsZero():
		return errors.New("an amended notice has the day on which it was issued")
	case !amends && t.seen[year]:
		return errors.New("a year is there once")
	}
	t.seen[year] = t.seen[year] || !amends
	notice.source = source
	t.notices = append(t.notices, notice)
	return nil
}

// close checks the notice that ends here. An empty one would call its year known without any holiday.
func (t *noticeTable) close() error {
	if len(t.notices) == 0 || len(t.notices[len(t.notices)-1].Days()) > 0 {
		return nil
	}
	return errors.New("a year without days is left out until its notice is published")
}

func (t *noticeTable) off(rest string) error {
	return t.each(rest, func(day Date) error { return t.put(day, false) })
}

func (t *noticeTable) plain(rest string) error {
	return t.each(rest, func(day Date) error {
		notice := &t.notices[len(t.notices)-1]
		if _, twice := notice.days[day]; twice || slices.Contains(notice.plain, day) {
			return fmt.Errorf("%s is there once", day)
		}
		if !notice.amends {
			return errors.New("plain stands in an amended notice")
		}
		notice.plain = append(notice.plain, day)
		return nil
	})
}

// each does something with every day of a range.
func (t *noticeTable) each(rest string, do func(Date) error) error {
	first, last, ranged := strings.Cut(rest, "..")
	from, err := t.date(first)
	if err != nil {
		return err
	}
	to := from
	if ranged {
		if to, err = t.date(last); err != nil {
			return err
		}
	}
	if days := from.DaysUntil(to); days < 0 || days > 30 {
		return errors.New("a range runs forward and over at most 31 days")
	}
	for day := from; !day.After(to); day = day.AddDays(1) {
		if err := do(day); err != nil {
			return err
		}
	}
	return nil
}

func (t *noticeTable) work(rest string) error {
	day, err := t.date(rest)
	if err != nil {
		return err
	}
	if !isWeekend(day) {
		return errors.New("work names a Saturday or a Sunday")
	}
	return t.put(day, true)
}

func (t *noticeTable) put(day Date, worked bool) error {
	notice := t.notices[len(t.notices)-1]
	if _, twice := notice.days[day]; twice || slices.Contains(notice.plain, day) {
		return fmt.Errorf("%s is there once", day)
	}
	notice.days[day] = worked
	return nil
}

// date reads a date that the open notice may name.
func (t *noticeTable) date(text string) (Date, error) {
	if len(t.notices) == 0 {
		return Date{}, errors.New("a day belongs to a year: the first line begins with year")
	}
	day, err := Parse(strings.TrimSpace(text))
	if err != nil {
		return Date{}, errors.New("a day is written YYYY-MM-DD")
	}
	year := t.notices[len(t.notices)-1].year
	if day.Year() != year && (day.Year() != year-1 || day.Month() != time.December) {
		return Date{}, fmt.Errorf("a day lies in %d or in the December before", year)
	}
	return day, nil
}

func isWeekend(day Date) bool {
	weekday := day.Weekday()
	return weekday == time.Saturday || weekday == time.Sunday
}
