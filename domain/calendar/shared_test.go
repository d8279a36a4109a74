package calendar_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// collectedDays reads an independent collection of the notices: day to "is free". Ten days stand in the file of the
// following year, so all files are merged by date. Without the files the test is skipped, or fails where every test is
// required.
func collectedDays(t *testing.T) map[calendar.Date]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "holidays", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatal("the collected notices are required")
		}
		t.Skip("no collected notices here")
	}
	days := map[calendar.Date]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var year struct {
			Days []struct {
				Date calendar.Date `json:"date"`
				Off  bool          `json:"isOffDay"`
			} `json:"days"`
		}
		if err := json.Unmarshal(text, &year); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, day := range year.Days {
			days[day.Date] = day.Off
		}
	}
	return days
}
