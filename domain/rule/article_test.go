package rule_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// TestEachArticleGivesItsDeadline counts periods by hand: the day of the trigger is not counted, weekends worked by notice are.
func TestEachArticleGivesItsDeadline(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		article, clock, start, want string
	}{
		// 行政处罚法 art. 61, 85: service within seven working days; the vectors of seven days.
		{"行政处罚法61", "penalty-service-7", "2024-02-08", "2024-02-23"},
		{"行政处罚法61", "penalty-service-7", "2024-09-27", "2024-10-12"}, // a Saturday that is worked
		{"行政处罚法61", "penalty-service-7", "2025-01-24", "2025-02-10"},
		{"行政处罚法61", "penalty-service-7", "2025-09-26", "2025-10-13"},
		{"行政处罚法61", "penalty-service-7", "2026-02-13", "2026-03-02"},
		{"行政处罚法61", "penalty-service-7", "2026-04-30", "2026-05-13"},
		{"行政处罚法61", "penalty-service-7", "2026-09-29", "2026-10-14"},
		// 发改办财金〔2018〕424号: public within seven working days of the decision, licences and penalties.
		{"424号", "penalty-portal-7", "2026-09-29", "2026-10-14"},
		{"424号", "penalty-credit-china-7", "2026-02-13", "2026-03-02"},
		{"424号", "licence-portal-7", "2024-02-08", "2024-02-23"},
		{"424号", "licence-credit-china-7", "2020-01-22", "2020-02-10"}, // the Spring Festival that was prolonged
		// Order 45 art. 9: twenty working days.
		{"45号令9", "penalty-gsxt-20", "2024-02-08", "2024-03-13"},
		{"45号令9", "penalty-gsxt-20", "2025-09-26", "2025-10-30"},
		{"45号令9", "penalty-gsxt-20", "2026-09-29", "2026-11-02"},
		{"条例6", "penalty-gsxt-20-2014", "2015-08-28", "2015-09-28"}, // 3 and 4 September free, Sunday the 6th worked
		// Order 45 art. 10: ten to push, ten from the receipt.
		{"45号令10", "penalty-push-10", "2026-02-13", "2026-03-05"},
		{"45号令10", "penalty-receipt-gsxt-10", "2026-09-24", "2026-10-15"},
		// 行政处罚法 art. 48, 85 and Order 45 art. 11: withdrawn within three working days.
		{"行政处罚法48", "penalty-withdraw-3", "2024-09-13", "2024-09-19"},
		{"行政处罚法48", "penalty-withdraw-3", "2025-04-25", "2025-04-29"}, // earlier than the plain week has it
		{"行政处罚法48", "penalty-withdraw-3", "2026-02-13", "2026-02-25"},
		{"行政处罚法48", "penalty-withdraw-3", "2026-10-01", "2026-10-10"}, // from a holiday on
		// 行政处罚法 art. 60: ninety days of any kind, art. 85 does not make them working days; the end moves past a holiday.
		{"行政处罚法60", "penalty-decision-90", "2026-01-05", "2026-04-07"}, // 5 April is free until the 6th
		{"行政处罚法60", "penalty-decision-90", "2026-03-02", "2026-06-01"}, // 31 May is a Sunday
		{"行政处罚法60", "penalty-decision-90", "2026-02-02", "2026-05-06"}, // 3 May falls into Labour Day
		{"行政处罚法60", "penalty-decision-90", "2026-07-12", "2026-10-10"}, // a Saturday that is worked
		// 行政许可法 art. 42, 44, 82.
		{"行政许可法42", "licence-decision-20", "2026-09-29", "2026-11-02"},
		{"行政许可法44", "licence-certificate-10", "2026-09-29", "2026-10-19"},
		// Inspections: Order 49 art. 39; 公开条例 art. 26.
		{"49号令39", "inspection-gsxt-20", "2024-02-08", "2024-03-13"},
		{"公开条例26", "inspection-portal-20", "2025-09-26", "2025-10-30"},
		{"公开条例26", "information-portal-20", "2026-09-29", "2026-11-02"},
		{"公开条例26", "listing-portal-20", "2024-02-08", "2024-03-13"},
		// Lists: ten working days from the finding; the removal.
		{"异常名录办法", "listing-finding-10", "2026-09-29", "2026-10-19"},
		{"异常名录办法", "listing-removal-5", "2026-09-29", "2026-10-12"},
		// 企业信息公示暂行条例 art. 6, 13.
		{"条例6", "registration-gsxt-20", "2026-09-29", "2026-11-02"},
		{"条例13", "report-false-information-20", "2026-02-13", "2026-03-19"},
		// 公开条例 art. 30, 32, 33, 49.
		{"公开条例33", "request-answer-20", "2024-02-08", "2024-03-13"},
		{"公开条例32", "request-third-party-15", "2026-09-29", "2026-10-26"},
		{"公开条例30", "request-supplement-7", "2026-09-29", "2026-10-14"},
		{"公开条例49", "annual-report-01-31", "2025-12-31", "2026-01-31"}, // a date does not move, Saturday or not
		{"公开条例49", "annual-report-01-31", "2026-01-31", "2027-01-31"},
		// Policies of single places.
		{"某市", "double-publicity-monthly-10", "2026-01-31", "2026-02-10"},
		{"某市", "double-publicity-monthly-10", "2026-12-31", "2027-01-10"},
		{"北京003", "service-changed-1", "2026-09-30", "2026-10-08"},
		{"上海001", "document-portal-20", "2025-09-26", "2025-10-30"},
		{"上海001", "document-repealed-20", "2026-09-29", "2026-11-02"},
		{"山东", "draw-match-2", "2017-09-29", "2017-10-09"}, // Saturday the 30th is worked
		// Requests.
		{"2025年方案", "repair-decision-10", "2026-09-29", "2026-10-19"},
		{"公开条例41", "correction-request-20", "2024-02-08", "2024-03-13"},
		// A year whose notice is not out: the day is provisional.
		{"行政处罚法61", "penalty-service-7", "2026-12-17", "2026-12-28?"},
		{"45号令9", "penalty-gsxt-20", "2026-12-01", "2026-12-29?"},
		{"行政处罚法48", "penalty-withdraw-3", "2026-12-21", "2026-12-24"}, // wholly known
		{"行政处罚法60", "penalty-decision-90", "2026-10-12", "2027-01-11?"},
		{"424号", "licence-portal-7", "2030-03-01", "2030-03-12?"},
	} {
		clock, ok := rule.Embedded().Clock(test.clock)
		if !ok {
			t.Errorf("%s: no clock %s", test.article, test.clock)
			continue
		}
		due := clock.Due(calendar.Embedded(), day(test.start))
		got := due.Date.String()
		if due.Provisional {
			got += "?"
		}
		if got != test.want || due.CalendarVersion != calendar.Embedded().Version() {
			t.Errorf("%s: %s from %s is due on %s by %s, want %s", test.article, test.clock, test.start, got, due.CalendarVersion, test.want)
		}
	}
	clock, _ := rule.Embedded().Clock("licence-decision-20")
	if got := clock.Extended(calendar.Embedded(), day("2026-09-29")); got.Date != day("2026-11-16") {
		t.Errorf("行政许可法42: prolonged by ten days to %s", got.Date)
	}
	clock, _ = rule.Embedded().Clock("request-answer-20")
	if got := clock.Extended(calendar.Embedded(), day("2024-02-08")); got.Date != day("2024-04-11") {
		t.Errorf("公开条例33: prolonged by twenty days to %s", got.Date)
	}
}

