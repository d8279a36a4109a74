package licence

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// StreamCategory is the stream category; Category is the class of a licence.
const StreamCategory = "licence"

// Decider is the aggregate.
var Decider = es.Decider[State, Command, Event]{
	Category: StreamCategory, Initial: State{}, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// ID is the id of a licence that an authority grants: it derives from the licence number or, for a licence without one, from
// the number of the decision, in the normal form.
func ID(authority domain.AuthorityID, licenceNo, documentNo string) string {
	no := domain.NormalNo(licenceNo)
	if no == "" {
		no = domain.NormalNo(documentNo)
	}
	return string(es.DeriveID(es.DeriveID("", "mingjian", StreamCategory), string(authority), no))
}

// TakenOverID is the id of a licence of an older register: "register:number" for plain numbers, else "register:" and a UUID
// that derives from the number.
func TakenOverID(register, licenceNo string) string {
	no := domain.NormalNo(licenceNo)
	if !plain(no) {
		no = string(es.DeriveID(es.DeriveID("", "mingjian", StreamCategory), register, no))
	}
	return register + ":" + no
}

func plain(no string) bool {
	return no != "" && len(no) <= 64 && !strings.ContainsFunc(no, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
	})
}

// RecordID is the id under which the decision at a revision is disclosed.
func RecordID(licence string, n es.Revision) string {
	return licence + "." + strconv.FormatUint(uint64(n), 10)
}

// ParseRecordID is the inverse of RecordID.
func ParseRecordID(id string) (licence string, n es.Revision, err error) {
	dot := strings.LastIndexByte(id, '.')
	if dot > 0 {
		var u uint64
		if u, err = strconv.ParseUint(id[dot+1:], 10, 63); err == nil && RecordID(id[:dot], es.Revision(u)) == id {
			return id[:dot], es.Revision(u), nil
		}
	}
	return "", 0, domain.Refuse(domain.Invalid, "licence.record_id.form", "record_id",
		"许可决定的编号应为“许可标识.序号”", "the record id of a decision is LICENCE.REVISION")
}

// Details is what a licence says.
type Details struct {
	Holder          Holder
	DocumentTitle   string
	DocumentNo      string
	Category        Category
	CategoryName    string
	CertificateName string
	LicenceNo       string
	Content         string
	ValidFrom       calendar.Date
	ValidTo         calendar.Date
	Status          Status
}

// Decision is one decision: what it did, and what the licence said after it. Of a taken-over term it is that term alone.
type Decision struct {
	Details
	Action Action
	On     calendar.Date // decided on, or the day from which it holds; of a taken-over term its first day
	Reason string
	Ground Ground        // of a revocation
	Until  calendar.Date // last day of a suspension, if it is fixed
	RowNo  string        // of a taken-over term
}

// State is a licence as its events tell it.
type State struct {
	ID            string
	Authority     domain.AuthorityID
	AuthorityName string
	Register      string // of a taken-over licence
	Current       Details
	Decisions     []Decision      // by revision
	Terms         []TermTakenOver // in the order in which they came
	native        int             // decisions that are not taken over
}

// Exists tells whether there is a licence.
func (s State) Exists() bool { return s.ID != "" }

