package outbox

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// Message is one message for other systems.
type Message struct {
	ID      string          // follows from the event: the same whenever it is made again
	Type    string          // what it tells, with the version of its data's form; see Types
	Schema  string          // name of the data's form
	Subject string          // where it goes, see Public and Staff
	About   string          // id of the disclosure, plan or inspection
	Key     string          // stream of the event: messages of one key come in its order
	Time    time.Time       // when the event was recorded
	Epoch   string          // of the ledger when it was published: what positions and numbers in it are of
	Data    json.RawMessage // the form that Schema names
	// Sole says that nothing which went to this subject before may be shown any more, so that a bus which keeps messages lets go of
	// the earlier ones. Those come again after it, without what may not be shown.
	Sole bool
	// Again is the ID of the message because of which this one comes again, under its own ID; empty for the first time.
	Again string
}

// Publisher is the bus.
//
// Publish takes messages in order and answers nil once it has taken all of them durably; what a bus means by that, it says. After an
// error some may be taken: the caller gives the same again, and a message whose ID and Again it took not long ago the bus MUST take
// as the same. Of messages with one Subject it MUST keep the order in which they were first given. It MUST NOT keep them in memory while
// it can't reach what makes them durable: it answers an error then. It ends when ctx does, or a few seconds later.
type Publisher interface {
	Publish(ctx context.Context, messages ...Message) error
}

// Prefixes of the subjects. All below Public may be read by everybody.
const (
	Public = "mingjian.v1.public"
	Staff  = "mingjian.v1.staff"
)

// subject joins a prefix with tokens. Of a token, letters, digits, "_" and "-" stay; every other byte is "=" and two hexadecimal
// digits, so that no id can have a meaning in a subject and different ids stay different; an empty one is "=".
func subject(prefix string, tokens ...string) string {
	var b strings.Builder
	b.WriteString(prefix)
	for _, t := range tokens {
		b.WriteByte('.')
		escape(&b, t)
	}
	return b.String()
}

func escape(b *strings.Builder, token string) {
	const digits = "0123456789ABCDEF"
	if token == "" {
		b.WriteByte('=')
	}
	for i := range len(token) {
		switch c := token[i]; {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '_', c == '-':
			b.WriteByte(c)
		default:
			b.WriteByte('=')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
}
