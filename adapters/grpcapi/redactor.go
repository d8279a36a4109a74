package grpcapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

// redacted is a message out of whose texts was taken what the public may not see, and what it was before.
type redacted[M proto.Message] struct {
	message M // the published texts
	fields  []redaction.Field
	overlay redaction.Overlay // without the sealed texts
	persons []string          // whom the texts are about beside those whose numbers stand in them
}

// none tells that nothing was taken out.
func (r redacted[M]) none() bool {
	return len(r.overlay.Fields) == 0 && r.overlay.Minor == redaction.NoMinor
}

// kindOfText says how a text field is redacted, by its name; false for one that is left alone.
type kindOfText func(protoreflect.Name) (redaction.FieldKind, bool)

// textKind says how a text field of a request is redacted, by its name; false for codes, ids and dates, which hold no wording.
func textKind(name protoreflect.Name) (redaction.FieldKind, bool) {
	switch name {
	case "violation", "facts", "basis", "content", "reason", "note", "demand", "statement":
		return redaction.Prose, true
	case "name":
		return redaction.PartyName, true
	case "authority_name", "decision_no", "licence_affected", "legal_representative":
		return redaction.Label, true
	}
	return 0, false
}

// redact proposes what is taken out of the texts of a message and takes it out. It is done before anything is decided, so that
// no event, view, log or refusal ever holds it.
func redact[M proto.Message](message M, c redaction.Context) redacted[M] {
	return redactBy(message, c, textKind)
}

func redactBy[M proto.Message](message M, c redaction.Context, kind kindOfText) redacted[M] {
	clean := proto.CloneOf(message)
	var fields []redaction.Field
	var put []func(string)
	walkTexts(clean.ProtoReflect(), "", kind, func(f redaction.Field, set func(string)) {
		fields, put = append(fields, f), append(put, set)
	})
	out := redacted[M]{message: clean, fields: fields, persons: nil, overlay: redaction.Overlay{
		Served: domain.Sealed{Item: "", Persons: nil, Commitment: ""}, Fields: nil, Minor: redaction.Minors(fields, c.On),
	}}
	for i, spans := range redaction.ProposeAll(fields, c) {
		if len(spans) > 0 {
			put[i](redaction.Apply(fields[i].Text, spans))
			out.overlay = out.overlay.With(fields[i].Name, spans)
		}
	}
	return out
}

// walkTexts calls each for the texts of a message, and of the messages within it, in the order of the fields.
func walkTexts(m protoreflect.Message, prefix string, kindOf kindOfText, each func(redaction.Field, func(string))) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		kind, wording := kindOf(f.Name())
		switch {
		case !m.Has(f) || f.Name() == "identity": // which is sealed by itself
		case f.Kind() == protoreflect.MessageKind && f.IsList():
			for n := range m.Get(f).List().Len() {
				walkTexts(m.Get(f).List().Get(n).Message(), fmt.Sprintf("%s%s[%d].", prefix, f.Name(), n), kindOf, each)
			}
		case f.Kind() == protoreflect.MessageKind && !f.IsMap():
			walkTexts(m.Get(f).Message(), prefix+string(f.Name())+".", kindOf, each)
		case f.Kind() == protoreflect.StringKind && wording && f.Cardinality() != protoreflect.Repeated:
			each(redaction.Field{Name: prefix + string(f.Name()), Kind: kind, Text: m.Get(f).String()}, func(s string) {
				m.Set(f, protoreflect.ValueOfString(s))
			})
		}
	}
}

// servedText is a text as it was served, in the vault.
type servedText struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// sealed keeps the texts as they were served and refers to them. The item derives from the command, so that a retry finds it.
// Without an identity number in the texts they are kept under a key of the record itself.
func (r redacted[M]) sealed(ctx context.Context, vault Vault, command es.ID) (*redaction.Overlay, error) {
	if r.none() {
		return nil, nil
	}
	out := r.overlay
	var err error
	out.Served, err = sealTexts(ctx, vault, command, r.fields, r.persons)
	return &out, err
}

// sealTexts keeps texts of a record under the keys of the persons whose identity numbers they hold.
func sealTexts(ctx context.Context, vault Vault, command es.ID, fields []redaction.Field, about []string) (none domain.Sealed, err error) {
	if vault == nil {
		return none, domain.Refuse(domain.Unavailable, "redaction.vault", "",
			"未配置个人信息保险库，不能录入含个人信息的文本", "no vault is configured, so texts with personal data can't be taken in")
	}
	item := string(es.DeriveID(command, "served"))
	numbers := redaction.ResidentIDs(fields)
	if len(numbers) == 0 && len(about) == 0 {
		numbers = []string{"record " + item}
	}
	persons := slices.Clone(about)
	for _, number := range numbers {
		person, err := vault.Person(ctx, number)
		if err != nil {
			return none, err
		}
		persons = append(persons, person)
	}
	texts := make([]servedText, len(fields))
	for i, f := range fields {
		texts[i] = servedText{f.Name, f.Text}
	}
	plain, err := json.Marshal(texts)
	if err != nil {
		return none, err
	}
	s, err := vault.Seal(ctx, item, persons, plain)
	if domain.KindOf(err) == domain.Conflict { // other texts under the id of this command: its key stood for another request
		err = &es.ReusedError{ID: command}
	}
	return s, err
}

// servedTexts opens the texts as they were served, by field.
func servedTexts(ctx context.Context, vault Vault, s domain.Sealed) (map[string]string, error) {
	if vault == nil {
		return nil, domain.Refuse(domain.Unavailable, "redaction.vault", "", "未配置个人信息保险库", "no vault is configured")
	}
	plain, err := vault.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	var texts []servedText
	if err := json.Unmarshal(plain, &texts); err != nil {
		return nil, fmt.Errorf("grpcapi: served texts of %s: %w", s.Item, err)
	}
	out := map[string]string{}
	for _, t := range texts {
		out[t.Field] = t.Text
	}
	return out, nil
}

// published is the text that spans leave of a served one. Spans that don't fit, leave a hard rule out or bring in what it hides
// are refused.
func published(field, served string, spans []redaction.Span, c redaction.Context) (string, *domain.Fault) {
	slices.SortFunc(spans, func(a, b redaction.Span) int { return cmp.Compare(a.From, b.From) })
	if !redaction.Fits(len([]rune(served)), spans) {
		return "", domain.Refuse(domain.Invalid, "redaction.spans", field,
			field+"：遮盖位置超出原文或互相重叠", field+": spans lie outside the text or overlap")
	}
	text := redaction.Apply(served, spans)
	proposed := redaction.ProposeAll([]redaction.Field{{Name: field, Kind: redaction.Label, Text: served}}, c)[0]
	if !redaction.Covered(proposed, spans) || redaction.Hard(text) {
		return "", domain.Refuse(domain.Precondition, "redaction.hard", field,
			field+"：证件号码、银行账号、移动电话必须遮盖（《市场监督管理行政处罚信息公示规定》第六条）",
			field+": identity numbers, bank accounts and mobile phones stay hidden (Order 45 art. 6)")
	}
	return text, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
