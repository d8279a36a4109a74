package lottery

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// game is what one lottery draws.
type game struct {
	name  string
	issue int // digits of an issue number, the last three counting within the year; 0 for any number
	parts []part
}

// part is a number of balls out of one drum, or of digits.
type part struct {
	count, least, most int
	again              bool // a number may come again
}

// games draw as the Ministry of Finance approved their rules (游戏规则): welfare lotteries number their issues with four digits
// of the year, sports lotteries with two.
func games() []game {
	const welfare, sports = 7, 5
	different := func(count, most int) part { return part{count, 1, most, false} }
	digits := func(count, most int) part { return part{count, 0, most, true} }
	return []game{
		{"福彩双色球", welfare, []part{different(6, 33), different(1, 16)}},
		{"福彩七乐彩", welfare, []part{different(8, 30)}}, // the special number comes out of the same drum
		{"福彩快乐8", welfare, []part{different(20, 80)}},
		{"福彩3D", welfare, []part{digits(3, 9)}},
		{"体彩大乐透", sports, []part{different(5, 35), different(2, 12)}},
		{"体彩七星彩", sports, []part{digits(6, 9), digits(1, 14)}},
		{"体彩排列3", sports, []part{digits(3, 9)}},
		{"体彩排列5", sports, []part{digits(5, 9)}},
	}
}

const prefix = "lottery:"

// find reads the table, or the name of a game that tells its shape.
func find(name string) (game, bool) {
	for _, g := range games() {
		if g.name == name {
			return g, true
		}
	}
	label, shape, ok := strings.Cut(strings.TrimPrefix(name, prefix), ":")
	if !ok || !strings.HasPrefix(name, prefix) || label == "" || strings.TrimSpace(label) != label {
		return game{}, false
	}
	g := game{name: name}
	for text := range strings.SplitSeq(shape, ",") {
		p, ok := parsePart(text)
		if !ok {
			return game{}, false
		}
		g.parts = append(g.parts, p)
	}
	return g, true
}

// parsePart reads "7of1-36" (different numbers) and "5x0-9" (numbers that may come again).
func parsePart(text string) (part, bool) {
	count, span, once := strings.Cut(text, "of")
	again := false
	if !once {
		count, span, again = strings.Cut(text, "x")
	}
	least, most, ranged := strings.Cut(span, "-")
	p := part{again: again}
	var errs [3]error
	p.count, errs[0] = natural(count)
	p.least, errs[1] = natural(least)
	p.most, errs[2] = natural(most)
	const mostNumbers = 100
	switch {
	case errors.Join(errs[:]...) != nil, !ranged, !once && !again, p.count < 1, p.count > mostNumbers, p.most <= p.least, !again && p.count > p.most-p.least:
		return part{}, false
	}
	return p, true
}

var errDecimal = errors.New("lottery: a number is decimal, without leading zeros and at most 9999")

// natural takes the one spelling of a number.
func natural(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 9999 || strconv.Itoa(n) != text {
		return 0, fmt.Errorf("%w: %.20q", errDecimal, text)
	}
	return n, nil
}
