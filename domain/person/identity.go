package person

import (
	"encoding/json"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// IDKind is the kind of a document that identifies a person (证件类型).
type IDKind string

// The kinds, those of the 双公示 tables.
const (
	ResidentID      IDKind = "resident_id"      // 身份证
	Passport        IDKind = "passport"         // 护照
	HKMacaoPermit   IDKind = "hk_macao_permit"  // 港澳居民来往内地通行证
	TaiwanPermit    IDKind = "taiwan_permit"    // 台湾居民来往大陆通行证
	ForeignerPermit IDKind = "foreigner_permit" // 外国人永久居留身份证
	OtherID         IDKind = "other"            // 其他
)

// Label is the kind in Chinese, empty for none of them.
func (k IDKind) Label() string {
	switch k {
	case ResidentID:
		return "身份证"
	case Passport:
		return "护照号"
	case HKMacaoPermit:
		return "港澳居民来往内地通行证"
	case TaiwanPermit:
		return "台湾居民来往大陆通行证"
	case ForeignerPermit:
		return "外国人永久居留身份证"
	case OtherID:
		return "其他"
	}
	return ""
}

// Identity identifies a natural person. It is kept in the vault alone: no event, view or log ever holds one.
type Identity struct {
	Kind    IDKind `json:"id_kind"`
	Number  string `json:"id_number"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// Limits of texts, in characters.
const (
	maxNumber  = 64
	maxPhone   = 64
	maxAddress = 400
)

// Check demands a number of a known kind. No fault says what the texts are.
func (d Identity) Check(field string) error {
	faults := []*domain.Fault{
		domain.Blank("person.id_number", field+".id_number", d.normal()),
		domain.Text("person.id_number", field+".id_number", d.Number, maxNumber),
		domain.Text("person.phone", field+".phone", d.Phone, maxPhone),
		domain.Text("person.address", field+".address", d.Address, maxAddress),
	}
	switch {
	case d.Kind.Label() == "":
		faults = append(faults, domain.Refuse(domain.Invalid, "person.id_kind.unknown", field+".id_kind", "未知的证件类型", "unknown kind of document"))
	case d.Kind == ResidentID && d.normal() != "" && !uscc.IsResidentID(d.normal()):
		faults = append(faults, domain.Refuse(domain.Invalid, "person.id_number.check", field+".id_number",
			"公民身份号码不符合GB 11643（位数、出生日期或校验码）", "not a resident identity number of GB 11643"))
	}
	return domain.Require(faults...)
}

func (d Identity) normal() string {
	return strings.ReplaceAll(domain.NormalName(d.Number), "-", "")
}

// Key is what the vault tells the person by: a resident identity number by itself, other numbers with their kind.
func (d Identity) Key() string {
	if d.Kind == ResidentID {
		return d.normal()
	}
	return string(d.Kind) + ":" + d.normal()
}

// Plain is the text that is sealed.
func (d Identity) Plain() ([]byte, error) { return json.Marshal(d) }

// ParseIdentity is the inverse of Plain; not ok for a text that is no identity.
func ParseIdentity(plain []byte) (d Identity, ok bool) {
	err := json.Unmarshal(plain, &d)
	return d, err == nil && d.Kind.Label() != "" && d.Number != ""
}
