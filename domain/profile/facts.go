package profile

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Kind is what kind of record a profile is for.
type Kind string

// The kinds.
const (
	Penalty Kind = "penalty" // 行政处罚
	Licence Kind = "licence" // 行政许可
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{Penalty, Licence} }

// Label is the kind in Chinese, empty for one that is none.
func (k Kind) Label() string {
	switch k {
	case Penalty:
		return "行政处罚"
	case Licence:
		return "行政许可"
	}
	return ""
}

// Coded is one of this ledger's own codes with the words that it stands for. Of a code "other" the words name what it is.
type Coded struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// Party is whom the record is about (行政相对人).
type Party struct {
	Kind                string // own code: legal, individual_business or natural
	Name                string // as it is to stand on this platform
	USCC                string // 统一社会信用代码
	NoCode              bool   // it is known to have none; where that is not known there is no code, and no placeholder either
	Registration        string // 工商注册号
	Organisation        string // 组织机构代码
	Tax                 string // 税务登记号
	Institution         string // 事业单位证书号
	Association         string // 社会组织登记证号
	LegalRepresentative string // 法定代表人 or 经营者
	HasIdentity         bool   // its number is in the vault; it is never told here
}

// Unit is an authority or another body that platforms know by name and code.
type Unit struct {
	Name string
	USCC string
}

// Facts is everything of one record that any profile may want.
type Facts struct {
	Kind        Kind
	Record      string // id of the penalty, or record id of the decision on a licence
	Party       Party
	Joint       bool   // the record is of further parties, too, as older ones are: one row can't tell of them
	Authority   Unit   // that decided
	Source      Unit   // that reports (数据来源单位)
	District    string // of the authority, six digits (地方编码)
	Title       string // of the document of decision, without its number
	DocumentNo  string
	Content     string // 处罚内容 or 许可内容
	DecidedOn   calendar.Date
	Status      Coded         // own code of the aggregate
	Withdrawn   bool          // the platform is to be told that it stands no more
	PublicUntil calendar.Date // last day of publicity on the platform, if there is one
	Remark      string

	// Of a penalty.
	Violation       string
	Story           string // 违法事实
	Basis           string
	Kinds           []Coded // 行政处罚法 art. 9
	Fine            domain.Fen
	Confiscated     domain.Fen
	LicenceAffected string // 暂扣或吊销证照名称及编号
	EffectiveUntil  calendar.Date

	// Of a licence.
	Action      Coded // what the decision did
	Category    Coded
	Certificate string // name of the certificate
	LicenceNo   string
	ValidFrom   calendar.Date
	ValidTo     calendar.Date
}

// Identity is what of a natural person stands in personal columns. It comes from the vault and goes into files alone.
type Identity struct {
	Kind   Coded // 证件类型, own code
	Number string
}
