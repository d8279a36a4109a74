package profile

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Obligation says whether a column has to be filled.
type Obligation string

// The obligations.
const (
	Mandatory   Obligation = "M" // always
	Conditional Obligation = "C" // where When holds
	Optional    Obligation = "O" // never
)

// Type is the type of a column.
type Type string

// The types.
const (
	Text  Type = "text"  // one line
	Prose Type = "prose" // as served it may have several lines; a row has them in one, with a space for each line feed
	Day   Type = "date"
	Money Type = "money" // 万元 with six decimals
	USCC  Type = "uscc"  // 统一社会信用代码
	Codes Type = "codes" // words of a list, several of them joined
	Proof Type = "proof" // personal: kind or number of a natural person's document

	Registration Type = "registration" // 工商注册号: what breaks GB/T 17710 is warned of
)

// Field is one column of a profile.
type Field struct {
	Key        string      `json:"key"`
	Label      string      `json:"label"`
	Fact       Fact        `json:"fact,omitempty"` // what fills it; nothing here does without one, and it stays empty
	Obligation Obligation  `json:"obligation"`
	When       []Condition `json:"when,omitempty"`       // all of them hold where a conditional column has to be filled
	EmptyWhen  []Condition `json:"empty_when,omitempty"` // all of them hold where it has to be empty
	Type       Type        `json:"type"`
	Max        int         `json:"max,omitempty"`      // characters
	Codes      *CodeList   `json:"codes,omitempty"`    // of type codes and of kinds of documents
	StandIn    *StandIn    `json:"stand_in,omitempty"` // written where there is no value
	// Lenient are the rules of GB 32100 that are only warned of: wrong codes were really issued.
	Lenient    []uscc.Rule `json:"lenient,omitempty"`
	Tables     []string    `json:"tables,omitempty"`     // those that have the column; all without any
	Unverified []string    `json:"unverified,omitempty"` // members of this that nobody has confirmed
	Note       string      `json:"note,omitempty"`
}

// Personal tells whether the column identifies a natural person. Rows never hold its value.
func (f Field) Personal() bool { return f.Type == Proof }

// in tells whether a table has the column.
func (f Field) in(table string) bool { return len(f.Tables) == 0 || slices.Contains(f.Tables, table) }

// CodeList maps this ledger's codes to a platform's words. The first row that fits is taken.
type CodeList struct {
	Rows  []CodeRow `json:"rows"`
	Join  string    `json:"join,omitempty"`  // between several; without it there may be one only
	Other string    `json:"other,omitempty"` // written before the words of a code that has no row, e.g. 其他-
}

// CodeRow is a code and the platform's words.
type CodeRow struct {
	Own   string      `json:"own"`
	Words string      `json:"words"`
	When  []Condition `json:"when,omitempty"`
}

// StandIn is what a platform wants where there is no value (占位).
type StandIn struct {
	Value string      `json:"value"`
	When  []Condition `json:"when"`
}

// Condition is something that holds of the facts or doesn't. Exactly one test is there.
type Condition struct {
	Fact      Fact     `json:"fact"`
	Given     *bool    `json:"given,omitempty"`      // there is a value, or there is none
	In        []string `json:"in,omitempty"`         // one of its codes is one of these
	Prefix    []string `json:"prefix,omitempty"`     // it begins with one of these
	Holds     []string `json:"holds,omitempty"`      // one of these stands in it
	NotBefore Fact     `json:"not_before,omitempty"` // a day, compared with a day
	NotAfter  Fact     `json:"not_after,omitempty"`
	NamedIn   Fact     `json:"named_in,omitempty"` // an amount, named in a text that names amounts
	Not       bool     `json:"not,omitempty"`      // the test fails
}

// Check is a rule on several columns.
type Check struct {
	Rule       Rule        `json:"rule"`
	Field      string      `json:"field"` // key of the column that it is told of
	When       []Condition `json:"when,omitempty"`
	Must       []Condition `json:"must"` // all of them hold, or the check's words are a problem
	Chinese    string      `json:"zh"`
	English    string      `json:"en"`
	Warning    bool        `json:"warning,omitempty"`
	Unverified bool        `json:"unverified,omitempty"`
}
