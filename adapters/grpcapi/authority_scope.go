package grpcapi

import (
	"cmp"
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// seesAll tells who reads beyond an authority: auditors and administrators.
func seesAll(by domain.Actor) bool { return by.Role == domain.Auditor || by.Role == domain.Admin }

// ownAuthority is the authority whose unpublished records the caller lists: the one asked for if it is the own or one that it
// succeeded, else the own, or, for those who see all, the one asked for (empty for all).
func ownAuthority(ctx context.Context, asked string) (string, error) {
	by := CallOf(ctx).Actor
	if seesAll(by) {
		return asked, nil
	}
	own := cmp.Or(asked, string(by.Authority))
	return own, mayRead(ctx, own)
}

// mayRead refuses what is another authority's and not public; what was its predecessor's is an authority's own.
func mayRead(ctx context.Context, authority string) error {
	by := CallOf(ctx).Actor
	if seesAll(by) || authority != "" && by.Holds(domain.AuthorityID(authority)) {
		return nil
	}
	return domain.Refuse(domain.Forbidden, "authority.foreign", "authority_id",
		"只能查看本机关的内部信息", "what is not public is read by its own authority")
}

// civilDate reads a date of a request; a blank one is no date.
func civilDate(field, text string) (calendar.Date, *domain.Fault) {
	if text == "" {
		return calendar.Date{}, nil
	}
	d, err := calendar.Parse(text)
	if err != nil {
		return d, domain.Refuse(domain.Invalid, "date.form", field, field+"：日期应为 YYYY-MM-DD 的真实日期", field+" is a day written YYYY-MM-DD")
	}
	return d, nil
}

// readable leaves out of a list what belongs to authorities whose internal records the caller may not read.
func readable[V any](ctx context.Context, list []V, authority func(V) string) []V {
	return slices.DeleteFunc(list, func(v V) bool { return mayRead(ctx, authority(v)) != nil })
}

// pageSize is how many rows of a list are asked for.
func pageSize(asked int32) int {
	if asked == 0 {
		return 50
	}
	return int(asked)
}
