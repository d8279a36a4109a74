package delivery

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

const maxAnswers = 20 // of one row

// submit records that a row went out. One that was answered needs no record more, and neither does one in the same batch.
func submit(s State, c Submit) ([]Event, error) {
	row, err := s.row(c.By, c.Row, c.Number)
	if err != nil {
		return nil, err
	}
	if c.Content != row.Prepared.Digest {
		return nil, OtherContent(c.Number)
	}
	faults := append(checkSent(c.Digest, c.Number), needed("batch", c.Batch, maxBatch), needed("channel", c.Channel, maxChannel))
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	for _, before := range row.Submissions {
		switch {
		case before.Number != c.Number || before.Digest != c.Digest:
			return nil, OtherContent(c.Number)
		case before.Batch == c.Batch:
			return nil, nil
		}
	}
	if row.Verdict() != "" || row.Left {
		return nil, nil
	}
	if len(row.Submissions) >= MaxSubmissions {
		if c.Row < len(s.Rows) { // another row stands for it by now
			return nil, nil
		}
		return []Event{GivenUp{Act: s.Act, Why: NeverTaken, On: c.Today, By: c.By.Account}}, nil
	}
	return []Event{Submitted{
		Row: c.Row, Number: c.Number, Digest: c.Digest, Batch: c.Batch, Channel: c.Channel, On: c.Today, By: c.By.Account,
	}}, nil
}

// setAside holds the last row where it can't be written; of one that another stands for by now nothing is to be said.
func setAside(s State, c SetAside) ([]Event, error) {
	row, err := s.row(c.By, c.Row, c.Number)
	switch {
	case err != nil:
		return nil, err
	case c.Row < len(s.Rows) || row.Left || len(row.Submissions) > 0 || s.Status != WasPrepared:
		return nil, nil
	case len(c.Problems) == 0 || len(c.Problems) > maxProblems:
		return nil, domain.Refuse(domain.Invalid, "delivery.problems.count", "problems", "应说明不能报送的原因", "it is to be said why the row can't be written")
	}
	var faults []*domain.Fault
	for _, p := range c.Problems {
		faults = append(faults, needed("field", p.Field, maxBatch), needed("rule", p.Rule, maxBatch), needed("zh", p.ZH, maxText), needed("en", p.EN, maxText),
			personal("problems", p.ZH), personal("problems", p.EN))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{Held{
		About: s.About, Act: s.Act, Row: c.Row, Number: c.Number, Version: row.Prepared.Version, Problems: slices.Clone(c.Problems), On: c.Today, By: c.By.Account,
	}}, nil
}

// row is the row that is meant, for whoever may carry rows and answers: the record's authority, administrators of the instance and
// the accounts of integrators.
func (s State) row(by domain.Actor, row int, number uint64) (Row, error) {
	if by.Role != domain.Admin && by.Role != domain.Integrator {
		if fault := own(by, s.Authority); fault != nil {
			return Row{}, fault
		}
	}
	if row < 1 || row > len(s.Rows) {
		return Row{}, NotARow(fmt.Sprintf("%s #%d", s.Delivery, number))
	}
	return s.Rows[row-1], nil
}

// NotARow refuses what names a row that there is none of.
func NotARow(named string) *domain.Fault {
	return domain.Refuse(domain.NotFound, "delivery.row.missing", "row", "没有这一行数据："+named, "there is no such row: "+named)
}

// OtherContent refuses what names a row with another content than it was sent with.
func OtherContent(number uint64) *domain.Fault {
	return domain.Refuse(domain.Conflict, "delivery.row.content", "digest",
		fmt.Sprintf("第%d行的内容与报送的不一致", number), fmt.Sprintf("row %d was sent with another content", number))
}

// Ambiguous refuses a receipt by which several rows may be meant.
func Ambiguous(named string) *domain.Fault {
	return domain.Refuse(domain.Conflict, "delivery.receipt.ambiguous", "document_no",
		"回执所指不止一行数据，应注明报送序号、批次或决定日期："+named, "several rows may be meant: a number, a batch or the decision's day is needed: "+named)
}

func unsent(number uint64) *domain.Fault {
	return domain.Refuse(domain.Precondition, "delivery.receipt.unsent", "row",
		fmt.Sprintf("第%d行尚未报送，回执有误", number), fmt.Sprintf("row %d was never submitted, so nothing can answer it", number))
}

// receive records what the platform said of a row. A line that was read before says nothing new, in whatever order files are
// read again.
func receive(s State, c Receive) ([]Event, error) {
	row, err := s.row(c.By, c.Row, c.Number)
	if err != nil {
		return nil, err
	}
	n := len(row.Submissions)
	switch {
	case n == 0:
		return nil, unsent(c.Number)
	case row.Submissions[n-1].Number != c.Number, c.Digest != "" && row.Submissions[n-1].Digest != c.Digest:
		return nil, OtherContent(c.Number)
	}
	if err := checkReceipt(c); err != nil {
		return nil, err
	}
	a := Answer{
		Row: c.Row, Number: c.Number, Code: c.Code, Text: withoutPersons(c.Text), Receipt: c.Receipt, On: c.Today, By: c.By.Account,
	}
	for _, before := range row.Answers {
		if before.Receipt == c.Receipt && before.Verdict == c.Verdict || said(before, c.Verdict, a) && before.Verdict == row.Verdict() {
			return nil, nil
		}
	}
	switch {
	case len(row.Answers) >= maxAnswers:
		return nil, domain.Refuse(domain.Precondition, "delivery.receipt.many", "row",
			fmt.Sprintf("第%d行的回执过多", c.Number), fmt.Sprintf("row %d was answered too often", c.Number))
	case c.Verdict != Refused && row.Verdict() != Refused && row.Verdict() != "":
		return nil, nil // taken is taken
	case c.Verdict != Refused:
		return []Event{Accepted{Answer: a, Duplicate: c.Verdict == Duplicate}}, nil
	}
	return append([]Event{Rejected{Answer: a}}, s.afterRejection(a)...), nil
}

func said(before Answered, verdict Verdict, a Answer) bool {
	return before.Verdict == verdict && before.Code == a.Code && before.Text == a.Text
}

// afterRejection ends what can't go on: a deletion of what the platform never took, and an act whose rows are spent.
func (s State) afterRejection(a Answer) []Event {
	s = evolve(s, Rejected{Answer: a})
	if a.Row != len(s.Rows) || s.Status != WasRejected {
		return nil
	}
	last, _ := s.Last()
	has := s.holds()
	switch {
	case (last.Prepared.Action == Delete || last.Prepared.Gone) && !has.known:
		return []Event{Dropped{Act: s.Act, Why: NeverThere, On: a.On, By: a.By}}
	case s.spent(last.Prepared.Act) >= MaxRows:
		return []Event{GivenUp{Act: s.Act, Why: TooManyRows, On: a.On, By: a.By}}
	}
	return nil
}

// withoutPersons takes numbers of natural persons out of what a platform wrote.
func withoutPersons(text string) string {
	return redaction.Apply(text, redaction.ProposeAll([]redaction.Field{{Name: "", Kind: redaction.Label, Text: text}}, redaction.Context{})[0])
}
