package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Vault keeps personal texts apart from the events, each encrypted under a key of every person whom it tells of.
//
// Person names the person with an identity number, and makes one known if the number is new. However the number is typed
// (width, blanks, hyphens, case of its letters), it is the same one; concurrent calls get one answer, and so do later ones
// until the person is shredded: from then on the number is another, new person. The name is random and tells nothing of the
// number. A blank number is a domain.Invalid fault. A person for whom nothing was sealed may be forgotten when the vault is
// opened again.
//
// Seal keeps a text under the id of an item, which its caller derives from the command and the field, so that a retry finds
// it: the same text and persons answer the first Sealed again, also at the same time; other ones are a domain.Conflict fault
// and change nothing. Sealed MUST be durable before Seal returns without error, so that an event may refer to it. Its
// persons are sorted, each once. Its commitment is the SHA-256 of 32 random bytes and the text; the bytes are kept with the
// text alone, so that nobody who lacks it can try texts. An item without id or person, or with a person who was never known,
// is a domain.Invalid fault, a shredded one domain.Gone, and a text of more than MaxPersonal bytes domain.TooLarge.
//
// Open gives the text of what Seal answered. After one of its persons was shredded it is a domain.Gone fault. What was never
// sealed is domain.NotFound; an item that was, but for other persons or with another commitment, is domain.Conflict. Bytes
// that are not what was sealed are an error.
//
// Shred destroys the key of a person for good, durably before it returns without error. A Seal for the person at the same
// time comes before it or is refused; no later one succeeds. Shredding again, and shredding a person who was never known, is
// no error, and is remembered: no text can be sealed for such a person. After an error the caller shreds again.
//
// All may be called from many goroutines. A call whose ctx has ended answers its error.
type Vault interface {
	Person(ctx context.Context, idNumber string) (person string, err error)
	Seal(ctx context.Context, item string, persons []string, plain []byte) (domain.Sealed, error)
	Open(ctx context.Context, s domain.Sealed) ([]byte, error)
	Shred(ctx context.Context, person string) error
}

// MaxPersonal bounds one personal text, in bytes: an original of a picture, the largest there is, fits in.
const MaxPersonal = 3 << 20
