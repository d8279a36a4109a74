package sheet

import (
	"fmt"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// Text is one sentence in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

func (t Text) String() string { return t.ZH }

// Severity tells what a problem does to its row.
type Severity string

// The severities.
const (
	Refuse Severity = "refuse" // the row must not go in
	Warn   Severity = "warn"   // the row goes in; somebody should look at it
)

// Rules that a row can break. They are stable: reports are read by machines.
const (
	RuleQuote     = "csv-quote"        // a quotation mark is not closed, or stands inside a quoted cell
	RuleTooLong   = "row-too-long"     // the row is longer than Options.MaxRecord
	RuleCells     = "cell-count"       // another number of cells than the header has
	RuleBytes     = "undecodable"      // bytes that mean nothing in the file's encoding
	RuleDamaged   = "damaged-number"   // a spreadsheet rounded a long number
	RuleFormula   = "formula-error"    // the cell shows #REF!, #N/A or another error
	RuleCharacter = "lost-character"   // a replacement or private-use character stands in the cell
	RuleRequired  = "required"         // a required value is empty
	RuleKey       = "no-key"           // nothing in the row names the thing it is about
	RuleDate      = "date"             // not a date in the layouts of the mapping
	RuleDateTwo   = "date-ambiguous"   // two layouts read two different dates
	RuleMoney     = "money"            // not an amount in the unit of the mapping
	RuleInteger   = "integer"          // not a whole number
	RuleBool      = "bool"             // neither yes nor no
	RuleMap       = "map"              // not in the value table of the mapping
	RuleExtract   = "extract"          // the pattern of the mapping finds nothing
	RulePersonal  = "personal-data"    // an identity number or a mobile number stands in the cell
	RulePenalty   = "penalty-text"     // the text of the decision leaves a doubt
	RuleNumerals  = "penalty-numerals" // amounts stand in Chinese numerals alone: a person confirms them
	RuleShared    = "missing-string"   // the workbook refers to a text that it does not hold
)

// Problem is what is wrong with one cell, or with one row when Column is empty.
type Problem struct {
	Line     int      `json:"line"`             // physical line of the row's beginning; row number in a workbook
	Column   string   `json:"column,omitempty"` // heading as the file has it
	Field    string   `json:"field,omitempty"`  // target field
	Value    string   `json:"value,omitempty"`  // raw text, cut at 200 characters; masked for personal data
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Text
}

func (p Problem) Error() string {
	where := fmt.Sprintf("line %d", p.Line)
	if p.Column != "" {
		where += fmt.Sprintf(", column %q", p.Column)
	}
	if p.Value != "" {
		where += fmt.Sprintf(", value %q", p.Value)
	}
	return where + ": " + p.Rule + ": " + p.EN
}

// Rules of FileError.
const (
	FileEncrypted = "encrypted"
	FileOldExcel  = "old-excel"
	FileUTF16     = "utf-16"
	FileBinary    = "not-a-table"
	FileWebPage   = "web-page"
	FileEncoding  = "encoding-unclear"
	FileColumns   = "missing-column"
	FileTwice     = "column-twice"
	FileEmpty     = "no-header"
	FileBroken    = "broken-file"
	FileChanged   = "changed-while-reading"
	FileSheet     = "no-such-sheet"
)

// FileError means that the file as a whole cannot be imported; no row of it should be believed after it.
type FileError struct {
	Rule    string
	Columns []string // headings present, when a column is missing
	Err     error    // cause, for the log
	Text
}

func (e *FileError) Error() string {
	msg := "sheet: " + e.Rule + ": " + e.EN
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

func (e *FileError) Unwrap() error { return e.Err }

func fileError(rule, zh, en string, cause error) *FileError {
	return &FileError{Rule: rule, Text: Text{zh, en}, Err: cause}
}

// shorten keeps a report readable when a cell holds a whole decision, and free of what is hidden from the public: the row's
// party, if it is a natural person, and who trails its name, are known wherever they stand in the row.
func (r Row) shorten(field, s string) string {
	const limit = 200
	party := redaction.Field{Name: "party_name", Kind: redaction.PartyName, Text: r.party}
	cell := redaction.Field{Name: field, Kind: redaction.Prose, Text: s}
	if field == party.Name {
		cell.Kind = redaction.PartyName
	}
	known := redaction.Context{Parties: []redaction.Party{{Name: r.party}}}
	s = redaction.Apply(s, redaction.ProposeAll([]redaction.Field{party, cell}, known)[1])
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "…"
}
