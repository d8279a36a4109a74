package main

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/adapters/drand"
	"github.com/mingjian-ledger/mingjian/adapters/nistbeacon"
	"github.com/mingjian-ledger/mingjian/domain/lottery"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

const beaconsUsage = "folder of randomness beacons in NIST's format: NAME.pem has their certificates, NAME.json a published pulse"

// bindable are the public sources of randomness that draws can be bound to: those that need no setting, and the beacons of a
// folder, if one is given. Of each of these the times of rounds must be known.
func bindable(folder string) ([]sortition.Source, error) {
	return sources(folder, func(b *nistbeacon.Beacon) (sortition.Source, error) {
		if !b.Timed() {
			return nil, fmt.Errorf("--beacons: %s.json: a published pulse is required, from which the times of rounds are counted", b.Name())
		}
		return b, nil
	})
}

// judging are the sources for values that are there: no times are needed, the pulses tell them.
func judging(folder string) ([]sortition.Source, error) {
	return sources(folder, func(b *nistbeacon.Beacon) (sortition.Source, error) { return b.Untimed(), nil })
}

func sources(folder string, fit func(*nistbeacon.Beacon) (sortition.Source, error)) ([]sortition.Source, error) {
	quicknet, err := drand.NewQuicknet()
	if err != nil {
		return nil, err
	}
	all := []sortition.Source{quicknet, lottery.Source{}}
	if folder == "" {
		return all, nil
	}
	beacons, err := nistbeacon.Load(folder)
	if err != nil {
		return nil, fmt.Errorf("--beacons: %w", err)
	}
	for _, b := range beacons {
		if sortition.SourceOf(all, b.Name()) != nil {
			return nil, fmt.Errorf("--beacons: %s.pem: another source has this name", b.Name())
		}
		s, err := fit(b)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if len(beacons) == 0 {
		return nil, fmt.Errorf("--beacons: %s holds no certificates (NAME.pem)", folder)
	}
	return all, nil
}
