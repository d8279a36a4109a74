package disclosure

import "slices"

// behind are the accounts that stand behind a document: whoever submitted it or made its record, and whoever stood behind the
// documents that it took the place of. Once it is public, or gone, the next one begins anew.
func (d Draft) behind() []string {
	if d.Stage == None || d.Stage == Done {
		return nil
	}
	out := slices.Clone(d.Behind)
	for _, account := range []string{d.Submitter, d.Author} {
		if account != "" && !slices.Contains(out, account) {
			out = append(out, account)
		}
	}
	return out
}
