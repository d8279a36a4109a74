package disclosure

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

//go:embed negative.json
var negativeText []byte

// NegativeList is the grounds on which something may be withheld (负面清单), as the law has them from a day on. What is not on it
// is open.
type NegativeList struct {
	Version   string           `json:"version"`
	ValidFrom calendar.Date    `json:"valid_from"`
	ValidTo   calendar.Date    `json:"valid_to,omitzero"`
	CheckBy   string           `json:"check_by"` // last day of the yearly self-check, MM-DD: early January by the policies, no day is named
	Grounds   []NegativeGround `json:"grounds"`
}

// NegativeGround is one ground with its article.
type NegativeGround struct {
	Code      string `json:"code"`
	Label     string `json:"label"`
	Basis     string `json:"basis"`
	OnRequest bool   `json:"on_request,omitempty"` // whoever asks may be given it
}

var negativeLists = sync.OnceValue(func() []NegativeList {
	var table struct {
		Lists []NegativeList `json:"lists"`
	}
	if err := json.Unmarshal(negativeText, &table); err != nil {
		panic(err) // the table is part of the program
	}
	return table.Lists
})

// NegativeLists are all lists there ever were, oldest first.
func NegativeLists() []NegativeList { return slices.Clone(negativeLists()) }

// NegativeListOn is the list in force on a day; false before the first.
func NegativeListOn(day calendar.Date) (NegativeList, bool) {
	for _, l := range negativeLists() {
		if !day.Before(l.ValidFrom) && (l.ValidTo.IsZero() || !day.After(l.ValidTo)) {
			return l, true
		}
	}
	return NegativeList{}, false
}

// Ground is the ground with a code; false if the list has none.
func (l NegativeList) Ground(code string) (NegativeGround, bool) {
	i := slices.IndexFunc(l.Grounds, func(g NegativeGround) bool { return g.Code == code })
	if i < 0 {
		return NegativeGround{}, false
	}
	return l.Grounds[i], true
}

// nextCheck is the last day of the self-check after a day: the one of the next year, in which the year before is looked at.
func (l NegativeList) nextCheck(after calendar.Date) calendar.Date {
	first, err := calendar.New(after.Year()+1, 1, 1)
	if err != nil {
		return calendar.Date{}
	}
	day, err := calendar.Parse(first.String()[:5] + l.CheckBy)
	if err != nil {
		return first
	}
	return day
}
