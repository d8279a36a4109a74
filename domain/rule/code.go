package rule

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// CodeTable is a list of codes as somebody published it. Codes are renumbered by their owners, so that one means something
// only together with the table's id: store both, and the label of the day.
type CodeTable struct {
	Head
	Name string `json:"name"` // what the codes are of: tables of one name follow each other in time
	Rows []Code `json:"rows"`
}

// Code is a row of a table.
type Code struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Own   string `json:"own,omitempty"` // this ledger's stable code for it
}

// CodeTableOn is the table of a name on a day at a place; ok tells whether there is one.
func (t Tables) CodeTableOn(name string, on calendar.Date, jurisdiction string) (table CodeTable, ok bool) {
	found := pick(t.Codes, on, jurisdiction, func(c CodeTable) bool { return c.Name == name })
	if found == nil {
		return CodeTable{}, false
	}
	return *found, true
}

// Of is the row of this ledger's own code; ok tells whether the table has one.
func (c CodeTable) Of(own string) (row Code, ok bool) {
	for _, r := range c.Rows {
		if r.Own == own {
			return r, true
		}
	}
	return Code{}, false
}

// Read is the row of a code of the table; ok tells whether there is one.
func (c CodeTable) Read(code string) (row Code, ok bool) {
	for _, r := range c.Rows {
		if r.Code == code {
			return r, true
		}
	}
	return Code{}, false
}
