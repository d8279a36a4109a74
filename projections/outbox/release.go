package outbox

import (
	"bytes"
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/domain/es"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// SchemaRelease names the form of an item of the feed, mingjian.view.v1.Release in the JSON of the REST door.
const SchemaRelease = "urn:mingjian:schema:release.v1"

// Types of release messages, by the kind of act.
const (
	TypePublished = "mingjian.release.published.v1"
	TypeCorrected = "mingjian.release.corrected.v1"
	TypeWithdrawn = "mingjian.release.withdrawn.v1"
	TypeAdopted   = "mingjian.release.adopted.v1"
	TypeMasked    = "mingjian.release.masked.v1"
	TypeUnmasked  = "mingjian.release.unmasked.v1"
	TypeEnded     = "mingjian.release.ended.v1"
)

// releaseType is empty for a kind that is not known here.
func releaseType(kind viewv1.ReleaseKind) string {
	switch kind {
	case viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED:
		return TypePublished
	case viewv1.ReleaseKind_RELEASE_KIND_CORRECTED:
		return TypeCorrected
	case viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN:
		return TypeWithdrawn
	case viewv1.ReleaseKind_RELEASE_KIND_ADOPTED:
		return TypeAdopted
	case viewv1.ReleaseKind_RELEASE_KIND_MASKED:
		return TypeMasked
	case viewv1.ReleaseKind_RELEASE_KIND_UNMASKED:
		return TypeUnmasked
	case viewv1.ReleaseKind_RELEASE_KIND_ENDED:
		return TypeEnded
	case viewv1.ReleaseKind_RELEASE_KIND_UNSPECIFIED:
	}
	return ""
}

// releaseMessages are the message of a release and, where it is the sole one, those of the releases before it once more: whatever of
// them the bus still has goes with the first, and their numbers are not to be lacking for whoever reads the bus later.
func releaseMessages(rec es.Record, facts Facts) (all []Message, err error) {
	own, err := releaseMessage(rec, facts.Item)
	if err != nil {
		return nil, err
	}
	for _, e := range facts.Earlier {
		m, err := releaseMessage(e.Record, e.Item)
		if err != nil {
			return nil, err
		}
		m.Again = own.ID
		all = append(all, m)
	}
	all = append(all, own)
	all[0].Sole = facts.Sole
	return all, nil
}

// releaseMessage goes to mingjian.v1.public.release.KIND.AUTHORITY.RECORD. All acts of a disclosure have that subject.
func releaseMessage(rec es.Record, item *viewv1.Release) (m Message, err error) {
	typ := releaseType(item.GetKind())
	if typ == "" || item.GetDisclosureId() != rec.Stream.ID || item.GetPosition() != rec.Position.String() {
		return m, fmt.Errorf("outbox: the feed has %s of %q at %s for %s at %s",
			item.GetKind(), item.GetDisclosureId(), item.GetPosition(), rec.Type, rec.Position)
	}
	if m, err = messageOf(rec, typ, SchemaRelease); err != nil {
		return m, err
	}
	m.Subject = subject(Public, "release", item.GetRecordKind(), item.GetAuthority().GetId(), item.GetRecordId())
	m.About = item.GetDisclosureId()
	text, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(item)
	if err != nil {
		return m, fmt.Errorf("outbox: release of %s: %w", rec.Stream, err)
	}
	// protojson puts spaces in by chance; one event is to make the same bytes each time.
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return m, fmt.Errorf("outbox: release of %s: %w", rec.Stream, err)
	}
	m.Data = compact.Bytes()
	return m, nil
}
