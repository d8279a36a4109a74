package draw

// Reason says why a selected subject can't be inspected; the list is published and closed.
type Reason string

// The reasons.
const (
	Deregistered Reason = "deregistered"
	MovedOut     Reason = "moved_out"
	Merged       Reason = "merged"
	Closed       Reason = "closed"
	NotInScope   Reason = "not_in_scope"
)

// Label is the reason's text, empty for a code that is not listed.
func (r Reason) Label() string {
	switch r {
	case Deregistered:
		return "已注销"
	case MovedOut:
		return "已迁出"
	case Merged:
		return "已合并"
	case Closed:
		return "已关闭停业"
	case NotInScope:
		return "不属于本次抽查范围"
	}
	return ""
}