// of is a penalty by ordinary procedure; published two days after its decision if nothing else is said.
func of(place, decided, published string, fine int64, kinds ...string) rule.Case {
	return rule.Case{
		Record: rule.Penalty, Procedure: "ordinary", Kinds: kinds, FineFen: fine, Jurisdiction: place, DecidedOn: day(decided), PublishedOn: day(published),
	}
}

func changed(c rule.Case, change func(*rule.Case)) rule.Case {
	change(&c)
	return c
}

// line writes how an outlet shows a case: "rule until[ early earliest]", or why it does not.
func line(tables rule.Tables, c rule.Case, outlet rule.Outlet) string {
	terms, hidden := tables.Terms(c)
	for _, h := range hidden {
		if h.Outlet == outlet {
			return strings.TrimSpace(h.Code + " " + h.Rule)
		}
	}
	for _, term := range terms {
		if term.Outlet != outlet {
			continue
		}
		text := term.Rule + " " + term.Until.String()
		if term.Until.IsZero() {
			text = term.Rule + " open"
		}
		switch term.Early {
		case rule.EarlyAllowed:
			text += " early " + term.Earliest.String()
		case rule.EarlyForbidden:
			text += " never early"
		}
		return text
	}
	return ""
}

// TestEachArticleGivesItsEnd quotes the rules of publicity, with the days of their change.
func TestEachArticleGivesItsEnd(t *testing.T) {
	t.Parallel()
	const tibet, guizhou, fujian = "540000", "520103", "350200"
	summary := func(c *rule.Case) { c.Procedure = "summary" }
	person := func(c *rule.Case) { c.Party = rule.Person }
	limited := func(until string) func(*rule.Case) { return func(c *rule.Case) { c.RestrictedUntil = day(until) } }
	for _, test := range []struct {
		article string
		c       rule.Case
		outlet  rule.Outlet
		want    string
	}{
		// Order 45 art. 2: not published.
		{"45号令2", changed(of(tibet, "2024-03-01", "2024-03-05", 500_00, "fine"), summary), rule.GSXT, "hidden order-45-summary"},
		{"45号令2", of(tibet, "2024-03-01", "2024-03-05", 0, "warning"), rule.GSXT, "hidden order-45-warning"},
		{"45号令2", of(tibet, "2026-05-01", "2026-05-05", 0, "warning"), rule.Portal, "hidden order-45-warning"},
		// Order 45 art. 13: three months for criticism or a fine of a lower amount alone, three years for others.
		{"45号令13", of(tibet, "2024-03-01", "2024-03-05", 0, "criticism"), rule.GSXT, "order-45-3-months 2024-06-05"},
		{"45号令13", of(tibet, "2023-11-28", "2023-11-30", 0, "criticism"), rule.GSXT, "order-45-3-months 2024-02-29"}, // the month's end
		{"45号令13", of(tibet, "2022-11-28", "2022-11-30", 0, "warning", "criticism"), rule.Portal, "order-45-3-months 2023-02-28"},
		{"45号令13", of(guizhou, "2024-03-01", "2024-03-05", 49_999_99, "fine"), rule.GSXT, "order-45-3-months 2024-06-05"},
		{"45号令13", of(guizhou, "2024-03-01", "2024-03-05", 50_000_00, "fine"), rule.GSXT, "order-45-3-years 2027-03-05 early 2024-09-06"},
		{"贵州规定", changed(of(guizhou, "2024-03-01", "2024-03-05", 4_999_99, "fine"), person), rule.GSXT, "order-45-3-months 2024-06-05"},
		{"贵州规定", changed(of(guizhou, "2024-03-01", "2024-03-05", 5_000_00, "fine"), person), rule.GSXT, "order-45-3-years 2027-03-05 early 2024-09-06"},
		{"贵州规定", of(guizhou, "2023-12-31", "2024-01-04", 1_000_00, "fine"), rule.GSXT, "order-45-3-years 2027-01-04 early 2024-07-05"}, // decided before it
		{"闽市监规〔2024〕3号", of(fujian, "2024-07-12", "2024-07-15", 1_000_00, "fine"), rule.GSXT, "order-45-3-months 2024-10-15"},
		{"闽市监规〔2024〕3号", of(fujian, "2024-07-11", "2024-07-15", 1_000_00, "fine"), rule.GSXT, "order-45-3-years 2027-07-15 early 2025-01-16"},
		{"45号令13", of(tibet, "2024-03-01", "2024-03-05", 1_000_00, "fine"), rule.GSXT, "order-45-3-years 2027-03-05 early 2024-09-06"}, // no threshold there
		{"45号令13", of(guizhou, "2024-03-01", "2024-03-05", 1_000_00, "fine", "confiscation_gains"), rule.Portal, "order-45-3-years 2027-03-05 early 2024-09-06"},
		{"45号令13", of(tibet, "2024-02-27", "2024-02-29", 90_000_00, "fine"), rule.GSXT, "order-45-3-years 2027-02-28 early 2024-08-30"}, // leap day
		{"45号令13", of(tibet, "2021-08-30", "2021-09-01", 90_000_00, "fine"), rule.GSXT, "order-45-3-years 2024-09-01 early 2022-03-02"},
		{"45号令之前", of(tibet, "2021-08-30", "2021-08-31", 90_000_00, "fine"), rule.GSXT, "penalty-gsxt-2014 open"},
		// Order 45 art. 13: a limit that lasts longer is shown as long; art. 14: these never end early.
		{"45号令13", changed(of(tibet, "2024-03-01", "2024-03-05", 0, "profession_limited"), limited("2029-03-01")), rule.GSXT, "order-45-restriction 2029-03-01 never early"},
		{"45号令13", changed(of(tibet, "2024-03-01", "2024-03-05", 0, "activity_limited"), limited("2025-03-01")), rule.GSXT, "order-45-restriction 2027-03-05 never early"},
		{"45号令14", of(tibet, "2024-03-01", "2024-03-05", 0, "business_suspended"), rule.GSXT, "order-45-grave 2027-03-05 never early"},
		{"45号令14", of(tibet, "2024-03-01", "2024-03-05", 0, "grade_lowered"), rule.Portal, "order-45-grave 2027-03-05 never early"},
		{"45号令14", of(tibet, "2024-03-01", "2024-03-05", 90_000_00, "fine", "licence_revoked"), rule.GSXT, "order-45-grave 2027-03-05 never early"},
		{"45号令14", of(tibet, "2024-03-01", "2024-03-05", 0, "closure"), rule.GSXT, "order-45-closure 2027-03-05 never early"},
		// The market regulator's rule of 2025 takes over on 25 December 2025.
		{"45号令", of(tibet, "2025-12-22", "2025-12-24", 90_000_00, "fine"), rule.GSXT, "order-45-3-years 2028-12-24 early 2026-06-25"},
		{"2025年办法", of(tibet, "2025-12-22", "2025-12-25", 90_000_00, "fine"), rule.GSXT, "samr-2025-ordinary 2028-12-25 early 2026-03-26"},
		{"2025年办法", of(guizhou, "2025-12-22", "2025-12-25", 1_000_00, "fine"), rule.GSXT, "samr-2025-3-months 2026-03-25 early 2025-12-25"},
		{"2025年办法", of(tibet, "2026-03-01", "2026-03-05", 0, "licence_revoked"), rule.GSXT, "samr-2025-serious 2029-03-05 never early"},
		{"2025年办法", changed(of(tibet, "2026-03-01", "2026-03-05", 0, "profession_limited"), limited("2031-03-01")), rule.Portal, "samr-2025-serious 2031-03-01 never early"},
		{"2025年办法", of(tibet, "2026-03-01", "2026-03-05", 0, "grade_lowered"), rule.GSXT, "samr-2025-grade 2029-03-05 never early"},
		// NDRC Order 36 from 1 April 2026, counted from the document; Order 58 before it.
		{"58号令", of(tibet, "2026-03-20", "2026-03-31", 90_000_00, "fine"), rule.CreditChina, "ndrc-58 2029-03-20 early 2026-06-21"},
		{"36号令", of(tibet, "2026-03-20", "2026-04-01", 90_000_00, "fine"), rule.CreditChina, "ndrc-36-ordinary 2027-03-20 early 2026-06-21"},
		{"36号令", of(tibet, "2026-04-02", "2026-04-07", 90_000_00, "fine", "confiscation_goods"), rule.CreditChina, "ndrc-36-ordinary 2027-04-02 early 2026-07-03"},
		{"36号令", of(tibet, "2026-04-02", "2026-04-07", 0, "licence_suspended"), rule.CreditChina, "ndrc-36-ordinary 2027-04-02 early 2026-07-03"},
		{"36号令", of(tibet, "2026-04-02", "2026-04-07", 0, "licence_revoked"), rule.CreditChina, "ndrc-36-serious 2029-04-02 early 2027-04-03"},
		{"36号令", of(tibet, "2026-04-02", "2026-04-07", 90_000_00, "fine", "closure"), rule.CreditChina, "ndrc-36-serious 2029-04-02 early 2027-04-03"},
		{"36号令", of(tibet, "2026-04-02", "2026-04-07", 0, "criticism"), rule.CreditChina, "hidden ndrc-36-minor"},
		{"36号令", changed(of(tibet, "2026-04-02", "2026-04-07", 500_00, "fine"), summary), rule.CreditChina, "hidden ndrc-36-minor"},
		{"36号令", of(guizhou, "2026-04-02", "2026-04-07", 1_000_00, "fine"), rule.CreditChina, "hidden ndrc-36-minor"},
		{"36号令", of(tibet, "2025-04-06", "2026-04-07", 90_000_00, "fine"), rule.CreditChina, "over ndrc-36-ordinary"}, // the longest term is over
		{"36号令", of(tibet, "2025-04-07", "2026-04-07", 90_000_00, "fine"), rule.CreditChina, "ndrc-36-ordinary 2026-04-07 early 2026-04-07"},
		{"36号令", of(tibet, "2026-08-31", "2026-09-02", 90_000_00, "fine"), rule.CreditChina, "ndrc-36-ordinary 2027-08-31 early 2026-12-01"}, // 30 November and a day
		{"527号", of(tibet, "2020-03-02", "2020-03-05", 90_000_00, "fine"), rule.CreditChina, "ndrc-527-ordinary 2021-03-02 early 2020-06-03"},
		{"527号", of(tibet, "2020-03-02", "2020-03-05", 0, "business_suspended"), rule.CreditChina, "ndrc-527-serious 2023-03-02 early 2020-09-03"},
		{"424号之前", of(tibet, "2018-03-02", "2018-03-05", 90_000_00, "fine"), rule.CreditChina, "no_rule"},
		// Other records.
		{"行政许可法40", rule.Case{Record: rule.Licence, PublishedOn: day("2026-05-01")}, rule.Portal, "licence-portal open"},
		{"424号", rule.Case{Record: rule.Licence, PublishedOn: day("2026-05-01")}, rule.CreditChina, "licence-credit-china open"},
		{"条例14", rule.Case{Record: rule.Inspection, PublishedOn: day("2026-05-01")}, rule.GSXT, "inspection-gsxt open"},
		{"条例14", rule.Case{Record: rule.Inspection, PublishedOn: day("2026-05-01")}, rule.CreditChina, "no_rule"},
		{"2025年办法", rule.Case{Record: rule.Inspection, Problem: true, PublishedOn: day("2025-12-25")}, rule.GSXT, "inspection-negative-2025 open early 2025-12-25"},
		{"2025年办法", rule.Case{Record: rule.Inspection, Problem: true, PublishedOn: day("2025-12-24")}, rule.GSXT, "inspection-gsxt open"},
		{"条例17", rule.Case{Record: rule.Listing, List: rule.Abnormal, DecidedOn: day("2026-05-01"), PublishedOn: day("2026-05-06")}, rule.GSXT, "listing-abnormal open"},
		{"44号令", rule.Case{Record: rule.Listing, List: rule.Serious, DecidedOn: day("2026-05-01"), PublishedOn: day("2026-05-06")}, rule.GSXT, "listing-serious-order-44 2029-05-01 early 2027-05-02"},
		{"36号令", rule.Case{Record: rule.Listing, List: rule.Serious, DecidedOn: day("2026-05-01"), PublishedOn: day("2026-05-06")}, rule.CreditChina, "ndrc-36-listing-serious 2029-05-01 early 2027-05-02"},
		{"36号令", rule.Case{Record: rule.Listing, List: rule.Abnormal, DecidedOn: day("2026-05-01"), PublishedOn: day("2026-05-06")}, rule.CreditChina, "hidden ndrc-36-listing-minor"},
	} {
		if got := line(rule.Embedded(), test.c, test.outlet); got != test.want {
			t.Errorf("%s: decided %s, public on %s from %s: %s, want %s", test.article, test.c.DecidedOn, test.outlet, test.c.PublishedOn, got, test.want)
		}
	}
}

