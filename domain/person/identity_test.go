package person_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/person"
)

// identity has a number of a district and a day that nobody was born in.
func identity() person.Identity {
	return person.Identity{Kind: person.ResidentID, Number: "11010119900307109X", Phone: "13900000000", Address: "虚构市长安路1号"}
}

func TestAnIdentityIsChecked(t *testing.T) {
	t.Parallel()
	d := identity()
	if err := d.Check("holder.identity"); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*person.Identity){
		"person.id_number.required":     func(d *person.Identity) { d.Number = " " },
		"person.id_number.check":        func(d *person.Identity) { d.Number = "110101199003071090" },
		"person.id_number.text.length":  func(d *person.Identity) { d.Kind, d.Number = person.Passport, strings.Repeat("E", 65) },
		"person.id_kind.unknown":        func(d *person.Identity) { d.Kind = "" },
		"person.phone.text.control":     func(d *person.Identity) { d.Phone = "139\u00000000000" },
		"person.address.text.length":    func(d *person.Identity) { d.Address = strings.Repeat("长", 401) },
		"person.id_number.text.control": func(d *person.Identity) { d.Kind, d.Number = person.OtherID, "A\n1" },
	} {
		d := identity()
		change(&d)
		err := d.Check("holder.identity")
		if err == nil || !strings.Contains(err.Error(), want+": holder.identity.") {
			t.Errorf("%v, want %s", err, want)
			continue
		}
		for _, secret := range []string{identity().Number[:17], identity().Phone, identity().Address} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the fault %s tells %s", want, secret)
			}
		}
	}
}

func TestAPersonIsToldByTheNumber(t *testing.T) {
	t.Parallel()
	wide := identity()
	wide.Number, wide.Phone = "１１０１０１ 19900307 109x", ""
	if wide.Key() != identity().Key() || wide.Check("x") != nil {
		t.Errorf("%s and %s", wide.Key(), identity().Key())
	}
	passport := person.Identity{Kind: person.Passport, Number: "e-123"}
	if passport.Key() != "passport:E123" {
		t.Error(passport.Key())
	}
}

func TestAnIdentityIsReadAgain(t *testing.T) {
	t.Parallel()
	plain, err := identity().Plain()
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := person.ParseIdentity(plain); !ok || got != identity() {
		t.Errorf("%+v, %v", got, ok)
	}
	for _, other := range []string{"", "处罚决定书全文", "{}", `{"id_kind":"x","id_number":"1"}`} {
		if _, ok := person.ParseIdentity([]byte(other)); ok {
			t.Errorf("%q is no identity", other)
		}
	}
}
