package reporting

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/chain"
)

// Finding is what is wrong with a list. Doubt marks what may have a reason that the evidence does not tell.
type Finding struct {
	Disclosure string // that it is about; nothing for the whole list
	Text       string
	Doubt      bool
}

func (f Finding) String() string {
	if f.Disclosure == "" {
		return f.Text
	}
	return f.Disclosure + ": " + f.Text
}

// WorkingDays is the period for reporting (发改办财金〔2018〕424号: 自作出行政决定之日起7个工作日).
const WorkingDays = 7

// Verify judges each decision anew, on the day of the list and by the days that the calendar gives, counts again, and finds what is
// told twice: a decision, an event or a row.
func (l List) Verify(cal calendar.Calendar) (found []Finding) {
	figures := map[string]Figures{}
	seen := map[string]string{}
	once := func(of, key, what string) {
		if key == "" {
			return
		}
		if before, twice := seen[what+key]; twice {
			found = append(found, Finding{of, what + " " + key + " stands for " + before + " too", false})
		}
		seen[what+key] = of
	}
	for _, line := range l.Lines {
		j := line.On(l.Head.AsOf)
		f := figures[line.Kind]
		f.Add(j)
		figures[line.Kind] = f
		if want := lineOf(line.Number, line.Decision, l.Head.AsOf); want.Class != line.Class || want.Why != line.Why || want.Pair != line.Pair {
			found = append(found, Finding{line.Disclosure, fmt.Sprintf("it is said to be %s (%s, row %d), and its facts make it %s (%s, row %d)",
				line.Class, line.Why, line.Pair, want.Class, want.Why, want.Pair), false})
		}
		if month := line.DecidedOn.String(); len(month) < 7 || month[:7] != l.Head.Month || !slices.Contains(l.Head.Authorities, line.Authority) {
			found = append(found, Finding{line.Disclosure, "it is of another month or authority: " + month + " " + line.Authority, false})
		}
		found = append(found, line.due(cal, l.Head.AsOf)...)
		if j.Class == Exempt && j.Why == WhyNoPeriod {
			found = append(found, Finding{line.Disclosure, "nothing in the decision says why it is not reported: by the rules no period began, or none did yet", true})
		}
		once(line.Disclosure, line.Disclosure, "decision")
		once(line.Disclosure, line.Event.ID, "event")
		for _, r := range line.Rows {
			once(line.Disclosure, fmt.Sprintf("%s %d", line.Kind, r.Number), "row")
		}
	}
	if !maps.Equal(figures, l.Tail.Figures) {
		found = append(found, Finding{"", fmt.Sprintf("the counts are %+v, and the list says %+v", figures, l.Tail.Figures), false})
	}
	return found
}

// due compares the last day with that of the calendar. One that another calendar gave, as of a time when a notice was not known, is
// a doubt while it changes nothing.
func (l Line) due(cal calendar.Calendar, day calendar.Date) []Finding {
	if l.Due.IsZero() {
		return nil
	}
	counted := cal.AddWorkingDays(l.DecidedOn, WorkingDays).Date
	if counted == l.Due {
		return nil
	}
	text := fmt.Sprintf("the last day is %s, and the calendar gives %s", l.Due, counted)
	l.Due = counted
	return []Finding{{l.Disclosure, text, l.On(day).Class == l.Class}}
}

// Item is a row of a platform's sequence as whoever receives rows has it: its canonical JSON.
type Item struct {
	Digest string // hex SHA-256
	Plain  []byte
}

// said is what an item tells of itself.
type said struct {
	Platform string `json:"platform"`
	Kind     string `json:"kind"`
	Number   uint64 `json:"number"`
	Action   string `json:"action"`
	Record   string `json:"record"`
	Release  struct {
		Disclosure string `json:"disclosure"`
	} `json:"release"`
}

// AgainstRows compares the list with all rows of a kind, from the first on: every row that the list names is there with that
// digest and is about the decision, and every row of a decision that there was by then is told there; a younger one was prepared
// since. It returns the running digest over the rows, which has to be the one that the ledger tells.
func (l List) AgainstRows(kind string, items []Item) (chain.Chain, []Finding) {
	var found []Finding
	running := chain.Chain{}
	rows := map[uint64]said{}
	digests := map[uint64]string{}
	for i, item := range items {
		running = running.Next(item.Plain)
		var s said
		if err := json.Unmarshal(item.Plain, &s); err != nil || s.Number != uint64(i)+1 || s.Kind != kind || s.Platform != l.Head.Platform {
			found = append(found, Finding{"", fmt.Sprintf("row %d of the sequence is not row %d of %s for %s", i+1, i+1, kind, l.Head.Platform), false})
			continue
		}
		rows[s.Number], digests[s.Number] = s, item.Digest
	}
	if uint64(len(items)) < l.Head.Rows[kind] {
		found = append(found, Finding{"", fmt.Sprintf("there are %d rows of %s, and there were %d", len(items), kind, l.Head.Rows[kind]), false})
	}
	of := map[string][]uint64{}
	for n := uint64(1); n <= uint64(len(items)); n++ {
		if s, there := rows[n]; there {
			of[s.Release.Disclosure] = append(of[s.Release.Disclosure], n)
		}
	}
	for _, line := range l.Lines {
		if line.Kind == kind {
			found = append(found, line.against(rows, digests)...)
			found = append(found, line.untold(of[line.Disclosure], l.Head.Rows[kind])...)
		}
	}
	return running, found
}

