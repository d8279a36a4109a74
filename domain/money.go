package domain

import "fmt"

// Fen is an amount of money in 分, a hundredth of a yuan. Amounts of law are whole 分: 0.000001 万元 is one.
type Fen int64

// Yuan formats as yuan with two decimals, e.g. "2000.00".
func (f Fen) Yuan() string { return f.scaled(100, 2) }

// WanYuan formats as 万元 with six decimals, as the 双公示 tables want it, e.g. "0.200000".
func (f Fen) WanYuan() string { return f.scaled(1_000_000, 6) }

func (f Fen) scaled(unit Fen, places int) string {
	sign, abs := "", uint64(f) //nolint:gosec // two's complement on purpose, so that the smallest amount formats too
	if f < 0 {
		sign, abs = "-", -abs
	}
	return fmt.Sprintf("%s%d.%0*d", sign, abs/uint64(unit), places, abs%uint64(unit)) //nolint:gosec // unit is positive
}