// TestOnePenaltyHasTwoEnds: the same decision stands for three years on GSXT, from its publication, and for one on the credit
// platform, from the document (Order 45 art. 13, NDRC Order 36).
func TestOnePenaltyHasTwoEnds(t *testing.T) {
	t.Parallel()
	c := of("540000", "2026-04-02", "2026-04-13", 90_000_00, "fine")
	for outlet, want := range map[rule.Outlet]string{
		rule.GSXT: "samr-2025-ordinary 2029-04-13 early 2026-07-14", rule.Portal: "samr-2025-ordinary 2029-04-13 early 2026-07-14",
		rule.CreditChina: "ndrc-36-ordinary 2027-04-02 early 2026-07-03",
	} {
		if got := line(rule.Embedded(), c, outlet); got != want {
			t.Errorf("%s: %s, want %s", outlet, got, want)
		}
	}
}

func TestCodeTablesAreThoseOfTheDayAndThePlace(t *testing.T) {
	t.Parallel()
	tables := rule.Embedded()
	for _, test := range []struct{ name, on, place, code, label, own string }{
		{"outcome-platform", "2019-12-31", "330100", "4", "无法联系", "unreachable"},
		{"outcome-platform", "2020-01-01", "330100", "4", "违反质量技术监督管理规定", ""}, // the same code, another meaning
		{"outcome-platform", "2020-01-01", "330100", "E", "发现问题经责令已改正", "rectified_on_order"},
		{"outcome-official", "2026-01-01", "540000", "8", "发现问题待后续处理", "problem_pending"},
		{"licence-category", "2026-01-01", "540000", "06", "其他", "other"},
		{"licence-business", "2026-01-01", "540000", "5", "补发", "reissued"},
	} {
		table, ok := tables.CodeTableOn(test.name, day(test.on), test.place)
		row, there := table.Read(test.code)
		if !ok || !there || row.Label != test.label || row.Own != test.own {
			t.Errorf("%s of %s: %s is %+v", test.name, test.on, test.code, row)
		}
	}
	if _, ok := tables.CodeTableOn("outcome-platform", day("2026-01-01"), "540000"); ok {
		t.Error("a table of Zhejiang holds in Tibet")
	}
	feed, ok := tables.CodeTableOn("penalty-kind-feed", day("2026-01-01"), "540000")
	if !ok {
		t.Fatal("no feed list")
	}
	for _, kind := range rule.PenaltyKinds() {
		if row, there := feed.Of(kind); !there || row.Label == "" {
			t.Errorf("the feed has nothing for %s", kind)
		}
	}
	if row, _ := feed.Of("criticism"); row.Code != "其他-通报批评" {
		t.Errorf("criticism travels as %s", row.Code)
	}
}

