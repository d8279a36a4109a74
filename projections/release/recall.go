package release

import (
	"maps"
	"slices"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
)

// Names of the lists of past. Ids of authorities and subjects hold no "|".
func ofKind(kind string) string                 { return "kind|" + kind }
func ofAuthority(kind, authority string) string { return "authority|" + kind + "|" + authority }
func ofSubject(kind, subject string) string     { return "subject|" + kind + "|" + subject }
func ofBoth(kind, subject, authority string) string {
	return ofSubject(kind, subject) + "|" + authority
}

// timeline has all kinds and what was withdrawn, as the record of an enterprise shows it.
func timeline(subject string) string { return "timeline|" + subject }

// terms has what is on the portal until a day, by that day.
func terms(subject string) string { return "term|" + subject }

// A date has no "|" and comes first, so that lists are sorted by it. "}" follows upon "|".
func entryKey(date, disclosure string) string { return date + "|" + disclosure }

func afterDate(date string) string { return date + "}" }

// spot is what a list says of a disclosure: under which key it stands, and the last day on the portal; of terms, the kind.
type spot struct{ key, value string }

// places are the lists that a state stands in.
func (h held) places() map[string]spot {
	r, shown, term := h.GetRelease(), h.standing() == public, ""
	if !shown && (h.standing() != withdrawn || h.since == 0) { // what never was on the portal leaves no tombstone there
		return nil
	}
	if shown {
		term = h.term() // a tombstone stays
	}
	kind, authority, at := r.GetRecordKind(), r.GetAuthority().GetId(), spot{entryKey(r.GetDate(), r.GetDisclosureId()), term}
	out := map[string]spot{}
	if shown {
		out[ofKind(kind)], out[ofAuthority(kind, authority)] = at, at
	}
	for _, s := range r.GetSubjects() {
		id := s.GetId()
		if id == "" {
			continue
		}
		out[timeline(id)] = at
		if !shown {
			continue
		}
		out[ofSubject(kind, id)], out[ofBoth(kind, id, authority)] = at, at
		if term != "" {
			out[terms(id)] = spot{entryKey(term, r.GetDisclosureId()), kind}
		}
	}
	return out
}

// recalled are the rows that an act changes in past.
func recalled(rows *projections.Rows, a *act) (keys []projections.Key, err error) {
	s, err := follow(rows, a)
	if err != nil {
		return nil, err
	}
	for _, places := range []map[string]spot{s.before.places(), s.after.places()} {
		for _, list := range slices.Sorted(maps.Keys(places)) {
			more, err := past.More(rows, list, places[list].key)
			if err != nil {
				return nil, err
			}
			keys = append(keys, more...)
		}
	}
	return keys, nil
}

// keep keeps the former state and takes the disclosure in past from where it stood to where it stands.
func keep(rows *projections.Rows, s step) error {
	if s.before.GetRelease() != nil {
		if err := document.Put(rows, formerTable, s.before.former(s.after.last), s.before.Released); err != nil {
			return err
		}
	}
	stood, stands := s.before.places(), s.after.places()
	for _, list := range slices.Sorted(maps.Keys(stood)) {
		if stays, ok := stands[list]; !ok || stays.key != stood[list].key {
			if err := past.Remove(rows, list, stood[list].key, s.after.last); err != nil {
				return err
			}
		}
	}
	for _, list := range slices.Sorted(maps.Keys(stands)) {
		if err := past.Put(rows, list, stands[list].key, stands[list].value, s.after.last); err != nil {
			return err
		}
	}
	return nil
}
