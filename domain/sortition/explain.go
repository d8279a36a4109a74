package sortition

import (
	"errors"
	"fmt"
	"strings"
)

// Finding is what one step of a verification came to, in plain words: what was recomputed, from what, and whether it is what
// the bundle states.
type Finding struct {
	Step    Step   `json:"step"`
	Holds   bool   `json:"holds"`
	Chinese string `json:"chinese"`
	English string `json:"english"`
}

// explain tells of a step that ended. A pool file that could not be read is no finding.
func (v *verification) explain(s stage, err error) {
	if v.opts.Explain == nil {
		return
	}
	f := Finding{Step: s.step, Holds: err == nil}
	var difference *StepError
	switch {
	case err == nil:
		f.Chinese, f.English = s.tell()
	case errors.As(err, &difference):
		f.Chinese = fmt.Sprintf("不一致：%s 应为“%s”", difference.Field, difference.Want)
		if difference.Got != "" {
			f.Chinese += fmt.Sprintf("，公布的是“%s”", difference.Got)
		}
		f.Chinese += "。此后各步未再核对。"
		f.English = "This differs: " + difference.Error() + ". Nothing after it was looked at."
	default:
		return
	}
	v.opts.Explain(f)
}

func (v *verification) tellVersion() (string, string) {
	return "抽取包声明的算法是 " + Version + "，以下全部按该算法重新计算。",
		"The bundle names the algorithm " + Version + "; everything below is recomputed by it."
}

func (v *verification) tellPool() (string, string) {
	r := v.report
	return fmt.Sprintf("读出检查对象 %d 个、检查人员 %d 名、回避声明 %d 条；每一条都完整、规范，没有重复。", r.Subjects, r.Inspectors, r.Conflicts),
		fmt.Sprintf("%d candidates, %d inspectors and %d declared conflicts were read; each is complete, well formed and there once.",
			r.Subjects, r.Inspectors, r.Conflicts)
}

func tellRoot(chinese, english string, frozen Frozen) (string, string) {
	return fmt.Sprintf("把%s（%d 条）按固定次序逐条散列、两两合并成默克尔树，树根为 %s，与公布的一致：名单自冻结后未增、未删、未改。",
			chinese, frozen.Count, frozen.Root),
		fmt.Sprintf("The %d %s, in their fixed order and hashed into a Merkle tree, give the root %s, as stated: "+
			"nothing was added, removed or changed since the list was frozen.", frozen.Count, english, frozen.Root)
}

func (v *verification) tellSubjectRoot() (string, string) {
	return tellRoot("检查对象名单", "candidates", v.frozen.Subjects)
}

func (v *verification) tellInspectorRoot() (string, string) {
	return tellRoot("检查人员名单", "inspectors", v.frozen.Inspectors)
}

func (v *verification) tellConflictRoot() (string, string) {
	return tellRoot("回避声明", "declared conflicts", v.frozen.Conflicts)
}

func (v *verification) tellTerms() (string, string) {
	b := v.bundle
	return fmt.Sprintf("由抽取编号、任务、检查领域、截止日 %s、每人上限、%d 层的比例或数量、%d 个部门的人数、约定的随机源和三个树根，算出规则指纹 %s，"+
			"与公布的一致：其中任何一项若有改动，指纹都会不同。", b.WindowEnd, len(b.Strata), len(b.Departments), v.report.Terms),
		fmt.Sprintf("From the draw and task ids, the line, the last day %s, the cap, the ratios or counts of %d strata, the team sizes of "+
			"%d departments, the named source of randomness and the three roots follow the terms %s, as stated: "+
			"a change of any of them would change it.", b.WindowEnd, len(b.Strata), len(b.Departments), v.report.Terms)
}

func (v *verification) tellCommitments() (string, string) {
	parties := make([]string, 0, len(v.bundle.Commitments))
	for _, c := range v.bundle.Commitments {
		parties = append(parties, short(c.Party))
	}
	if len(parties) == 0 {
		return "没有当事方封存随机数；随机性只来自公共随机源。", "No party sealed a nonce; the randomness is that of the public source alone."
	}
	return fmt.Sprintf("%d 方（%s）公开的随机数，分别连同规则指纹重新封存一次，与各自事先交存的封条逐一相符，无人缺席、无人换数。",
			len(parties), strings.Join(parties, "、")),
		fmt.Sprintf("The nonces that %d parties (%s) revealed, sealed again together with the terms, are what each had committed to; "+
			"nobody is missing and nobody changed the number.", len(parties), strings.Join(parties, ", "))
}

func (v *verification) tellNotBefore() (string, string) {
	b := v.bundle
	if b.Beacon == nil {
		return "没有使用公共随机源，无须比较时间；各方封存的时间格式正确。", "There is no public source to be earlier than; the times of record are well formed."
	}
	if len(b.Commitments) == 0 && b.CommittedAt == "" {
		return "抽取包没有写明规则何时记录，这一点无法核对。", "The bundle does not say when the terms were recorded; this cannot be checked."
	}
	return fmt.Sprintf("规则和各方封条记录的时间都早于 %s，在那之前无人能知道随机源的值。", short(b.Beacon.NotBefore)),
		fmt.Sprintf("The terms and all seals were recorded before %s, until when nobody could know the value of the source.", short(b.Beacon.NotBefore))
}

