package lottery_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/lottery"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/domain/sortition/sortitiontest"
)

func TestLotteriesKeepTheContract(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]sortitiontest.Published{
		"福彩双色球": {
			Terms: sortition.BeaconTerms{Round: "2026131"}, Value: []byte("9-3-31-16-22-8-11"),
			NoRounds: []string{"", "26131", "2026000", "0026131", "2026131 ", "+202613", "二〇二六", "20261310"},
		},
		"lottery:某省风采:7of1-36,1x0-9": {
			Terms: sortition.BeaconTerms{Round: "7"}, Value: []byte("36-1-2-3-4-5-6-0"),
			NoRounds: []string{"", "07", "0", "seven", "123456789012345678901"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sortitiontest.SourceSuite(t, func(*testing.T) sortitiontest.Published {
				p.Source, p.Terms.Name, p.Terms.NotBefore = lottery.Source{}, name, "2026-11-20T13:15:00Z"
				p.NoValues = [][]byte{[]byte("1"), []byte("-"), []byte("09-3-31-16-22-8-11")}
				return p
			})
		})
	}
}

func TestWhatGamesDraw(t *testing.T) {
	t.Parallel()
	const sports, welfare = "26131", "2026131"
	tests := []struct {
		game, round, value string
		want               error
	}{
		{"福彩双色球", welfare, "33-1-2-3-4-5-16", nil},
		{"福彩双色球", welfare, "1-2-3-4-5-6-6", nil}, // the blue drum is another
		{"福彩双色球", welfare, "34-1-2-3-4-5-16", lottery.ErrNumbers},
		{"福彩双色球", welfare, "33-1-2-3-4-5-17", lottery.ErrNumbers},
		{"福彩双色球", welfare, "1-1-2-3-4-5-6", lottery.ErrNumbers},
		{"福彩双色球", welfare, "0-1-2-3-4-5-6", lottery.ErrNumbers},
		{"福彩双色球", welfare, "01-2-3-4-5-6-7", lottery.ErrNumbers},
		{"福彩双色球", welfare, "1-2-3-4-5-6", lottery.ErrNumbers},
		{"福彩双色球", welfare, "1,2,3,4,5,6,7", lottery.ErrNumbers},
		{"福彩双色球", sports, "33-1-2-3-4-5-16", lottery.ErrIssue},
		{"福彩七乐彩", welfare, "30-1-2-3-4-5-6-7", nil},
		{"福彩七乐彩", welfare, "30-1-2-3-4-5-6-30", lottery.ErrNumbers},
		{"福彩快乐8", welfare, "1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16-17-18-19-80", nil},
		{"福彩快乐8", welfare, "1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16-17-18-19-81", lottery.ErrNumbers},
		{"福彩3D", welfare, "0-0-9", nil},
		{"福彩3D", welfare, "0-0-10", lottery.ErrNumbers},
		{"体彩大乐透", sports, "5-12-19-23-35-2-12", nil},
		{"体彩大乐透", sports, "5-12-19-23-33-2-13", lottery.ErrNumbers},
		{"体彩大乐透", welfare, "5-12-19-23-33-2-9", lottery.ErrIssue},
		{"体彩七星彩", sports, "0-0-0-0-0-0-14", nil},
		{"体彩七星彩", sports, "0-0-0-0-0-10-14", lottery.ErrNumbers},
		{"体彩排列3", sports, "9-9-9", nil},
		{"体彩排列5", sports, "9-9-9-0-1", nil},
		{"体彩排列5", sports, "9-9-9-0", lottery.ErrNumbers},
		{"lottery:甲:2of1-3", "1", "3-1", nil},
		{"lottery:甲:2of1-3", "1", "3-3", lottery.ErrNumbers},
		{"lottery:甲:2x1-3", "1", "3-3", nil},
		{"双色球", welfare, "1-2-3-4-5-6-7", lottery.ErrGame},
	}
	for _, test := range tests {
		err := lottery.Source{}.Verify(sortition.BeaconTerms{Name: test.game, Round: test.round}, []byte(test.value), nil)
		if !errors.Is(err, test.want) {
			t.Errorf("%s, issue %s drew %s: %v, want %v", test.game, test.round, test.value, err, test.want)
		}
	}
}

func TestNamesThatTellNoShape(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"lottery:", "lottery:甲", "lottery:甲:", "lottery::1of1-9", "lottery: 甲:1of1-9", "甲:1of1-9", "lottery:甲:1", "lottery:甲:1of9", "lottery:甲:of1-9",
		"lottery:甲:0of1-9", "lottery:甲:01of1-9", "lottery:甲:1of9-9", "lottery:甲:1of9-1", "lottery:甲:3of1-3", "lottery:甲:101x0-9", "lottery:甲:1of1-10000",
		"lottery:甲:1of1-9,", "lottery:甲:1of-1-9", "lottery:甲:1of1-9 ", "lottery:甲:1of1-9:2",
	} {
		if (lottery.Source{}).Knows(name) {
			t.Errorf("%q is known", name)
		}
	}
}

// The bundles that name a lottery hold what it could have drawn.
func TestBundlesOfLotteries(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"lottery.json", "both.json"} {
		document, err := os.ReadFile(filepath.Join("..", "sortition", "testdata", "bundles", file))
		if err != nil {
			t.Fatal(err)
		}
		b, err := sortition.DecodeBundle(document)
		if err != nil {
			t.Fatal(err)
		}
		report, err := sortition.Verify(b, sortition.Options{Sources: []sortition.Source{lottery.Source{}}})
		if err != nil || report.Notes[len(report.Notes)-1].Code != sortition.NoteBeaconStated {
			t.Errorf("%s: notes %v, error %v", file, report.Notes, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("福彩双色球", "2026131", []byte("1-2-3-4-5-6-7"))
	f.Add("lottery:甲:2of1-3,1x0-9", "1", []byte("3-1-0"))
	f.Fuzz(func(t *testing.T, name, round string, value []byte) {
		terms := sortition.BeaconTerms{Name: name, Round: round}
		err := lottery.Source{}.Verify(terms, value, nil)
		at, timeErr := lottery.Source{}.PublishedAt(terms)
		if err == nil && (timeErr != nil || at != time.Time{} || !(lottery.Source{}).Knows(name)) {
			t.Errorf("%q, round %q: taken, and %v, %v", name, round, at, timeErr)
		}
	})
}
