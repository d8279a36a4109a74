package sortition_test

import (
	"crypto/sha256"
	"math/big"
	"sort"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// This file is a second implementation of the draw, written from the specification alone: slow, with everything in memory,
// sharing no function with the package. Only the shapes of a bundle are common.

func refH(data string) string {
	sum := sha256.Sum256([]byte(data))
	return string(sum[:])
}

func refU64(n uint64) string {
	text := ""
	for range 8 {
		text = string([]byte{byte(n % 256)}) + text
		n /= 256
	}
	return text
}

func refLP(x string) string { return refU64(uint64(len(x))) + x }

func refList(elements []string) string {
	sorted := append([]string{}, elements...)
	sort.Strings(sorted)
	text := refU64(uint64(len(sorted)))
	for _, element := range sorted {
		text += refLP(element)
	}
	return text
}

// refRoot is the definition of RFC 6962 §2.1: the tree splits at the largest power of two below its size.
func refRoot(leaves []string) string {
	switch len(leaves) {
	case 0:
		return refH("")
	case 1:
		return refH("\x00" + leaves[0])
	}
	split := 1
	for split*2 < len(leaves) {
		split *= 2
	}
	return refH("\x01" + refRoot(leaves[:split]) + refRoot(leaves[split:]))
}

func refDigest(text string) (d sortition.Digest) {
	copy(d[:], text)
	return d
}

// refDraw fills in everything that follows from the inputs of a bundle. Of the replacements it takes the subject and the
// reason; one that cannot be made ends the list.
func refDraw(b sortition.Bundle) sortition.Bundle {
	b.SubjectRoot, b.InspectorRoot, b.ConflictRoot = refRoots(b)
	terms := refTerms(b)
	b.Terms = refDigest(terms)
	nonces := map[string]string{}
	parties := []string{}
	for _, r := range b.Reveals {
		nonces[r.Party] = string(r.Nonce[:])
		parties = append(parties, r.Party)
	}
	sort.Strings(parties)
	commitments := []sortition.Commitment{}
	for _, c := range b.Commitments {
		c.Commitment = refDigest(refH(refLP("mingjian/draw/v1/commitment") + terms + refLP(c.Party) + refLP(nonces[c.Party])))
		commitments = append(commitments, c)
	}
	b.Commitments = commitments
	value := ""
	if b.Beacon != nil {
		value = string(b.Beacon.Value)
	}
	text := refLP("mingjian/draw/v1/seed") + terms + refLP(value) + refU64(uint64(len(parties)))
	for _, party := range parties {
		text += refLP(party) + refLP(nonces[party])
	}
	b.Seed = refDigest(refH(text))
	run := refRun{bundle: b, seed: string(b.Seed[:]), load: map[string]uint64{}, reserve: map[string][]refTicket{}}
	b.Selected = run.selectAll()
	wanted := b.Replacements
	b.Replacements = []sortition.Replacement{}
	current := append([]sortition.Selection{}, b.Selected...)
	for i, w := range wanted {
		made, ok := run.replace(current, w.SubjectOut)
		if !ok {
			break
		}
		for j := range current {
			if current[j].Subject == w.SubjectOut {
				current[j] = made
				break
			}
		}
		b.Replacements = append(b.Replacements, sortition.Replacement{Number: uint64(i + 1), SubjectOut: w.SubjectOut, Reason: w.Reason, ReplacedBy: made})
	}
	return b
}

func refRoots(b sortition.Bundle) (subjects, inspectors, conflicts sortition.Digest) {
	byKey := map[string]string{}
	for _, s := range b.Subjects {
		byKey[s.ID] = refLP("subject") + refLP(s.ID) + refLP(s.Stratum) + refLP(s.District)
	}
	subjects = refDigest(refRoot(refInOrder(byKey)))
	byKey = map[string]string{}
	for _, i := range b.Inspectors {
		byKey[i.ID] = refLP("inspector") + refLP(i.ID) + refLP(i.Department) + refLP(i.LicenceValidUntil) + refList(i.Lines) + refList(i.Districts)
	}
	inspectors = refDigest(refRoot(refInOrder(byKey)))
	byPair := map[string]map[string]string{}
	for _, c := range b.Conflicts {
		if byPair[c.Inspector] == nil {
			byPair[c.Inspector] = map[string]string{}
		}
		byPair[c.Inspector][c.Subject] = refLP("conflict") + refLP(c.Inspector) + refLP(c.Subject)
	}
	names := []string{}
	for name := range byPair {
		names = append(names, name)
	}
	sort.Strings(names)
	leaves := []string{}
	for _, name := range names {
		leaves = append(leaves, refInOrder(byPair[name])...)
	}
	return subjects, inspectors, refDigest(refRoot(leaves))
}

func refInOrder(byKey map[string]string) []string {
	keys := []string{}
	for key := range byKey {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	values := []string{}
	for _, key := range keys {
		values = append(values, byKey[key])
	}
	return values
}

func refTerms(b sortition.Bundle) string {
	text := refLP("mingjian/draw/v1/terms") + refLP(b.DrawID) + refLP(b.TaskID) + refLP(b.Line) + refLP(b.WindowEnd) + refU64(b.WorkloadCap)
	byName := map[string]string{}
	for _, s := range b.Strata {
		byName[s.Name] = refLP(s.Name) + refU64(s.RatioPPM) + refU64(s.Count)
	}
	text += refU64(uint64(len(b.Strata))) + strings.Join(refInOrder(byName), "")
	byName = map[string]string{}
	for _, d := range b.Departments {
		byName[d.Name] = refLP(d.Name) + refU64(d.TeamSize)
	}
	text += refU64(uint64(len(b.Departments))) + strings.Join(refInOrder(byName), "")
	if b.Beacon == nil {
		text += refLP("") + refLP("") + refLP("")
	} else {
		text += refLP(b.Beacon.Name) + refLP(b.Beacon.Round) + refLP(b.Beacon.NotBefore)
	}
	return refH(text + string(b.SubjectRoot[:]) + string(b.InspectorRoot[:]) + string(b.ConflictRoot[:]))
}

type refTicket struct{ ticket, id, district string }

type refRun struct {
	bundle  sortition.Bundle
	seed    string
	load    map[string]uint64
	reserve map[string][]refTicket
}

func (r *refRun) selectAll() []sortition.Selection {
	selected := []sortition.Selection{}
	strata := append([]sortition.Stratum{}, r.bundle.Strata...)
	sort.Slice(strata, func(i, j int) bool { return strata[i].Name < strata[j].Name })
	for _, stratum := range strata {
		seed := refH(refLP("mingjian/draw/v1/stratum") + r.seed + refLP(stratum.Name))
		pool := []refTicket{}
		for _, s := range r.bundle.Subjects {
			if s.Stratum == stratum.Name {
				pool = append(pool, refTicket{ticket: refH(seed + s.ID), id: s.ID, district: s.District})
			}
		}
		sort.Slice(pool, func(i, j int) bool {
			return pool[i].ticket < pool[j].ticket || pool[i].ticket == pool[j].ticket && pool[i].id < pool[j].id
		})
		n := refQuota(stratum, len(pool))
		for _, p := range pool[:n] {
			selected = append(selected, r.staff(stratum.Name, p))
		}
		r.reserve[stratum.Name] = pool[n:]
	}
	return selected
}

func refQuota(stratum sortition.Stratum, candidates int) int {
	if stratum.Count != 0 {
		if stratum.Count < uint64(candidates) {
			return int(stratum.Count)
		}
		return candidates
	}
	// ceil(N × ratio ÷ 1,000,000) = -floor(-N × ratio ÷ 1,000,000)
	product := new(big.Int).Mul(big.NewInt(-int64(candidates)), new(big.Int).SetUint64(stratum.RatioPPM))
	return int(-new(big.Int).Div(product, big.NewInt(1_000_000)).Int64())
}

func (r *refRun) staff(stratum string, p refTicket) sortition.Selection {
	s := sortition.Selection{Subject: p.id, Stratum: stratum, Ticket: refDigest(p.ticket), Teams: []sortition.Team{}, Shortfalls: []sortition.Shortfall{}}
	match := refH(refLP("mingjian/draw/v1/match") + r.seed)
	departments := append([]sortition.Department{}, r.bundle.Departments...)
	sort.Slice(departments, func(i, j int) bool { return departments[i].Name < departments[j].Name })
	for _, d := range departments {
		ranks := map[string]string{}
		eligible := []string{}
		var why sortition.Reasons
		for _, i := range r.bundle.Inspectors {
			if i.Department != d.Name {
				continue
			}
			switch r.firstFailure(i, p) {
			case "":
				ranks[i.ID] = refH(match + refLP(p.id) + refLP(i.ID))
				eligible = append(eligible, i.ID)
			case "licence":
				why.Licence++
			case "line":
				why.Line++
			case "district":
				why.District++
			case "conflict":
				why.Conflict++
			case "workload":
				why.Workload++
			}
		}
		if uint64(len(eligible)) < d.TeamSize {
			s.Teams = append(s.Teams, sortition.Team{Department: d.Name, Inspectors: []string{}})
			s.Shortfalls = append(s.Shortfalls, sortition.Shortfall{Department: d.Name, Reasons: why})
			continue
		}
		sort.Slice(eligible, func(i, j int) bool {
			a, b := eligible[i], eligible[j]
			return ranks[a] < ranks[b] || ranks[a] == ranks[b] && a < b
		})
		chosen := eligible[:d.TeamSize]
		for _, id := range chosen {
			r.load[id]++
		}
		s.Teams = append(s.Teams, sortition.Team{Department: d.Name, Inspectors: chosen})
	}
	return s
}

func (r *refRun) firstFailure(i sortition.Inspector, p refTicket) string {
	if i.LicenceValidUntil < r.bundle.WindowEnd {
		return "licence"
	}
	admitted := false
	for _, line := range i.Lines {
		admitted = admitted || line == r.bundle.Line
	}
	if !admitted {
		return "line"
	}
	covered := false
	for _, d := range i.Districts {
		prefix := d
		for strings.HasSuffix(prefix, "00") && len(prefix)%2 == 0 {
			prefix = strings.TrimSuffix(prefix, "00")
		}
		covered = covered || strings.HasPrefix(p.district, prefix)
	}
	if !covered {
		return "district"
	}
	for _, c := range r.bundle.Conflicts {
		if c.Inspector == i.ID && c.Subject == p.id {
			return "conflict"
		}
	}
	if r.bundle.WorkloadCap != 0 && r.load[i.ID] >= r.bundle.WorkloadCap {
		return "workload"
	}
	return ""
}

func (r *refRun) replace(current []sortition.Selection, out string) (sortition.Selection, bool) {
	for _, s := range current {
		if s.Subject != out || len(r.reserve[s.Stratum]) == 0 {
			continue
		}
		next := r.reserve[s.Stratum][0]
		r.reserve[s.Stratum] = r.reserve[s.Stratum][1:]
		for _, team := range s.Teams {
			for _, id := range team.Inspectors {
				r.load[id]--
			}
		}
		return r.staff(s.Stratum, next), true
	}
	return sortition.Selection{}, false
}
