package authority

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

const (
	maxName        = 200 // characters
	maxDepartment  = 100 // as much as a roster and a task have room for
	maxReason      = 500
	maxDocumentNo  = 128
	maxDepartments = 200
	maxStored      = 56 << 10 // bytes of the departments as stored; the rest of es.MaxEvent is for what stands beside them
)

func decide(s State, command Command) ([]Event, error) {
	switch c := command.(type) {
	case Register:
		return register(s, c)
	case Rename:
		if fault := s.open(c.By); fault != nil {
			return nil, fault
		}
		return rename(s, c)
	case OpenDepartment:
		if fault := s.open(c.By); fault != nil {
			return nil, fault
		}
		return openDepartment(s, c)
	case CloseDepartment:
		if fault := s.open(c.By); fault != nil {
			return nil, fault
		}
		return closeDepartment(s, c)
	case Succeed:
		return succeed(s, c)
	case ArrangeReview:
		if fault := s.open(c.By); fault != nil {
			return nil, fault
		}
		return arrangeReview(s, c)
	case ArrangeReporting:
		if fault := s.open(c.By); fault != nil {
			return nil, fault
		}
		return arrangeReporting(s, c)
	}
	return nil, domain.Refuse(domain.Invalid, "authority.command.unknown", "", "未知命令", "unknown command")
}

func admin(by domain.Actor) *domain.Fault {
	if by.Role == domain.Admin {
		return nil
	}
	return domain.Refuse(domain.Forbidden, "authority.role", "", "仅管理员可以维护机关", "only an administrator maintains authorities")
}

// open demands a registered authority that was not succeeded.
func (s State) open(by domain.Actor) *domain.Fault {
	switch fault := admin(by); {
	case fault != nil:
		return fault
	case s.ID == "":
		return domain.Refuse(domain.NotFound, "authority.missing", "authority_id", "没有该机关", "there is no such authority")
	case s.Successor != "":
		return domain.Refuse(domain.Precondition, "authority.succeeded", "authority_id",
			"该机关的职责已由"+string(s.Successor)+"承继", "the authority was succeeded by "+string(s.Successor))
	}
	return nil
}

func register(s State, c Register) ([]Event, error) {
	if fault := admin(c.By); fault != nil {
		return nil, fault
	}
	if s.ID != "" {
		if s.Name == c.Name && s.Code == c.Code && s.District == c.District && s.Level == c.Level &&
			slices.Equal(s.Departments, c.Departments) {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "authority.exists", "id", "该机关已登记，且内容不同", "the authority is registered with other content")
	}
	faults := []*domain.Fault{
		domain.Blank("authority.id", "id", string(c.ID)),
		needed("authority.name", "name", c.Name, maxName),
		code(c.Code),
		district(c.District),
	}
	if !slices.Contains(Levels(), c.Level) {
		faults = append(faults, domain.Refuse(domain.Invalid, "authority.level.unknown", "level", "未知层级", "unknown level"))
	}
	faults = append(faults, departments(c.Departments)...)
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{Registered{
		ID: c.ID, Name: c.Name, Code: c.Code, District: c.District, Level: c.Level, Departments: c.Departments,
	}}, nil
}

// code takes a sound code or none: an authority's code was issued by the 机构编制 offices and goes into every feed row.
func code(value string) *domain.Fault {
	if value == "" || uscc.Sound(uscc.Check(value)) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "authority.code.unsound", "code",
		"机关的统一社会信用代码不符合GB 32100", "the authority's code does not satisfy GB 32100")
}

func district(value string) *domain.Fault {
	if len(value) == 6 && strings.Trim(value, "0123456789") == "" {
		return nil
	}
	return domain.Refuse(domain.Invalid, "authority.district.form", "district", "行政区划代码应为6位数字", "a district is six digits (GB/T 2260)")
}

func departments(names []string) []*domain.Fault {
	if len(names) > maxDepartments {
		return []*domain.Fault{domain.Refuse(domain.TooLarge, "authority.departments.count", "departments",
			fmt.Sprintf("内设机构不得超过%d个", maxDepartments), fmt.Sprintf("there are at most %d departments", maxDepartments))}
	}
	if data, err := json.Marshal(names); err != nil || len(data) > maxStored {
		return []*domain.Fault{domain.Refuse(domain.TooLarge, "authority.departments.size", "departments",
			"内设机构名称合计过长（上限56KiB）", "the names of the departments are longer than 56 KiB together")}
	}
	var faults []*domain.Fault
	for i, name := range names {
		field := fmt.Sprintf("departments[%d]", i)
		faults = append(faults, needed("authority.departments", field, name, maxDepartment))
		if slices.Contains(names[:i], name) {
			faults = append(faults, domain.Refuse(domain.Invalid, "authority.departments.twice", field,
				"内设机构重复："+name, "the department is given twice: "+name))
		}
	}
	return faults
}

func rename(s State, c Rename) ([]Event, error) {
	err := domain.Require(
		needed("authority.name", "name", c.Name, maxName),
		needed("authority.reason", "reason", c.Reason, maxReason),
		domain.Blank("authority.effective_on", "effective_on", c.EffectiveOn.String()),
	)
	if err != nil || c.Name == s.Name {
		return nil, err
	}
	return []Event{Renamed{Name: c.Name, Reason: c.Reason, EffectiveOn: c.EffectiveOn}}, nil
}

func openDepartment(s State, c OpenDepartment) ([]Event, error) {
	if slices.Contains(s.Departments, c.Name) {
		return nil, nil
	}
	if err := domain.Require(departments(append(slices.Clone(s.Departments), c.Name))...); err != nil {
		return nil, err
	}
	return []Event{DepartmentOpened{Name: c.Name}}, nil
}

func closeDepartment(s State, c CloseDepartment) ([]Event, error) {
	err := domain.Require(
		needed("authority.departments", "name", c.Name, maxName), needed("authority.reason", "reason", c.Reason, maxReason),
	)
	if err != nil || !slices.Contains(s.Departments, c.Name) {
		return nil, err
	}
	return []Event{DepartmentClosed{Name: c.Name, Reason: c.Reason}}, nil
}

func succeed(s State, c Succeed) ([]Event, error) {
	if s.Successor != "" && s.Successor == c.Successor && admin(c.By) == nil {
		return nil, nil
	}
	if fault := s.open(c.By); fault != nil {
		return nil, fault
	}
	faults := []*domain.Fault{
		needed("authority.reason", "reason", c.Reason, maxReason),
		domain.Text("authority.document_no", "document_no", c.DocumentNo, maxDocumentNo),
		domain.Blank("authority.effective_on", "effective_on", c.EffectiveOn.String()),
	}
	switch {
	case c.Successor == s.ID:
		faults = append(faults, domain.Refuse(domain.Invalid, "authority.successor.same", "successor_id",
			"机关不能由自身承继", "an authority can't succeed itself"))
	case !c.SuccessorStands:
		faults = append(faults, domain.Refuse(domain.Precondition, "authority.successor.missing", "successor_id",
			"承继机关未登记或已被承继", "the successor is not registered, or was succeeded itself"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{Succeeded{By: c.Successor, Reason: c.Reason, EffectiveOn: c.EffectiveOn, DocumentNo: c.DocumentNo}}, nil
}

// needed is domain.Text for a field that may not be blank.
func needed(code, field, value string, most int) *domain.Fault {
	if fault := domain.Blank(code, field, value); fault != nil {
		return fault
	}
	return domain.Text(code, field, value, most)
}
