// What the page says of each step, in plain words: what was recomputed, from what.

/** The names of the steps, in Chinese and English. */
export const names = {
  form: ["文件格式", "form"],
  version: ["算法版本", "version"],
  pool: ["名单", "lists"],
  subject_root: ["检查对象名单的指纹", "fingerprint of the candidates"],
  inspector_root: ["检查人员名单的指纹", "fingerprint of the inspectors"],
  conflict_root: ["回避声明的指纹", "fingerprint of the declared conflicts"],
  terms: ["抽取规则", "terms"],
  commitment: ["各方封条", "sealed numbers"],
  not_before: ["时间先后", "order in time"],
  beacon: ["公共随机源", "public source of randomness"],
  seed: ["种子", "seed"],
  selection: ["抽中的对象", "subjects drawn"],
  match: ["指派的人员", "inspectors assigned"],
  shortfall: ["缺员", "shortfalls"],
  replacement: ["替换", "replacements"],
};

const strata = (r) => r.strata.map((s) => `${s.name} ${s.drawn}/${s.candidates}`).join("，");
const root = ["把名单按固定次序逐条散列、合并，得到的指纹与公布的一致：名单冻结后没有增减或改动。",
  "The list, hashed entry by entry, gives the fingerprint stated: nothing was added, removed or changed since it was frozen."];

/** What can be said of a step that holds, given the report. */
export const told = {
  form: () => ["文件是一个抽取包，而且只有一种读法。", "The file is a bundle and can be read in one way only."],
  version: () => ["按公布的算法 mingjian/draw/v1 重新计算。", "Recomputed by the published algorithm mingjian/draw/v1."],
  pool: (r) => [`检查对象 ${r.subjects} 个、检查人员 ${r.inspectors} 名、回避声明 ${r.conflicts} 条，格式规范，没有重复。`,
    `${r.subjects} candidates, ${r.inspectors} inspectors and ${r.conflicts} declared conflicts, each well formed and there once.`],
  subject_root: () => root,
  inspector_root: () => root,
  conflict_root: () => root,
  terms: () => ["比例、数量、人数、期限、随机源和三份名单的指纹合成规则指纹，与公布的一致：其中任何一项若有改动，指纹都会不同。",
    "Ratios, counts, team sizes, dates, the source of randomness and the three lists give the terms stated: a change of any of them would change it."],
  commitment: () => ["各方公开的随机数与各自事先交存的封条逐一相符（没有当事方的，无须核对）。",
    "The number that each party revealed is the one that it had sealed before (nothing to check where there are no parties)."],
  not_before: () => ["记录的时间都在随机源的值能够为人所知之前（没有公共随机源的，只核对时间格式）。",
    "All was recorded before the value of the source could be known (without a source, the times are only well formed)."],
  beacon: (r) => (r.beacon
    ? [`随机源 ${r.beacon.name} 第 ${r.beacon.round} 期的值已载入，本页不证明它，请与该源公布的结果对照。`,
      `The value of round ${r.beacon.round} of ${r.beacon.name} is stated; it is not proven here: compare it with what the source published.`]
    : ["没有使用公共随机源。", "No public source was used."]),
  seed: (r) => {
    const zh = "规则指纹、随机源的值和各方随机数合成种子，与公布的一致";
    const en = "The terms, the value of the source and the numbers of the parties give the seed stated";
    if (!r.beacon && r.parties === 1) {
      return [`${zh}。随机性只来自一方，须相信它封存之前没有挑选。`, `${en}. The randomness is that of one party, who must be trusted not to have picked it.`];
    }
    if (r.parties === 0) return [`${zh}：它取决于公共随机源。`, `${en}: it hangs on the public source.`];
    return [`${zh}：谁也不能单独左右它。`, `${en}: none of them alone could choose it.`];
  },
  selection: (r) => [`用种子给 ${r.subjects} 个对象逐一算出签号，每层取签号最小的（${strata(r)}），共 ${r.selected} 个，与公布的完全一致。`,
    `The seed gives each of ${r.subjects} candidates a ticket; the smallest of each stratum (${strata(r)}), ${r.selected} in all, are those stated.`],
  match: () => ["对每个对象，从证件有效、领域和辖区相符、无须回避、未超上限的人员中按种子排序取人，与公布的一致。",
    "For each subject, the seed ranks the inspectors with a valid licence, the right line and district, no conflict and room for more; the first of them are those stated."],
  shortfall: (r) => [r.shortfalls ? `${r.shortfalls} 处人手不足，原因逐人重算，与公布的一致。` : "没有缺员。",
    r.shortfalls ? `${r.shortfalls} shortfalls, counted again by reason, are as stated.` : "There are no shortfalls."],
  replacement: (r) => [r.replacements ? `${r.replacements} 次替换都取自同层候补的下一个，与公布的一致。` : "没有替换。",
    r.replacements ? `Each of ${r.replacements} replacements is the next of the reserve of its stratum.` : "Nothing was replaced."],
};

/** The verdict in a sentence. */
export function verdict(result) {
  const [zh, en] = names[result.step] ?? [];
  switch (result.valid) {
    case true:
      return ["核验通过：公布的抽取结果就是按公布的规则和随机数算出来的结果。", "Valid: what was published is what the published rules and randomness come to."];
    case false:
      return [`核验不通过：在“${zh}”这一步与公布的不一致。`, `NOT valid: what was published differs at the step “${en}”.`];
  }
  return ["无法核验：缺少抽取包指明的名单文件，请一并选择。", "Cannot be verified: a pool file that the bundle names is missing; choose it as well."];
}

/** Facts of the report, in the order in which they are shown. */
export const facts = [
  ["draw_id", "抽取编号", "draw"],
  ["task_id", "任务", "task"],
  ["number", "该任务第几次抽取", "number of the draw for the task"],
  ["subjects", "候选对象", "candidates"],
  ["selected", "抽中", "drawn"],
  ["inspectors", "检查人员", "inspectors"],
  ["shortfalls", "缺员", "shortfalls"],
  ["replacements", "替换", "replacements"],
  ["terms", "规则指纹", "terms"],
  ["seed", "种子", "seed"],
  ["sha256", "抽取包文件的 SHA-256", "SHA-256 of the bundle"],
];
