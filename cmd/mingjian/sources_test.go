package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func TestSourcesOfRandomness(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	keep := func(name, from string) {
		t.Helper()
		content, err := os.ReadFile(filepath.Join("..", "..", "adapters", "nistbeacon", "testdata", from))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	refused := func(says string) {
		t.Helper()
		if _, err := bindable(folder); err == nil || !strings.Contains(err.Error(), "--beacons: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
	refused("holds no certificates")
	keep("nist.pem", "nist-certificate.pem")
	refused("nist.json: a published pulse is required")
	if list, err := judging(folder); err != nil || sortition.SourceOf(list, "nist") == nil {
		t.Errorf("for judging: %v", err)
	}
	keep("nist.json", "nist-pulse-1921300.json")
	list, err := bindable(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"drand-quicknet", "福彩双色球", "lottery:甲:5x0-9", "nist"} {
		if sortition.SourceOf(list, name) == nil {
			t.Errorf("nobody knows %s", name)
		}
	}
	if judges, err := judging(folder); err == nil {
		at, err := sortition.SourceOf(judges, "nist").PublishedAt(sortition.BeaconTerms{Name: "nist", Round: "2/1"})
		if err != nil || !at.IsZero() {
			t.Errorf("for judging, a round is published at %v, %v", at, err)
		}
	}
	keep("drand-quicknet.pem", "nist-certificate.pem")
	refused("another source has this name")
	for _, args := range [][]string{
		{"serve", "--data", filepath.Join(folder, "ledger"), "--beacons", filepath.Join(folder, "none")},
		{"draw", "verify", "--beacons", filepath.Join(folder, "none"), publishedVector("drand.json")},
	} {
		if code, _, errs := command(t, args...); code != exitUsage || !strings.Contains(errs, "--beacons") {
			t.Errorf("%v: ended with %d\n%s", args, code, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "ledger")); err == nil {
		t.Error("a data directory was made for nothing")
	}
	code, out, errs := command(t, "draw", "verify", "--explain", publishedVector("lottery.json"))
	if code != exitOK || !strings.Contains(out, "只由机关登记一次") || !strings.Contains(out, "note: beacon value not proven: the source does not sign, and the bundle states it once") {
		t.Errorf("a lottery: ended with %d\n%s%s", code, out, errs)
	}
}