// against finds rows that are not what the line says of them.
func (l Line) against(rows map[uint64]said, digests map[uint64]string) (found []Finding) {
	for _, r := range l.Rows {
		s, there := rows[r.Number]
		text := ""
		switch {
		case !there:
			text = fmt.Sprintf("there is no row %d", r.Number)
		case r.Digest != "" && digests[r.Number] != r.Digest:
			text = fmt.Sprintf("row %d has the digest %s, not %s", r.Number, digests[r.Number], r.Digest)
		case s.Release.Disclosure != l.Disclosure || s.Record != l.Record:
			text = fmt.Sprintf("row %d is about %s: its receipt answers for that", r.Number, s.Release.Disclosure)
		case r.Shows && s.Action == "delete":
			text = fmt.Sprintf("row %d takes the record away", r.Number)
		}
		if text != "" {
			found = append(found, Finding{l.Disclosure, text, false})
		}
	}
	return found
}

// untold finds rows of the sequence, as long as it was, that are about the decision and that the line does not tell of.
func (l Line) untold(sequence []uint64, length uint64) (found []Finding) {
	told := map[uint64]bool{}
	for _, r := range l.Rows {
		told[r.Number] = true
	}
	for _, n := range sequence {
		if n <= length && !told[n] {
			found = append(found, Finding{l.Disclosure, fmt.Sprintf("row %d is about it and is not told", n), false})
		}
	}
	return found
}

// Release is an act of the public feed, as far as it matters here.
type Release struct {
	Disclosure string
	Kind       string // penalty or licence
	Authority  string
	On         calendar.Date
	DecidedOn  calendar.Date // from the document; none where that is not shown any more
	Outlet     bool          // it put the record on the platform's outlet, or shows it there again
	Adopted    bool          // it was public elsewhere before: perhaps no decision of this ledger is behind it
}

// AgainstReleases compares the list with the public feed: every decision of the month and the authorities that was made public on
// the platform's outlet is in the list, and none is said to be public that is not.
func (l List) AgainstReleases(releases []Release) (found []Finding) {
	lines := map[string]Line{}
	for _, line := range l.Lines {
		lines[line.Disclosure] = line
	}
	public := map[string]bool{}
	for _, r := range releases {
		if !r.Outlet || public[r.Disclosure] || !slices.Contains(l.Head.Authorities, r.Authority) {
			continue
		}
		if r.DecidedOn.IsZero() {
			public[r.Disclosure] = lines[r.Disclosure].Number > 0 // perhaps another release shows the day
			continue
		}
		public[r.Disclosure] = true
		line, listed := lines[r.Disclosure]
		switch {
		case r.DecidedOn.String()[:7] != l.Head.Month:
			if listed {
				found = append(found, Finding{r.Disclosure, "the feed has it decided on " + r.DecidedOn.String(), false})
			}
		case !listed && r.Adopted:
		case !listed:
			found = append(found, Finding{r.Disclosure, "it was made public on " + r.On.String() + " and is not in the list", false})
		case line.Due.IsZero() && !r.Adopted && line.Ground != TakenOver && line.Ground != Expired:
			found = append(found, Finding{r.Disclosure, "it was made public on " + r.On.String() + " where the platform takes from, and is said not to be reported", false})
		case line.DecidedOn != r.DecidedOn:
			found = append(found, Finding{r.Disclosure, "the feed has it decided on " + r.DecidedOn.String() + ", the list on " + line.DecidedOn.String(), false})
		}
	}
	for _, line := range l.Lines {
		if !line.Released.IsZero() && !public[line.Disclosure] {
			found = append(found, Finding{line.Disclosure, "it is said to be public since " + line.Released.String() + " and is not in the feed", false})
		}
	}
	return found
}

// AgainstReceipts finds answers whose receipt file is not there.
func (l List) AgainstReceipts(files map[string]bool) (found []Finding) {
	for _, line := range l.Lines {
		for _, r := range line.Rows {
			if r.Receipt != "" && !files[r.Receipt] {
				found = append(found, Finding{line.Disclosure, fmt.Sprintf("the receipt of row %d with the SHA-256 %s is not there", r.Number, r.Receipt), false})
			}
		}
	}
	return found
}
