package catalogue

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Status is where a version stands.
type Status string

// The statuses.
const (
	Draft     Status = "draft"     // 编制中
	Published Status = "published" // 已公布
	Withdrawn Status = "withdrawn" // 已废止
)

// Version is one version of the list.
type Version struct {
	Number      int
	Title       string
	Items       []Item
	DraftedBy   string // account
	Status      Status
	DocumentNo  string
	PublishedOn calendar.Date
	WithdrawnOn calendar.Date
	Reason      string // of the withdrawal
}

// Item finds a matter by its number.
func (v Version) Item(no string) (Item, bool) {
	for _, i := range v.Items {
		if i.No == no {
			return i, true
		}
	}
	return Item{}, false
}

// State is a catalogue; without ID it does not exist.
type State struct {
	ID        string
	Authority domain.AuthorityID
	Versions  []Version // ascending; at most the last is a draft
}

// Digest names the content of a version: what stands in it, not who drafted it or when it was published.
func (s State) Digest(v Version) string {
	return domain.DigestOf(struct {
		Catalogue string `json:"catalogue"`
		Version   int    `json:"version"`
		Title     string `json:"title"`
		Items     []Item `json:"items"`
	}{s.ID, v.Number, v.Title, v.Items})
}

// Version finds a version, in whatever status.
func (s State) Version(number int) (Version, bool) {
	for _, v := range s.Versions {
		if v.Number == number {
			return v, true
		}
	}
	return Version{}, false
}

// next is the number of the draft: the one after the last version that was published.
func (s State) next() int {
	if n := len(s.Versions); n > 0 {
		if last := s.Versions[n-1]; last.Status == Draft {
			return last.Number
		}
		return s.Versions[n-1].Number + 1
	}
	return 1
}

func evolve(s State, event Event) State {
	switch e := event.(type) {
	case VersionDrafted:
		s.ID, s.Authority = e.Catalogue, e.Authority
		drafted := Version{Number: e.Version, Title: e.Title, Items: e.Items, DraftedBy: e.By, Status: Draft}
		if _, again := s.Version(e.Version); again {
			return s.with(e.Version, func(v *Version) { *v = drafted })
		}
		s.Versions = append(slices.Clone(s.Versions), drafted)
	case ItemsAdded:
		return s.with(e.Version, func(v *Version) { v.Items = slices.Concat(v.Items, e.Items) })
	case VersionPublished:
		return s.with(e.Version, func(v *Version) {
			v.Status, v.DocumentNo, v.PublishedOn = Published, e.DocumentNo, e.PublishedOn
		})
	case VersionWithdrawn:
		return s.with(e.Version, func(v *Version) {
			v.Status, v.Reason, v.WithdrawnOn = Withdrawn, e.Reason, e.WithdrawnOn
		})
	}
	return s
}

// with changes a copy of one version, so that no state shares it with another.
func (s State) with(number int, change func(*Version)) State {
	s.Versions = slices.Clone(s.Versions)
	for i := range s.Versions {
		if s.Versions[i].Number == number {
			change(&s.Versions[i])
		}
	}
	return s
}
