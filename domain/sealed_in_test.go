package domain_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

func TestSealedInFindsReferencesAtAnyDepth(t *testing.T) {
	t.Parallel()
	sealed := func(item string) domain.Sealed {
		return domain.Sealed{Item: item, Persons: []string{"p"}, Commitment: strings.Repeat("0", 64)}
	}
	type party struct {
		Name     string         `json:"name"`
		Identity *domain.Sealed `json:"identity,omitempty"`
	}
	a, b := sealed("a"), sealed("b")
	event := struct {
		Parties []party                    `json:"parties"`
		Served  domain.Sealed              `json:"served"`
		Deep    map[string][]domain.Sealed `json:"deep"`
		Other   map[string]string          `json:"other"`
	}{
		[]party{{"x", &a}, {"y", nil}, {"z", &b}}, sealed("c"), map[string][]domain.Sealed{"k": {sealed("d"), sealed("e")}},
		map[string]string{"commitment": strings.Repeat("0", 64), "item": "no reference"},
	}
	data, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	want := []domain.Sealed{a, b, sealed("c"), sealed("d"), sealed("e")}
	if got := domain.SealedIn(data); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func FuzzSealedIn(f *testing.F) {
	f.Add([]byte(`{"a":[{"commitment":1}]}`))
	f.Add([]byte(`{"x":{"item":"i","persons":["p"],"commitment":"` + strings.Repeat("0", 64) + `"}}`))
	f.Add([]byte(`{"commitment":[[[[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range domain.SealedIn(data) {
			if s.Item == "" || len(s.Persons) == 0 || len(s.Commitment) != 64 {
				t.Errorf("%+v is no reference", s)
			}
		}
	})
}
