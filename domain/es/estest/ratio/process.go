package ratio

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Process is what the system tells of a process. On a machine that others use as well, the processor's time tells more than the
// clock's.
type Process struct {
	Parent int
	Worked time.Duration // processor time so far, in hundredths of a second
	Ended  time.Duration // that of its children that ended and were waited for
}

// ProcessOf looks at a process; false if there is none, or where the system has no proc(5).
func ProcessOf(pid int) (Process, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Process{}, false
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name before it may hold anything
	fields := strings.Fields(rest)                // from the third on
	var n [5]int
	for i, at := range []int{1, 11, 12, 13, 14} {
		if at >= len(fields) {
			return Process{}, false
		}
		if n[i], err = strconv.Atoi(fields[at]); err != nil {
			return Process{}, false
		}
	}
	tick := func(n int) time.Duration { return time.Duration(n) * 10 * time.Millisecond }
	return Process{Parent: n[0], Worked: tick(n[1] + n[2]), Ended: tick(n[3] + n[4])}, true
}
