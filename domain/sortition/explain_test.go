package sortition_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// explained gives what is said of the steps of a vector.
func explained(t *testing.T, name string) []sortition.Finding {
	t.Helper()
	var all []sortition.Finding
	p, err := sortition.ReadBundle(openBundle(t, name))
	if err != nil {
		t.Fatal(err)
	}
	report, err := p.Verify(sortition.Options{Open: openPool, Explain: func(f sortition.Finding) { all = append(all, f) }})
	if last := all[len(all)-1]; last.Holds != (err == nil) {
		t.Errorf("%s: error %v, but it was said %+v (report %+v)", name, err, last, report)
	}
	return all
}

// Every vector is explained to the first step that differs, and the words say what came of this draw.
func TestVectorsAreExplained(t *testing.T) {
	t.Parallel()
	for _, v := range index(t) {
		if v.Step == sortition.StepForm {
			continue
		}
		all := explained(t, v.File)
		for _, f := range all[:len(all)-1] {
			if !f.Holds || f.Chinese == "" || f.English == "" {
				t.Errorf("%s: %+v", v.File, f)
			}
		}
		if last := all[len(all)-1]; v.Valid != last.Holds || !v.Valid && last.Step != v.Step || v.Valid && len(all) != 15 {
			t.Errorf("%s: %d steps, the last %+v", v.File, len(all), last)
		}
	}
}

func TestExplanationsFit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file string
		step sortition.Step
		says string
	}{
		{"single.json", sortition.StepSeed, "must be trusted"},
		{"lottery.json", sortition.StepSeed, "公共随机源"},
		{"both.json", sortition.StepSeed, "任何一方都不能单独决定它"},
		{"lottery.json", sortition.StepCommitment, "没有当事方"},
		{"both.json", sortition.StepNotBefore, "2026-05-03T13:15:00Z"},
		{"both.json", sortition.StepBeacon, "not proven here"},
		{"single.json", sortition.StepBeacon, "没有使用公共随机源"},
		{"ratios.json", sortition.StepSelection, "half 3/6"},
		{"byte-order.json", sortition.StepSelection, "…"},
		{"workload.json", sortition.StepShortfall, "5 处"},
		{"reserve.json", sortition.StepReplacement, "4 次替换"},
		{"tampered/a-removed-candidate.json", sortition.StepSubjectRoot, "不一致：subject_root"},
	}
	for _, test := range tests {
		said := ""
		for _, f := range explained(t, test.file) {
			if f.Step == test.step {
				said = f.Chinese + f.English
			}
		}
		if !strings.Contains(said, test.says) {
			t.Errorf("%s, %s: %q does not say %q", test.file, test.step, said, test.says)
		}
	}
}
