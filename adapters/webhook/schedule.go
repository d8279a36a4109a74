package webhook

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	giveUp       = 5 * 24 * time.Hour // after which a failing endpoint is paused
	maxPause     = time.Hour          // between two tries at a receiver that fails whatever it is given
	maxAfter     = 24 * time.Hour     // of what a receiver may ask for
	streakFailed = 5                  // failures in a row after which it is the receiver, not what it is given
	jitter       = 4                  // a wait is up to a quarter longer
)

// waits are the times between tries of one message; the last is that of all further ones.
func waits() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 12 * time.Hour,
	}
}

// wait is how long a message waits that has failed so many times, at least once; chance is from 0 up to 1 and makes it longer.
func wait(failed int, chance float64) time.Duration {
	all := waits()
	base := all[min(max(failed, 1), len(all))-1]
	return base + time.Duration(chance*float64(base/jitter))
}

// pause is how long an endpoint waits as a whole after so many failures in a row.
func pause(streak int, chance float64) time.Duration {
	return min(wait(streak, chance), maxPause)
}

// retryAfter is what the header of that name asks for, in seconds or as a time (RFC 9110, 10.2.3); 0 for nothing. A time is by the
// clock of who sent it, which the header Date tells.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	seconds, err := strconv.ParseUint(text, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && seconds > uint64(maxAfter/time.Second):
		return maxAfter
	case err == nil:
		return time.Duration(seconds) * time.Second //nolint:gosec // bounded above
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if its, err := http.ParseTime(h.Get("Date")); err == nil {
		now = its
	}
	return min(max(at.Sub(now), 0), maxAfter)
}