// evolve adds one decision per event, so that a decision's place is its event's revision.
func evolve(s State, e Event) State {
	d := Decision{Details: s.Current}
	switch e := e.(type) {
	case Granted:
		s.ID, s.Authority, s.AuthorityName = e.Licence, e.Authority, e.AuthorityName
		d = Decision{Action: ActGrant, On: e.DecidedOn, Details: Details{
			Holder: e.Holder, DocumentTitle: e.DocumentTitle, DocumentNo: e.DocumentNo, Category: e.Category, CategoryName: e.CategoryName,
			CertificateName: e.CertificateName, LicenceNo: e.LicenceNo, Content: e.Content,
			ValidFrom: e.ValidFrom, ValidTo: e.ValidTo, Status: StatusInForce,
		}}
	case Amended:
		d.Action, d.On, d.Reason, d.Details = ActAmend, e.DecidedOn, e.Reason, amended(s.Current, e)
	case Renewed:
		d.Action, d.On, d.DocumentNo, d.ValidFrom, d.ValidTo = ActRenew, e.DecidedOn, e.DocumentNo, e.ValidFrom, e.ValidTo
		if d.Status == StatusExpired {
			d.Status = s.beforeExpiry() // it was renewed before it lapsed
		}
	case Suspended:
		d.Action, d.On, d.DocumentNo, d.Reason, d.Until, d.Status = ActSuspend, e.On, e.DocumentNo, e.Reason, e.Until, StatusSuspended
	case Resumed:
		d.Action, d.On, d.DocumentNo, d.Reason, d.Status = ActResume, e.On, e.DocumentNo, e.Reason, StatusInForce
	case Revoked:
		d.Action, d.On, d.DocumentNo, d.Reason, d.Ground, d.Status = ActRevoke, e.On, e.DocumentNo, e.Reason, e.Ground, StatusRevoked
	case Cancelled:
		d.Action, d.On, d.DocumentNo, d.Reason, d.Status = ActCancel, e.On, e.DocumentNo, e.Reason, StatusCancelled
	case Expired:
		d.Action, d.On, d.DocumentNo, d.Status = ActExpire, e.On, "", StatusExpired
	case Reissued:
		d.Action, d.On, d.DocumentNo, d.Reason = ActReissue, e.On, e.DocumentNo, e.Reason
	case TermTakenOver:
		return takenOver(s, e)
	}
	s.Current = d.Details
	s.Decisions = append(slices.Clip(s.Decisions), d)
	s.native++
	return s
}

func amended(d Details, a Amended) Details {
	d.DocumentNo = a.DocumentNo
	if a.DocumentTitle != "" {
		d.DocumentTitle = a.DocumentTitle
	}
	if a.Holder != nil {
		d.Holder = *a.Holder
	}
	if a.CertificateName != "" {
		d.CertificateName = a.CertificateName
	}
	if a.Content != "" {
		d.Content = a.Content
	}
	return d
}

// takenOver adds a term. The licence says what its latest term says, in whatever order they came, unless it was decided here
// since.
func takenOver(s State, e TermTakenOver) State {
	d := Decision{Action: e.Action, On: e.ValidFrom, RowNo: e.RowNo, Details: Details{
		Holder: e.Holder, DocumentTitle: e.Title, LicenceNo: e.LicenceNo, Content: e.Activity,
		ValidFrom: e.ValidFrom, ValidTo: e.ValidTo, Status: e.Status,
	}}
	if s.native == 0 && !slices.ContainsFunc(s.Terms, func(t TermTakenOver) bool { return later(t, e) }) {
		s.Current, s.AuthorityName = d.Details, e.AuthorityName
	}
	s.ID, s.Authority, s.Register = e.Licence, e.Authority, e.Register
	s.Decisions = append(slices.Clip(s.Decisions), d)
	s.Terms = append(slices.Clip(s.Terms), e)
	return s
}

// beforeExpiry is the status that the expiry took the place of.
func (s State) beforeExpiry() Status {
	for _, d := range slices.Backward(s.Decisions) {
		if d.RowNo == "" && d.Status != StatusExpired {
			return d.Status
		}
	}
	return StatusInForce
}

// later orders terms by their first day, and those of one day by their rows.
func later(a, b TermTakenOver) bool {
	return cmp.Or(a.ValidFrom.Compare(b.ValidFrom), cmp.Compare(a.RowNo, b.RowNo)) > 0
}

// statusOn is the status on a day on which nothing further was decided: a suspension for a fixed time ends by itself.
func (s State) statusOn(today calendar.Date) Status {
	if d, found := s.suspension(); found && s.Current.Status == StatusSuspended && !d.Until.IsZero() && d.Until.Before(today) {
		return StatusInForce
	}
	return s.Current.Status
}

// suspension is the last one decided here.
func (s State) suspension() (Decision, bool) {
	for _, d := range slices.Backward(s.Decisions) {
		if d.Action == ActSuspend && d.RowNo == "" {
			return d, true
		}
	}
	return Decision{}, false
}
