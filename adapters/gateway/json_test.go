package gateway

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/timestamppb"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// filler fills messages of any type by chance.
type filler struct{ *rand.Rand }

// fill sets about half of the fields, in messages within messages up to a depth. The extensions of a page (google.api.HttpBody)
// stay empty: nothing here sets them, and an Any of no known type has no JSON.
func (f filler) fill(m protoreflect.Message, depth int) {
	if ts, ok := m.Interface().(*timestamppb.Timestamp); ok {
		ts.Seconds, ts.Nanos = f.Int64N(4e9), int32(f.IntN(1e9)) //nolint:gosec // below 1e9
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		message := fd.Kind() == protoreflect.MessageKind
		switch {
		case f.IntN(2) == 0 || message && (depth == 0 || fd.Message().FullName() == "google.protobuf.Any"):
		case fd.IsList():
			list := m.Mutable(fd).List()
			for range f.IntN(4) {
				if message {
					f.fill(list.AppendMutable().Message(), depth-1)
				} else {
					list.Append(f.value(fd))
				}
			}
		case message:
			f.fill(m.Mutable(fd).Message(), depth-1)
		default:
			m.Set(fd, f.value(fd))
		}
	}
}

var samples = []string{"", "plain", "执法机关〔2026〕1号", "a\"b\\c/d", "tab\tline\nreturn\r\b\f\x00\x1f\x7f", "<&>\u2028\u2029", "\U0001F600"}

func (f filler) value(fd protoreflect.FieldDescriptor) protoreflect.Value {
	switch fd.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(samples[f.IntN(len(samples))])
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(samples[f.IntN(len(samples))]))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(f.IntN(2) == 0)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(int32(f.Uint32())) //nolint:gosec // any bits
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(f.Uint32())
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(int64(f.Uint64())) //nolint:gosec // any bits
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(f.Uint64())
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(f.IntN(12))) // also ones without a name
	default:
		panic(fd.FullName() + " is of a kind that no message had")
	}
}

// TestAnswersAreWhatProtojsonWrites fills each message of the API again and again.
func TestAnswersAreWhatProtojsonWrites(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	f, a, types := filler{rand.New(rand.NewPCG(seed, 0))}, newAnswers(), 0
	check := func(typ protoreflect.MessageType) bool {
		if !strings.HasPrefix(string(typ.Descriptor().FullName()), "mingjian.") {
			return true
		}
		types++
		for n := range 40 {
			m := typ.New()
			if n > 0 {
				f.fill(m, 4)
			}
			same(t, a, m.Interface())
		}
		return true
	}
	protoregistry.GlobalTypes.RangeMessages(check)
	if types < 100 {
		t.Errorf("only %d types were found", types)
	}
}

// same demands the same JSON values, and the same message when they are read again.
func same(t *testing.T, a *answers, m proto.Message) {
	t.Helper()
	got, err := a.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	want, err := a.MarshalOptions.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var ours, theirs any
	if err := json.Unmarshal(got, &ours); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal(want, &theirs); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(ours, theirs) {
		t.Fatalf("%T\n got %s\nwant %s", m, got, want)
	}
	back := m.ProtoReflect().New().Interface()
	if err := protojson.Unmarshal(got, back); err != nil || !proto.Equal(m, back) {
		t.Fatalf("%T: read again: %v, %v\nof %s", m, back, err, got)
	}
}

func TestAnswersRefuseWhatIsNotUTF8(t *testing.T) {
	t.Parallel()
	if b, err := newAnswers().Marshal(&mingjianv1.GetStatisticsRequest{Measure: "\xff"}); err == nil {
		t.Errorf("wrote %q", b)
	}
}

// TestAnswersLeaveTheRestToProtojson: what the API has none of so far is written all the same.
func TestAnswersLeaveTheRestToProtojson(t *testing.T) {
	t.Parallel()
	a := newAnswers()
	same(t, a, timestamppb.New(timestamppb.Now().AsTime()))
	if b, err := a.Marshal(map[string]int{"n": 1}); err != nil || string(b) != `{"n":1}` {
		t.Errorf("%s, %v", b, err)
	}
}
