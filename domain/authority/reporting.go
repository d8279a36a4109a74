package authority

import "github.com/mingjian-ledger/mingjian/domain"

// ReportingArranged says under which code the authority reports to credit platforms, and from which unit its data come
// (数据来源单位) where that is another than itself.
type ReportingArranged struct {
	Code       string `json:"code"` // 统一社会信用代码
	SourceName string `json:"source_name,omitempty"`
	SourceCode string `json:"source_code,omitempty"`
	Reason     string `json:"reason"`
}

// EventType is the stored name.
func (ReportingArranged) EventType() string { return typeReportingArrangedV1 }

func (ReportingArranged) event() {}

// ArrangeReporting records the code, also of an authority that was registered without one or with a wrong one. A source has name
// and code, or neither.
type ArrangeReporting struct {
	By         domain.Actor
	Code       string
	SourceName string
	SourceCode string
	Reason     string
}

func (ArrangeReporting) command() {}

// Source is the unit that the data come from, by name and code: the authority itself unless another was arranged.
func (s State) Source() (name, code string) {
	if s.SourceName != "" {
		return s.SourceName, s.SourceCode
	}
	return s.Name, s.Code
}

func arrangeReporting(s State, c ArrangeReporting) ([]Event, error) {
	if s.Code == c.Code && s.SourceName == c.SourceName && s.SourceCode == c.SourceCode {
		return nil, nil
	}
	faults := []*domain.Fault{domain.Blank("authority.code", "code", c.Code), code(c.Code), needed("authority.reason", "reason", c.Reason, maxReason)}
	if c.SourceName != "" || c.SourceCode != "" {
		source := code(c.SourceCode)
		if source != nil {
			source.Code, source.Field = "authority.source_code.unsound", "source_code"
		}
		faults = append(faults, needed("authority.source_name", "source_name", c.SourceName, maxName),
			domain.Blank("authority.source_code", "source_code", c.SourceCode), source)
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{ReportingArranged{Code: c.Code, SourceName: c.SourceName, SourceCode: c.SourceCode, Reason: c.Reason}}, nil
}
