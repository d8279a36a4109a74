// What the page says, in Chinese and English: of each step that holds what was recomputed from what, of the rest what to make
// of it.

/** The names of the steps. */
export const names = {
  form: ["文件格式", "form"],
  version: ["算法版本", "version"],
  pool: ["名单", "lists"],
  subject_root: ["检查对象名单的指纹", "fingerprint of the candidates"],
  inspector_root: ["检查人员名单的指纹", "fingerprint of the inspectors"],
  conflict_root: ["回避声明的指纹", "fingerprint of the declared conflicts"],
  terms: ["抽取规则", "terms"],
  commitment: ["各方封存的随机数", "sealed numbers"],
  not_before: ["时间先后", "order in time"],
  beacon: ["公共随机源", "public source of randomness"],
  seed: ["种子", "seed"],
  selection: ["抽中的对象", "subjects drawn"],
  match: ["指派的人员", "inspectors assigned"],
  shortfall: ["缺员", "shortfalls"],
  replacement: ["替换", "replacements"],
};

const mostNamed = 8; // strata or parties named one by one

const some = (list, by) => (list.length > mostNamed ? [...list.slice(0, mostNamed), "…"] : list).join(by);

const root = (step, zh, en, count) => (r) => [
  `把${zh}（${r[count]} 条）按固定次序逐条散列、两两合并，得到指纹 ${r[step]}，与公布的一致：名单冻结之后没有增加、删减或改动。`,
  `The ${r[count]} ${en}, hashed one by one in their fixed order and then in pairs, give the fingerprint stated: nothing was added, removed or changed since the list was frozen.`,
];

function toldParties(r) {
  if (r.parties.length === 0) {
    return ["没有哪一方封存随机数；随机性只来自公共随机源。", "No party sealed a number; the randomness is that of the public source alone."];
  }
  return [
    `${r.parties.length} 方（${some(r.parties, "、")}）公开的随机数，连同规则指纹重新封存一次，与各自事先交存的一致：无人缺席，无人换数。`,
    `The number that each party (${some(r.parties, ", ")}) revealed, sealed again together with the terms, is what it had committed to: nobody is missing and nobody changed the number.`,
  ];
}

function toldTimes(r) {
  if (!r.beacon) return ["没有使用公共随机源，无须比较先后；所记时间的格式正确。", "There is no public source to be earlier than; the times of record are well formed."];
  if (!r.timed) return ["抽取包没有写明规则何时记录，这一点无从核对。", "The bundle does not say when the terms were recorded; this can't be checked."];
  return [
    `规则和各方封存的记录时间都早于 ${r.beacon.not_before}，在那以前谁也无法知道随机源的值。`,
    `The terms and all sealed numbers were recorded before ${r.beacon.not_before}, until when nobody could know the value of the source.`,
  ];
}

function toldSeed(r) {
  const zh = `由规则指纹、随机源的值和各方随机数算出种子 ${r.seed}，与公布的一致`;
  const en = "The terms, the value of the source and the numbers of the parties give the seed stated";
  if (!r.beacon && r.reveals === 1) {
    return [`${zh}。随机性只来自一方，须相信它封存之前没有挑选。`, `${en}. The randomness is that of one party, who must be trusted not to have picked it.`];
  }
  if (r.beacon && r.reveals === 0) return [`${zh}：它取决于公共随机源。`, `${en}: it hangs on the public source.`];
  return [`${zh}：任何一方都不能单独决定它。`, `${en}: none of them alone could choose it.`];
}

function toldSelection(r) {
  const layers = r.layers.map((l) => `${l.name} ${l.drawn}/${l.candidates}`);
  return [
    `用种子给 ${r.subjects} 个检查对象各算一个签号，每层取签号最小的（${some(layers, "，")}），共 ${r.selected} 个；名单、次序、签号都与公布的一致。`,
    `The seed gives each of ${r.subjects} candidates a ticket; the smallest of each stratum are drawn (${some(layers, ", ")}), ${r.selected} in all; subjects, order and tickets are as stated.`,
  ];
}

