package sampling

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func decide(c Campaign, command Command) ([]Event, error) {
	switch cmd := command.(type) {
	case Open:
		return open(c, cmd)
	case DraftPlan:
		return draft(c, cmd.By, c.Plans, cmd.Plan, cmd.Reason, cmd.Plan.check, func(n int) Event {
			return PlanDrafted{Version: n, Reason: cmd.Reason, Plan: cmd.Plan, By: cmd.By.Account}
		})
	case DraftScheme:
		return draft(c, cmd.By, c.Schemes, cmd.Scheme, cmd.Reason, cmd.Scheme.check, func(n int) Event {
			return SchemeDrafted{Version: n, Reason: cmd.Reason, Scheme: cmd.Scheme, By: cmd.By.Account}
		})
	case DraftLaboratories:
		return draft(c, cmd.By, c.Selections, cmd.Selection, cmd.Reason, cmd.Selection.check, func(n int) Event {
			return LaboratoriesDrafted{Version: n, Reason: cmd.Reason, Selection: cmd.Selection, By: cmd.By.Account}
		})
	case Publish:
		return publish(c, cmd)
	case PublishResults:
		return publishResults(c, cmd)
	case Cancel:
		return cancel(c, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "sampling.command.unknown", "", "未知命令", "unknown command")
}

func open(c Campaign, cmd Open) ([]Event, error) {
	switch same := c.Kind == cmd.Kind && c.Year == cmd.Year && c.Title == cmd.Title; {
	case cmd.By.Authority == "" || c.Exists() && !cmd.By.Holds(c.Authority):
		return nil, foreign()
	case c.Exists() && same:
		return nil, nil
	case c.Exists():
		return nil, domain.Refuse(domain.Conflict, "sampling.exists", "sampling_id", "该抽检工作已存在，且内容不同", "the campaign exists with other content")
	}
	err := domain.Require(identifier(cmd.Sampling), text("authority_name", cmd.AuthorityName, maxName, needed),
		unknown("sampling.kind", "kind", cmd.Kind.Label(), "抽检类别"), natural("year", cmd.Year, 2000, 9999), text("title", cmd.Title, maxTitle, needed))
	if err != nil {
		return nil, err
	}
	return []Event{Opened{
		Sampling: cmd.Sampling, Authority: cmd.By.Authority, AuthorityName: cmd.AuthorityName,
		Kind: cmd.Kind, Year: cmd.Year, Title: cmd.Title, By: cmd.By.Account,
	}}, nil
}

// within demands a campaign of the actor's authority.
func (c Campaign) within(by domain.Actor) *domain.Fault {
	switch {
	case !c.Exists():
		return missing()
	case !by.Holds(c.Authority):
		return foreign()
	}
	return nil
}

func missing() *domain.Fault {
	return domain.Refuse(domain.NotFound, "sampling.missing", "sampling_id", "没有该抽检工作", "there is no such campaign")
}

// going demands a campaign that goes on.
func (c Campaign) going(by domain.Actor) *domain.Fault {
	if f := c.within(by); f != nil || !c.Cancelled {
		return f
	}
	return domain.Refuse(domain.Precondition, "sampling.cancelled", "sampling_id", "该抽检工作已取消", "the campaign was cancelled")
}

// draft lays the next version of one publication down. What stands in the draft already, or is public already, needs no event.
func draft[B any](c Campaign, by domain.Actor, versions []Version[B], body B, reason string, check func() []*domain.Fault, event func(int) Event) ([]Event, error) {
	if f := c.going(by); f != nil {
		return nil, f
	}
	next := 1
	if n := len(versions); n > 0 {
		last := versions[n-1]
		if reflect.DeepEqual(last.Body, body) && (last.Public() || last.Reason == reason) {
			return nil, nil
		}
		if next = last.Number; last.Public() {
			next++
		}
	}
	if err := domain.Require(append(check(), replaces("reason", next, reason))...); err != nil {
		return nil, err
	}
	return []Event{event(next)}, nil
}

// replaces demands a reason of every version but the first, which takes none.
func replaces(field string, version int, reason string) *domain.Fault {
	switch {
	case version > 1:
		if f := text(field, reason, maxReason, lines); f != nil || reason != "" {
			return f
		}
		return domain.Refuse(domain.Precondition, "sampling.version.reason", field,
			"已公布的内容不得更改；以新版本更正的，应说明理由", "what is public never changes: a new version says why it takes the former's place")
	case reason != "":
		return domain.Refuse(domain.Invalid, "sampling.version.first", field, "首次公布无需更正理由", "a first version takes the place of none and has no reason")
	}
	return nil
}

func publish(c Campaign, cmd Publish) ([]Event, error) {
	if f := c.within(cmd.By); f != nil {
		return nil, f
	}
	var draftedBy string
	var there, done bool
	var day calendar.Date
	look := func(number int, by, no string, on calendar.Date) {
		if number == cmd.Version {
			draftedBy, there, day = by, true, on
			done = no == cmd.DocumentNo && on == cmd.PublishedOn
		}
	}
	switch cmd.Act {
	case ActPlan:
		each(c.Plans, look)
	case ActScheme:
		each(c.Schemes, look)
	case ActLaboratories:
		each(c.Selections, look)
	case ActResults:
		return nil, domain.Refuse(domain.Invalid, "sampling.act.results", "act", "抽查结果应当按结果清单公布", "results are published by their list")
	default:
		return nil, unknown("sampling.act", "act", cmd.Act.Label(), "公开事项")
	}
	switch {
	case !there:
		return nil, domain.Refuse(domain.NotFound, "sampling.version.missing", "version", "没有该版本", "there is no such version")
	case done && !day.IsZero():
		return nil, nil
	case !day.IsZero():
		return nil, domain.Refuse(domain.Conflict, "sampling.version.published", "version", "该版本已公布，不得更改", "the version is published and never changes")
	case c.Cancelled:
		return nil, c.going(cmd.By)
	case draftedBy == cmd.By.Account:
		return nil, separate("编制与公布应由不同人员办理", "drafting and publishing take two persons")
	}
	if err := domain.Require(announced(cmd.DocumentNo, cmd.PublishedOn, cmd.Today)...); err != nil {
		return nil, err
	}
	return []Event{Published{Act: cmd.Act, Version: cmd.Version, DocumentNo: cmd.DocumentNo, PublishedOn: cmd.PublishedOn, By: cmd.By.Account}}, nil
}

func each[B any](versions []Version[B], do func(number int, by, no string, on calendar.Date)) {
	for _, v := range versions {
		do(v.Number, v.DraftedBy, v.DocumentNo, v.PublishedOn)
	}
}

// announced checks what every publication has.
func announced(no string, on, today calendar.Date) []*domain.Fault {
	return []*domain.Fault{text("document_no", no, maxNo, needed), by("published_on", on, calendar.Date{}, today)}
}

// publishResults goes on for a cancelled campaign: what was drawn is published.
func publishResults(c Campaign, cmd PublishResults) ([]Event, error) {
	if f := c.within(cmd.By); f != nil {
		return nil, f
	}
	next := len(c.Results) + 1
	if next > 1 {
		last := c.Results[next-2]
		switch same := last.Body.List == cmd.List; {
		case same && last.DocumentNo == cmd.DocumentNo && last.PublishedOn == cmd.PublishedOn:
			return nil, nil
		case same:
			return nil, domain.Refuse(domain.Conflict, "sampling.results.published", "list_digest",
				"该结果清单已公布，内容没有变化", "this very list is public already")
		}
	}
	if slices.Contains(cmd.Recorders, cmd.By.Account) {
		return nil, separate("抽查结果的录入与公布应由不同人员办理", "entering and publishing results take two persons")
	}
	faults := append(announced(cmd.DocumentNo, cmd.PublishedOn, cmd.Today), replaces("reason", next, cmd.Reason))
	if cmd.List.Count == 0 {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.results.none", "", "没有可公布的抽查结果", "there is no result to publish"))
	}
	if cmd.Read != cmd.List.Digest {
		faults = append(faults, domain.Refuse(domain.Precondition, "sampling.results.changed", "list_digest",
			fmt.Sprintf("结果清单已变动（现共%d条），请重新核对后公布", cmd.List.Count), fmt.Sprintf("the list is another by now, of %d results: read it again", cmd.List.Count)))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{ResultsPublished{
		Version: next, Reason: cmd.Reason, DocumentNo: cmd.DocumentNo, PublishedOn: cmd.PublishedOn,
		List: cmd.List, Totals: cmd.Totals, By: cmd.By.Account,
	}}, nil
}

func cancel(c Campaign, cmd Cancel) ([]Event, error) {
	if f := c.within(cmd.By); f != nil {
		return nil, f
	}
	if c.Cancelled {
		return nil, nil
	}
	if f := text("reason", cmd.Reason, maxReason, needed|lines); f != nil {
		return nil, f
	}
	return []Event{Cancelled{Reason: cmd.Reason, By: cmd.By.Account}}, nil
}