func TestTheCatalogueIsMadeOfTheRulesInForce(t *testing.T) {
	t.Parallel()
	of := func(on, place, item string) (found rule.Entry) {
		for _, e := range rule.Embedded().Catalogue(day(on), place) {
			if e.Content == "" || e.Subject == "" || e.Elements == "" || len(e.Manner) == 0 || len(e.Basis) == 0 ||
				len(e.TimeLimit) == 0 && on > "2019-05-15" { // 公开条例 art. 26 in its present form
				t.Errorf("%s: %s is not whole: %+v", on, e.Item, e)
			}
			if e.Item == item {
				found = e
			}
		}
		return found
	}
	penalty := of("2026-05-01", "540000", "item-04-penalty")
	for _, want := range []string{
		"在本机关网站公示行政处罚决定：7个工作日内", "向信用平台报送行政处罚决定：7个工作日内", "在公示系统公示行政处罚信息：20个工作日内",
		"收到推送后在公示系统公示行政处罚信息：10个工作日内",
	} {
		if !strings.Contains(strings.Join(penalty.TimeLimit, "\n"), want) {
			t.Errorf("no %s in %v", want, penalty.TimeLimit)
		}
	}
	for _, want := range []string{
		"本机关网站、国家企业信用信息公示系统：仅受到警告，不公示", "信用中国网站：一般失信，自决定文书作出之日起12个月", "信用中国网站：轻微失信，不公示",
		"本机关网站、国家企业信用信息公示系统：严重失信，自公示之日起36个月，限制期限更长的按实际期限",
	} {
		if !strings.Contains(strings.Join(penalty.Period, "\n"), want) {
			t.Errorf("no %s in %v", want, penalty.Period)
		}
	}
	if penalty.Confirmed {
		t.Error("what rests on rules that are not confirmed says that it is")
	}
	licence := of("2026-05-01", "540000", "item-05-licence")
	if !licence.Confirmed || strings.Join(licence.Manner, " ") != "本机关网站 国家企业信用信息公示系统 信用中国网站" {
		t.Errorf("%+v", licence)
	}
	report := of("2026-05-01", "540000", "item-08-annual-report")
	if strings.Join(report.TimeLimit, "") != "报送政府信息公开工作年度报告：每年1月31日前" {
		t.Errorf("%v", report.TimeLimit)
	}
	if before := of("2017-05-01", "540000", "item-04-penalty"); before.Item != "" {
		t.Errorf("an item before its day: %+v", before)
	}
}