/** What can be said of a step that holds, given the report. */
export const told = {
  form: () => ["文件是一个完整的抽取包，而且只有一种读法。", "The file is a whole bundle and can be read in one way only."],
  version: () => ["抽取包声明的算法是 mingjian/draw/v1，以下都按它重新计算。", "The bundle names the algorithm mingjian/draw/v1; all below is recomputed by it."],
  pool: (r) => [
    `读出检查对象 ${r.subjects} 个、检查人员 ${r.inspectors} 名、回避声明 ${r.conflicts} 条，每一条都完整、规范、没有重复。`,
    `${r.subjects} candidates, ${r.inspectors} inspectors and ${r.conflicts} declared conflicts were read; each is complete, well formed and there once.`,
  ],
  subject_root: root("subject_root", "检查对象名单", "candidates", "subjects"),
  inspector_root: root("inspector_root", "检查人员名单", "inspectors", "inspectors"),
  conflict_root: root("conflict_root", "回避声明", "declared conflicts", "conflicts"),
  terms: (r) => [
    `由抽取编号、任务、检查领域、截止日 ${r.window_end}、每人上限、${r.strata} 层的比例或数量、${r.departments} 个部门的人数、约定的随机源和上面三个指纹，算出规则指纹 ${r.terms}，与公布的一致：其中任何一项若有改动，指纹都会不同。`,
    `From the ids of draw and task, the line, the last day ${r.window_end}, the cap, the ratios or counts of ${r.strata} strata, the team sizes of ${r.departments} departments, the named source and the three fingerprints follow the terms stated: a change of any of them would change it.`,
  ],
  commitment: toldParties,
  not_before: toldTimes,
  beacon: (r) => (r.beacon
    ? [`随机源 ${r.beacon.name} 第 ${r.beacon.round} 期的值已写在抽取包里；它是否真由该源公布，本页未作证明。`,
      `The value of round ${r.beacon.round} of ${r.beacon.name} is in the bundle; that the source published it is not proven here.`]
    : ["没有使用公共随机源。", "No public source was used."]),
  seed: toldSeed,
  selection: toldSelection,
  match: (r) => [
    `对每个抽中的对象，从各部门证件有效、领域和辖区相符、无须回避、未超上限的人员中，按种子排出次序取足人数，共指派 ${r.assigned} 人次，与公布的一致。`,
    `For each subject drawn, the seed ranks the inspectors of each department who hold a licence, may inspect the line and the district, have no conflict and are below the cap; the first of them, ${r.assigned} assignments in all, are as stated.`,
  ],
  shortfall: (r) => (r.shortfalls
    ? [`有 ${r.shortfalls} 处某部门合格人员不足；逐人重算不合格的原因并计数，与公布的一致。`,
      `${r.shortfalls} times a department had too few inspectors; counted again by the first reason of each, they are as stated.`]
    : ["各部门人手齐备，没有缺员。", "Every department had enough inspectors; there are no shortfalls."]),
  replacement: (r) => (r.replacements
    ? [`${r.replacements} 次替换都取自同层候补中第一个尚未使用的对象，并重新配备人员，与公布的一致。`,
      `Each of ${r.replacements} replacements is the first of the reserve of its stratum not used yet, staffed anew, as stated.`]
    : ["没有替换。", "Nothing was replaced."]),
};

/** What a reader should know that is not a difference. */
export const notes = {
  exclusions_stated: () => ["没有进入名单的对象（排除数量及原因）由机关自行公布，抽取包无法证明。",
    "What did not enter the list (exclusions and their reasons) is stated by the authority; the bundle cannot prove it."],
  commits_declared: () => ["各项记录时间以抽取包所载为准。", "The times of record are those that the bundle declares."],
  commit_untimed: () => ["抽取包没有写明规则何时记录。", "The bundle does not say when the terms were recorded."],
  beacon_unproven: (r) => [`未证明：随机源 ${r.beacon.name} 第 ${r.beacon.round} 期的值。抽取包没有该源的签名，请与该源公布的结果对照。`,
    `Not proven: the value of round ${r.beacon.round} of ${r.beacon.name}. The bundle has no signature of the source; compare the value with what the source published.`],
  beacon_entered: (r) => [
    `未证明：随机源 ${r.beacon.name} 第 ${r.beacon.round} 期的值。该源不签名，由 ${r.beacon.agreed} 人分别录入，结果相同${r.beacon.others ? `，另有 ${r.beacon.others} 人录入的与此不同` : ""}；请与该源公布的结果对照。`,
    `Not proven: the value of round ${r.beacon.round} of ${r.beacon.name}. It is not signed; ${r.beacon.agreed} people entered it, each for themselves, and agree${r.beacon.others ? `, while ${r.beacon.others} entered something else` : ""}; compare it with what the source published.`,
  ],
  beacon_signature_unchecked: (r) => [`未证明：随机源 ${r.beacon.name} 第 ${r.beacon.round} 期的值。抽取包带有签名，但本页不验证这种签名（浏览器没有现成的方法）；请用命令 mingjian draw verify 验证，或与该源公布的结果对照。`,
    `Not proven: the value of round ${r.beacon.round} of ${r.beacon.name}. The bundle has a signature, of a kind that this page does not check, since browsers have no means for it; check it with the command mingjian draw verify, or compare the value with what the source published.`],
  hash_published: () => ["本页经未加密的连接传来，浏览器因此不提供自带的散列函数；本页的散列只与公布的标准值核对过，而且页面本身可能在途中被改动。",
    "This page came over a connection that is not encrypted, where browsers offer no hash function of their own; the page's was checked against a published value only, and the page itself could have been changed on its way."],
};

/** The verdict in a sentence, with its sign. */
export function verdict(outcome) {
  const [zh, en] = names[outcome.step] ?? [];
  switch (outcome.valid) {
    case true: {
      const valid = ["✓ 核验通过：公布的结果正是按公布的名单、规则和随机数算出来的结果", "Valid: what was published is what the published lists, rules and randomness come to"];
      if (!outcome.report.beacon) return [`${valid[0]}。`, `${valid[1]}.`];
      return [`${valid[0]}；但公共随机源的值在此未经证明，见须知。`, `${valid[1]}; but the value of the public source is not proven here, see the notes.`];
    }
    case false:
      return [`✗ 核验不通过：在“${zh}”这一步，公布的与算出来的不一致。`, `NOT valid: at the step “${en}”, what was published is not what it must be.`];
  }
  return ["？ 无法核验：缺少抽取包指明的名单文件。", "Cannot be verified: a pool file that the bundle names is missing."];
}

/** What differs, or is missing. */
export function detail(outcome) {
  if (outcome.valid === null) {
    return [`请把 SHA-256 为 ${outcome.missing} 的文件与抽取包一并选择。`, `Choose the file whose SHA-256 this is together with the bundle.`];
  }
  const got = outcome.got === "" ? "" : `，公布的是“${outcome.got}”`;
  return [
    `${outcome.field}：应为“${outcome.want}”${got}。此后各步未再核对。`,
    `This differs: ${outcome.message}. Nothing after it was looked at.`,
  ];
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
