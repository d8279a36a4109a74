package main

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// noon is the hour at which everybody does what is in the diary for the day.
const noon = 12

// appointment is what somebody is going to do on a day.
type appointment func(context.Context) error

// diary holds the appointments of the year, by day. It may be used by several people.
type diary struct {
	mu   sync.Mutex
	days map[string][]appointment
}

func (d *diary) on(day string, do appointment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.days[day] = append(d.days[day], do)
}

// first is the first day with appointments, empty without any.
func (d *diary) first() (day string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for at := range d.days {
		if day == "" || at < day {
			day = at
		}
	}
	return day
}

// take are the appointments of a day, which are in the diary no more.
func (d *diary) take(day string) []appointment {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.days[day]
	delete(d.days, day)
	return list
}

// turn goes on to an hour of a day, and lives through the days until then: what is in the diary is done, the jobs of the day run,
// and what came up for publication is put into the diary.
func (y *year) turn(day string, hour int) {
	y.Helper()
	for {
		next := y.diary.first()
		if next == "" || next > day || next == day && hour <= noon {
			break
		}
		if y.clock.today().String() < next {
			y.clock.turn(y.T, next, noon)
		}
		y.daily()
		together(y, y.diary.take(next), func(ctx context.Context, do appointment) error { return do(ctx) })
		y.openDesk()
	}
	y.clock.turn(y.T, day, hour)
	y.daily()
}

// daily does what the date alone demands, as the server does by its own clock.
func (y *year) daily() {
	y.Helper()
	y.settle()
	if err := y.jobs(y.Context()); err != nil {
		y.Fatal(err)
	}
}

func (y *year) doJobs(ctx context.Context) error {
	for _, job := range dailyJobs() {
		if err := job.run(ctx, y.in, y.clock.today()); err != nil {
			return err
		}
	}
	return nil
}

// workdays tell working days by the collection among the sample data: not by the program's own notices.
type workdays struct{ off, on map[string]bool }

func readWorkdays(t *testing.T) workdays {
	t.Helper()
	w := workdays{off: map[string]bool{}, on: map[string]bool{}}
	for _, year := range []string{"2022", "2023", "2024"} {
		text, err := os.ReadFile(sharedFile(t, "holidays/"+year+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var collection struct {
			Days []struct {
				Date     string
				IsOffDay bool
			}
		}
		if err := json.Unmarshal(text, &collection); err != nil {
			t.Fatal(err)
		}
		for _, d := range collection.Days {
			w.off[d.Date], w.on[d.Date] = d.IsOffDay, !d.IsOffDay
		}
	}
	return w
}

func (w workdays) worked(day string) bool {
	weekend := slices.Contains([]time.Weekday{time.Saturday, time.Sunday}, civil(day).Weekday())
	return w.on[day] || !weekend && !w.off[day]
}

// last is the last of n working days after a day.
func (w workdays) last(day string, n int) string {
	for n > 0 {
		if day = plus(day, 1); w.worked(day) {
			n--
		}
	}
	return day
}

// after is the same; of none it is the day, or the next one that is worked.
func (w workdays) after(day string, n uint32) string {
	for day = w.last(day, int(n)); !w.worked(day); {
		day = plus(day, 1)
	}
	return day
}

// civil is midnight of a day that is written well.
func civil(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at
}

// plus counts days of the calendar.
func plus(day string, n int) string { return civil(day).AddDate(0, 0, n).Format(time.DateOnly) }

// plusMonths ends with the day of the same number, or the last of a month without it (民法典 art. 202).
func plusMonths(day string, n int) string {
	at := civil(day)
	first := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(at.Day(), last)-1).Format(time.DateOnly)
}
