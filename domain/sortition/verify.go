package sortition

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Step names a part of the verification, in the order in which Verify goes.
type Step string

// The steps.
const (
	StepForm          Step = "form"           // the document is a bundle and has one reading; DecodeBundle and ReadBundle take it
	StepVersion       Step = "version"        // the algorithm is this one
	StepPool          Step = "pool"           // each pool is well formed, sorted, and names everyone once
	StepSubjectRoot   Step = "subject_root"   // the stated root is the root of the pool
	StepInspectorRoot Step = "inspector_root" // as for the subjects
	StepConflictRoot  Step = "conflict_root"  // as for the subjects
	StepTerms         Step = "terms"          // the terms leave no choice open, and the stated digest is theirs
	StepCommitment    Step = "commitment"     // every party that committed revealed, and the nonce opens the commitment
	StepNotBefore     Step = "not_before"     // all was recorded before the beacon could be known
	StepBeacon        Step = "beacon"         // the value is what the source published, as far as that can be proved
	StepSeed          Step = "seed"           // the stated seed follows
	StepSelection     Step = "selection"      // the stated subjects follow, in their order, with their tickets
	StepMatch         Step = "match"          // the stated teams follow
	StepShortfall     Step = "shortfall"      // the stated shortfalls follow
	StepReplacement   Step = "replacement"    // the stated replacements follow from the reserve
)

// StepError is the first difference between a bundle and what it must be. Nothing after it was looked at.
type StepError struct {
	Step  Step
	Field string // path in the bundle
	Want  string // what it must be: a value, or a rule in words
	Got   string // what it is
}

func (e *StepError) Error() string {
	want := e.Want
	if !strings.HasPrefix(want, "must ") {
		want = "want " + want
	}
	text := fmt.Sprintf("%s: %s: %s", e.Step, e.Field, want)
	if e.Got != "" {
		text += ", got " + e.Got
	}
	return text
}

// Options say what a verifier has at hand.
type Options struct {
	Sources []Source                                   // the first that knows a name judges its values
	Open    func(file PoolFile) (io.ReadCloser, error) // opens a pool that is kept apart; needed only for such bundles
	Strict  bool                                       // what would be a note about the randomness is a difference
	Explain func(Finding)                              // is told of each step as it ends; nil for nobody
}

// NoteCode says what a note is about.
type NoteCode string

// The notes. With Options.Strict the first six are differences at the steps beacon and not_before.
const (
	NoteBeaconUnsigned  NoteCode = "beacon_unsigned"   // the value is not proven: no signature in the bundle
	NoteBeaconUnknown   NoteCode = "beacon_unknown"    // the value is not proven: nobody here can prove this source
	NoteBeaconEntered   NoteCode = "beacon_entered"    // the value is not proven: people entered it, each for themselves
	NoteBeaconStated    NoteCode = "beacon_stated"     // the value is not proven: the source does not sign, and one record states it
	NoteBeaconEarly     NoteCode = "beacon_early"      // the source published the round before not_before
	NoteCommitUntimed   NoteCode = "commit_untimed"    // the bundle does not say when the terms were recorded
	NoteBeaconProven    NoteCode = "beacon_proven"     // the value is proven by its signature
	NoteCommitsDeclared NoteCode = "commits_declared"  // the times of the commitments are those that the bundle declares
	NoteExclusions      NoteCode = "exclusions_stated" // exclusions are stated; the pool cannot prove them
)

// Note is something a reader of the report should know that is not a difference.
type Note struct {
	Code NoteCode `json:"code"`
	Text string   `json:"text"`
}

// Report is what a verification saw.
type Report struct {
	Terms        Digest `json:"terms"` // recomputed
	Seed         Digest `json:"seed"`  // recomputed
	Subjects     uint64 `json:"subjects"`
	Inspectors   uint64 `json:"inspectors"`
	Conflicts    uint64 `json:"conflicts"`
	Selected     int    `json:"selected"`
	Shortfalls   int    `json:"shortfalls"`
	Replacements int    `json:"replacements"`
	Notes        []Note `json:"notes"`
}

// Verify recomputes a bundle from nothing but itself (§7). It gives nil if the bundle is valid, a *StepError at the first
// difference, and any other error if a pool file could not be read. The report holds what was seen until then.
func Verify(b Bundle, opts Options) (Report, error) {
	return (&verification{bundle: b, opts: opts}).run()
}

// verification is a bundle being verified: each step leaves what the next ones need.
type verification struct {
	bundle   Bundle
	packed   *packed // the candidates, instead of a list in the bundle
	opts     Options
	report   Report
	pools    Pools
	frozen   FrozenPools
	drawing  *drawing
	assigned int   // inspections, over all inspectors
	missing  error // the first shortfall that differs
}

