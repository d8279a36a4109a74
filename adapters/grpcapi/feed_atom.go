package grpcapi

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// atomPage is how many releases people's readers are shown, unless asked otherwise.
const atomPage = 50

// atomFeed and what is in it are the elements of RFC 4287 that are needed.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Updated   string     `xml:"updated"`
	Published string     `xml:"published"`
	Author    atomPerson `xml:"author"`
	Links     []atomLink `xml:"link"`
	Summary   string     `xml:"summary"`
}

// GetFeedAtom is the latest releases, newest first. Ids are the running digest: no other release, of this ledger or another, has
// the same.
func (s FeedServer) GetFeedAtom(ctx context.Context, req *mingjianv1.GetFeedAtomRequest) (*mingjianv1.GetFeedAtomResponse, error) {
	base := publicAddress(ctx, s.Public)
	if base == "" {
		return nil, domain.Refuse(domain.Precondition, "feed.address", "", "未配置对外公示网址，不能生成链接",
			"the address of this instance for the public is not known")
	}
	end, err := release.Head(ctx, s.Views)
	if err != nil {
		return nil, err
	}
	limit := cmp.Or(int(req.GetLimit()), atomPage)
	list, _, err := s.read(ctx, "", end.Sequence-min(end.Sequence, uint64(limit)), limit)
	if err != nil {
		return nil, err
	}
	first, err := release.MarkAt(ctx, s.Views, min(end.Sequence, 1))
	if err != nil {
		return nil, err
	}
	feed := atom(base, first, list)
	if s.Sandbox {
		feed.Title += "（沙箱，内容均为虚构）"
	}
	out, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetFeedAtomResponse{Page: &httpbody.HttpBody{
		ContentType: "application/atom+xml; charset=utf-8", Data: append([]byte(xml.Header), out...),
	}}, nil
}

func atom(base string, first release.Mark, list []*viewv1.Release) atomFeed {
	feed := atomFeed{
		Lang: "zh-CN", ID: "urn:mingjian:feed:" + first.Chain.String(), Title: "公示信息", Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Author: atomPerson{"明鉴 Mingjian"}, Links: []atomLink{{"self", "application/atom+xml", base + "/v1/feed/releases.atom"}},
	}
	for _, r := range slices.Backward(list) {
		feed.Entries = append(feed.Entries, atomEntry{
			ID: "urn:mingjian:release:" + r.GetChain(), Title: atomTitle(r), Updated: r.GetReleasedAt(), Published: r.GetReleasedAt(),
			Author: atomPerson{cmp.Or(r.GetAuthority().GetName(), r.GetAuthority().GetId())}, Summary: atomSummary(r),
			Links: []atomLink{{"alternate", "application/json", base + "/v1/public/records/" + r.GetDisclosureId() + "/versions"}},
		})
	}
	if len(list) > 0 {
		feed.Updated = list[len(list)-1].GetReleasedAt()
	}
	return feed
}

// atomTitle says what was done and to what; the title of what is withheld is not told.
func atomTitle(r *viewv1.Release) string {
	return actLabel(r.GetKind()) + "：" + cmp.Or(r.GetTitle(), r.GetDisclosureId())
}

func atomSummary(r *viewv1.Release) string {
	parts := []string{fmt.Sprint("编号", r.GetSequence()), r.GetDate()}
	for _, p := range r.GetSubjects() {
		parts = append(parts, p.GetName())
	}
	if r.GetReason() != "" {
		parts = append(parts, r.GetReason())
	}
	if r.GetWithheld() {
		parts = append(parts, "内容已不再公示")
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "，")
}

// actLabel is an act of disclosure as people call it.
func actLabel(k viewv1.ReleaseKind) string {
	switch k {
	case viewv1.ReleaseKind_RELEASE_KIND_CORRECTED:
		return "更正"
	case viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN:
		return "撤回"
	case viewv1.ReleaseKind_RELEASE_KIND_MASKED:
		return "暂停公示"
	case viewv1.ReleaseKind_RELEASE_KIND_UNMASKED:
		return "恢复公示"
	case viewv1.ReleaseKind_RELEASE_KIND_ENDED:
		return "停止公示"
	case viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, viewv1.ReleaseKind_RELEASE_KIND_ADOPTED, viewv1.ReleaseKind_RELEASE_KIND_UNSPECIFIED:
	}
	return "公示"
}
