package uscc_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"91110000600037341L", "９１３２０１０５７８０６８８１３２Ｋ", "00000000000000000X", "\uFEFF1", "440301103448669", "\xff\xfe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		folded := uscc.Normalise(raw)
		if again := uscc.Normalise(folded); again != folded {
			t.Errorf("Normalise is not stable: %q, %q", folded, again)
		}
		uscc.CheckRegistration(folded)
		findings := uscc.Check(folded)
		code, err := uscc.Parse(folded)
		if (err == nil) != uscc.Sound(findings) {
			t.Errorf("%q: error %v, findings %v", folded, err, findings)
		}
		if err != nil {
			return
		}
		if code.String() != folded || string(code.Category())+code.Region()+code.Organisation()+folded[17:] != folded {
			t.Errorf("%q fell apart: %q %q %q", folded, code.Category(), code.Region(), code.Organisation())
		}
		if uscc.IsPlaceholder(folded) {
			t.Errorf("the placeholder became a code")
		}
	})
}
