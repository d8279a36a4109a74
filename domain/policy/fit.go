package policy

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

// What a shortened document has room for.
const (
	room     = disclosure.MaxDocument - 2<<10 // bytes; the authority's name comes later
	maxNames = 8 << 10                        // bytes of the names of matters
	maxWords = 500                            // characters of a text
)

// fitted shortens the document of an inspection that is too long for one, so that no result stays unpublished for its length.
// It goes on only until the document fits, and says what it left out. Of the corrections the last one stays: each was
// published in a release of its own. The outcome of the whole and its day always stay.
func fitted(doc disclosure.Document) disclosure.Document {
	body := doc.Inspection
	for _, shorten := range []func(*disclosure.InspectionBody){fewerNames, lastCorrection, shorterOrder, noDepartments} {
		if stored(doc) <= room {
			break
		}
		shorten(body)
	}
	return doc
}

func fewerNames(b *disclosure.InspectionBody) {
	size := 0
	for n, name := range b.Items {
		if size += stored(name); size > maxNames {
			b.Items = append(b.Items[:n:n], fmt.Sprintf("等共%d项", len(b.Items)))
			return
		}
	}
}

func lastCorrection(b *disclosure.InspectionBody) {
	if n := len(b.Corrections); n > 1 {
		b.Corrections = b.Corrections[n-1:]
	}
}

func shorterOrder(b *disclosure.InspectionBody) {
	if r := b.Rectification; r != nil {
		r.Demand, r.Note = clipped(r.Demand), clipped(r.Note)
	}
	for n := range b.Rectifications {
		r := &b.Rectifications[n]
		r.Demand, r.Note = clipped(r.Demand), clipped(r.Note)
	}
}

func clipped(text string) string {
	runes := []rune(text)
	if len(runes) <= maxWords {
		return text
	}
	return string(runes[:maxWords]) + "……（节录）"
}

// noDepartments leaves the outcomes of the whole, which are those of all departments, and the latest order.
func noDepartments(b *disclosure.InspectionBody) { b.Departments, b.Rectifications = nil, nil }
