package esdb

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// names turns streams into the server's names and back.
type names struct{ namespace string }

func newNames(namespace string) (names, error) {
	if strings.HasPrefix(namespace, "$") || strings.Contains(namespace, "-") || !utf8.ValidString(namespace) {
		return names{}, fmt.Errorf("esdb: the namespace %q begins with $, holds - or is not UTF-8", namespace)
	}
	return names{namespace}, nil
}

// check refuses names that the server keeps for itself, or would change: it takes all names for UTF-8.
func (n names) check(stream es.Stream, events []es.Proposed) error {
	name := n.of(stream)
	if strings.HasPrefix(stream.Category, "$") || !utf8.ValidString(name) {
		return fmt.Errorf("esdb: can't name a stream %q", name)
	}
	for _, e := range events {
		if strings.HasPrefix(e.Type, "$") || !utf8.ValidString(e.Type) {
			return fmt.Errorf("esdb: can't name an event type %q", e.Type)
		}
	}
	return nil
}

func (n names) of(s es.Stream) string { return n.namespace + s.String() }

// own tells a stream of this store from the server's own and from those of other namespaces; it is what the filter says.
func (n names) own(name string) bool {
	if n.namespace != "" {
		return strings.HasPrefix(name, n.namespace)
	}
	return !strings.HasPrefix(name, "$")
}

// stream is the inverse of of.
func (n names) stream(name string) (s es.Stream, ok bool) {
	name, own := strings.CutPrefix(name, n.namespace)
	s.Category, s.ID, ok = strings.Cut(name, "-")
	return s, own && ok && s.Category != "" && s.ID != ""
}