// stage is a step with what is done at it and what can be said of it when it holds.
type stage struct {
	step Step
	do   func() error
	tell func() (chinese, english string)
}

func (v *verification) stages() []stage {
	return []stage{
		{StepVersion, v.version, v.tellVersion},
		{StepPool, v.freeze, v.tellPool},
		{StepSubjectRoot, v.subjectRoot, v.tellSubjectRoot},
		{StepInspectorRoot, v.inspectorRoot, v.tellInspectorRoot},
		{StepConflictRoot, v.conflictRoot, v.tellConflictRoot},
		{StepTerms, v.terms, v.tellTerms},
		{StepCommitment, v.commitments, v.tellCommitments},
		{StepNotBefore, v.notBefore, v.tellNotBefore},
		{StepBeacon, v.beacon, v.tellBeacon},
		{StepSeed, v.seed, v.tellSeed},
		{StepSelection, v.selection, v.tellSelection},
		{StepMatch, v.match, v.tellMatch},
		{StepShortfall, v.shortfalls, v.tellShortfalls},
		{StepReplacement, v.replacements, v.tellReplacements},
	}
}

func (v *verification) run() (Report, error) {
	v.report.Notes = []Note{}
	for _, s := range v.stages() {
		err := s.do()
		v.explain(s, err)
		if err != nil {
			return v.report, err
		}
	}
	return v.report, nil
}

func (v *verification) note(code NoteCode, format string, args ...any) {
	v.report.Notes = append(v.report.Notes, Note{Code: code, Text: fmt.Sprintf(format, args...)})
}

// doubt is a note, or with Options.Strict a difference.
func (v *verification) doubt(step Step, field string, code NoteCode, format string, args ...any) error {
	if v.opts.Strict {
		return &StepError{Step: step, Field: field, Want: "a proof", Got: fmt.Sprintf(format, args...)}
	}
	v.note(code, format, args...)
	return nil
}

// asStep turns a breach of an input rule into a difference at a step, and passes other errors on.
func asStep(step Step, err error) error {
	var input *InputError
	if errors.As(err, &input) {
		return &StepError{Step: step, Field: input.Field, Want: input.Rule, Got: input.Got}
	}
	return err
}

func differs[T comparable](step Step, field string, want, got T) error {
	if want == got {
		return nil
	}
	return &StepError{Step: step, Field: field, Want: short(fmt.Sprint(want)), Got: short(fmt.Sprint(got))}
}

func (v *verification) version() error {
	return differs(StepVersion, "version", Version, v.bundle.Version)
}

func (v *verification) freeze() error {
	var err error
	if v.pools, err = v.open(); err != nil {
		return asStep(StepPool, err)
	}
	if v.frozen, err = Freeze(v.pools); err != nil {
		return asStep(StepPool, err)
	}
	v.report.Subjects, v.report.Inspectors, v.report.Conflicts = v.frozen.Subjects.Count, v.frozen.Inspectors.Count, v.frozen.Conflicts.Count
	return nil
}

func (v *verification) subjectRoot() error {
	return differs(StepSubjectRoot, "subject_root", v.frozen.Subjects.Root, v.bundle.SubjectRoot)
}

func (v *verification) inspectorRoot() error {
	return differs(StepInspectorRoot, "inspector_root", v.frozen.Inspectors.Root, v.bundle.InspectorRoot)
}

func (v *verification) conflictRoot() error {
	return differs(StepConflictRoot, "conflict_root", v.frozen.Conflicts.Root, v.bundle.ConflictRoot)
}

func (v *verification) terms() error {
	if v.bundle.Number == 0 {
		return &StepError{Step: StepTerms, Field: "number", Want: "1 or more", Got: "0"}
	}
	t := v.bundle.DrawTerms()
	if err := t.Validate(); err != nil {
		return asStep(StepTerms, err)
	}
	if v.bundle.Beacon != nil && t.Beacon == (BeaconTerms{}) {
		// Terms without a beacon bind no value: one that came along would be free to choose.
		return &StepError{Step: StepTerms, Field: "beacon", Want: "a name, a round and an instant, or no beacon"}
	}
	if err := t.namesStrata(v.frozen.Subjects.Strata); err != nil {
		return asStep(StepTerms, err)
	}
	v.report.Terms = t.Digest()
	if err := differs(StepTerms, "terms", v.report.Terms, v.bundle.Terms); err != nil {
		return err
	}
	if len(v.bundle.Exclusions) > 0 {
		v.note(NoteExclusions, "exclusions are stated by the authority; the bundle cannot prove them")
	}
	return nil
}