func (v *verification) tellBeacon() (string, string) {
	b := v.bundle.Beacon
	if b == nil {
		return "没有使用公共随机源。", "No public source was used."
	}
	name, round := short(b.Name), short(b.Round)
	for _, note := range v.report.Notes {
		switch note.Code {
		case NoteBeaconProven:
			return fmt.Sprintf("随机源 %s 第 %s 期的值，由该源的数字签名证明确实是它公布的。", name, round),
				fmt.Sprintf("The value of round %s of %s is proven by the signature of the source.", round, name)
		case NoteBeaconEntered:
			chinese := fmt.Sprintf("随机源 %s 第 %s 期的值没有数字签名，由 %d 人分别独立录入，结果相同", name, round, b.agreed())
			english := fmt.Sprintf("The value of round %s of %s is not signed; %d people entered it, each for themselves, and agree", round, name, b.agreed())
			if others := len(b.Entries) - b.agreed(); others > 0 {
				chinese += fmt.Sprintf("，另有 %d 人录入的与此不同", others)
				english += fmt.Sprintf(", while %d entered something else", others)
			}
			return chinese + "；请与该源公布的结果对照。", english + "; compare it with what the source published."
		case NoteBeaconStated:
			return fmt.Sprintf("随机源 %s 第 %s 期的值没有数字签名，只由机关登记一次，请与该源公布的结果对照。", name, round),
				fmt.Sprintf("The value of round %s of %s is not signed and was recorded once; compare it with what the source published.", round, name)
		case NoteBeaconUnsigned, NoteBeaconUnknown, NoteBeaconEarly, NoteCommitUntimed, NoteCommitsDeclared, NoteExclusions:
		}
	}
	return fmt.Sprintf("随机源 %s 第 %s 期的值已写入抽取包，此处未能证明，请与该源公布的结果对照。", name, round),
		fmt.Sprintf("The value of round %s of %s is in the bundle but not proven here; compare it with what the source published.", round, name)
}

func (v *verification) tellSeed() (string, string) {
	chinese := fmt.Sprintf("由规则指纹、随机源的值和各方随机数算出种子 %s，与公布的一致", v.report.Seed)
	english := fmt.Sprintf("The terms, the value of the source and the nonces of the parties give the seed %s, as stated", v.report.Seed)
	switch parties := len(v.bundle.Reveals); {
	case v.bundle.Beacon == nil && parties == 1:
		return chinese + "。随机性只来自一方，须相信它封存之前没有挑选。",
			english + ". The randomness is that of one party, who must be trusted not to have picked it."
	case v.bundle.Beacon != nil && parties == 0:
		return chinese + "：它取决于公共随机源。", english + ": it hangs on the public source."
	}
	return chinese + "：任何一方都不能单独决定它。", english + ": none of them alone could choose it."
}

func (v *verification) tellSelection() (string, string) {
	const most = 8 // strata named one by one
	var parts []string
	for _, l := range v.drawing.layers {
		parts = append(parts, fmt.Sprintf("%s %d/%d", short(l.name), l.quota, l.candidates))
	}
	if len(parts) > most {
		parts = append(parts[:most], "…")
	}
	return fmt.Sprintf("用种子为 %d 个检查对象各算一个签号，每层按签号从小到大取足数量（%s），共 %d 个；名单、次序、签号与公布的完全一致。",
			v.report.Subjects, strings.Join(parts, "，"), v.report.Selected),
		fmt.Sprintf("The seed gives each of %d candidates a ticket; the smallest of each stratum are drawn (%s), %d in all, "+
			"and subjects, order and tickets are as stated.", v.report.Subjects, strings.Join(parts, ", "), v.report.Selected)
}

func (v *verification) tellMatch() (string, string) {
	return fmt.Sprintf("对每个被抽中的对象，从各部门证件有效、领域和辖区相符、无须回避、未超上限的人员中，按种子排出次序取足人数，共指派 %d 人次，与公布的一致。", v.assigned),
		fmt.Sprintf("For each subject drawn, the seed ranks the inspectors of each department who hold a licence, may inspect the line and "+
			"the district, have no conflict and are below the cap; the first of them, %d assignments in all, are as stated.", v.assigned)
}

func (v *verification) tellShortfalls() (string, string) {
	if v.report.Shortfalls == 0 {
		return "各部门人手齐备，没有缺员。", "Every department had enough inspectors; there are no shortfalls."
	}
	return fmt.Sprintf("有 %d 处某部门合格人员不足；逐人重算未入选的原因并计数，与公布的一致。", v.report.Shortfalls),
		fmt.Sprintf("%d times a department had too few inspectors; counted again by the first reason of each, they are as stated.", v.report.Shortfalls)
}

func (v *verification) tellReplacements() (string, string) {
	if v.report.Replacements == 0 {
		return "没有替换。", "Nothing was replaced."
	}
	return fmt.Sprintf("%d 次替换都取自同层候补次序中第一个尚未使用的对象，并重新配备人员，与公布的一致。", v.report.Replacements),
		fmt.Sprintf("Each of %d replacements is the first of the reserve of its stratum not used yet, staffed anew, as stated.", v.report.Replacements)
}
