package lottery

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Source is every number lottery, as a source of randomness that does not sign.
type Source struct{}

// Why a value, a round or a name is not a lottery's.
var (
	ErrGame      = errors.New("lottery: no such game")
	ErrIssue     = errors.New("lottery: no issue number of the game")
	ErrNumbers   = errors.New("lottery: not the numbers of a drawing")
	ErrSignature = errors.New("lottery: a lottery does not sign")
)

// Knows tells whether there is such a game, or whether the name tells its shape.
func (Source) Knows(name string) bool {
	_, known := find(name)
	return known
}

// Signs is false: numbers are what two people entered.
func (Source) Signs() bool { return false }

// PublishedAt tells of no issue when it is drawn; it refuses issue numbers that can't be.
func (Source) PublishedAt(terms sortition.BeaconTerms) (time.Time, error) {
	_, err := issued(terms)
	return time.Time{}, err
}

// Verify takes what the game could have drawn.
func (Source) Verify(terms sortition.BeaconTerms, value, signature []byte) error {
	g, err := issued(terms)
	if err != nil {
		return err
	}
	if len(signature) > 0 {
		return ErrSignature
	}
	return g.drawn(string(value))
}

// issued is the game of an issue.
func issued(terms sortition.BeaconTerms) (game, error) {
	g, known := find(terms.Name)
	if !known {
		return game{}, fmt.Errorf("%w: %.64q", ErrGame, terms.Name)
	}
	const most = 20
	round := terms.Round
	digits := round != "" && len(round) <= most && strings.Trim(round, "0123456789") == ""
	if !digits || round[0] == '0' || g.issue > 0 && (len(round) != g.issue || strings.HasSuffix(round, "000")) {
		return game{}, fmt.Errorf("%w: %.32q", ErrIssue, round)
	}
	return g, nil
}

// drawn checks the numbers in drawing order.
func (g game) drawn(value string) error {
	texts := strings.Split(value, "-")
	for _, p := range g.parts {
		if len(texts) < p.count {
			return fmt.Errorf("%w: too few", ErrNumbers)
		}
		seen := map[int]bool{}
		for _, text := range texts[:p.count] {
			n, err := natural(text)
			switch {
			case err != nil:
				return fmt.Errorf("%w: %w", ErrNumbers, err)
			case n < p.least || n > p.most:
				return fmt.Errorf("%w: %d is not from %d to %d", ErrNumbers, n, p.least, p.most)
			case seen[n] && !p.again:
				return fmt.Errorf("%w: %d comes twice", ErrNumbers, n)
			}
			seen[n] = true
		}
		texts = texts[p.count:]
	}
	if len(texts) > 0 {
		return fmt.Errorf("%w: too many", ErrNumbers)
	}
	return nil
}
