// The form of a bundle (mingjian/draw/v1 §7), and what can differ from it. The rules are in Chinese and English, for the page.

/** Rules in words. */
export const rules = {
  document: ["一个完整的 JSON 文档", "must be a whole JSON document"],
  end: ["文档之后不得再有内容", "must have nothing after the document"],
  utf8: ["必须是 UTF-8 文本", "must be UTF-8"],
  pair: ["不得有半个代理对", "must have no half of a surrogate pair"],
  text: ["一段文字", "must be a text"],
  list: ["一个列表", "must be a list"],
  object: ["一个对象", "must be an object"],
  member: ["必须是格式中的成员，且只出现一次", "must be a member of the form, given once"],
  number: ["64 位以内的非负整数", "must be a whole number of 64 bits"],
  digest: ["64 个小写十六进制数字", "must be 64 lower-case hexadecimal digits"],
  bytes: ["成对的小写十六进制数字", "must be lower-case hexadecimal digits in pairs"],
  present: ["不得为空", "must not be empty"],
  once: ["只能出现一次", "must be there once"],
  order: ["必须按规定次序排列", "must come in canonical order"],
  district: ["六位数字", "must be six digits"],
  day: ["写作 YYYY-MM-DD 的日期", "must be a day written YYYY-MM-DD"],
  instant: ["写作 RFC 3339 的 UTC 时刻", "must be an instant in UTC, RFC 3339 with Z"],
  oneSource: ["列表与文件只能有其一", "must be a list or a file, not both"],
  line: ["规范的名单行", "must be a canonical pool line"],
  someStrata: ["至少一层", "must name at least one"],
  ratioOrCount: ["比例与数量有且只有一个", "exactly one of ratio_ppm and count must be set"],
  ratio: ["1 至 1000000", "must be 1 to 1000000"],
  number1: ["1 或更大", "must be 1 or more"],
  teams: ["合计至少派出 2 人", "must send at least 2 inspectors together"],
  teams64: ["人数合计不得超出 64 位", "all team sizes together must fit 64 bits"],
  strata: ["必须写明名单中的每一层", "must name every stratum of the pool"],
  parties: ["没有公共随机源时至少有一方", "must be at least one where there is no beacon"],
  reveal: ["必须公开，否则抽取中止", "must be revealed; without it the draw is aborted"],
  committed: ["必须是封存过随机数的一方", "must be a party that committed"],
  value: ["公布的值", "must be the published bytes"],
  entries: ["至少 2 人录入的与此相同", "must be at least 2 that are the value"],
  replaceable: ["必须能够替换：对象仍在抽中之列，且本层尚有候补", "must be a replacement that can be made"],
};

/** What differs between a bundle and what it must be. */
export class Difference extends Error {
  /**
   * @param {string} step the step at which it was noticed
   * @param {string} field path in the bundle
   * @param {string|string[]} want what it must be: a value, or a rule in Chinese and English
   * @param {string} [got] what it is
   */
  constructor(step, field, want, got = "") {
    const rule = Array.isArray(want) ? want : [want, `want ${cut(want)}`];
    super(`${field}: ${rule[1]}` + (got === "" ? "" : `, got ${cut(got)}`));
    Object.assign(this, { step, field, got: cut(got), chinese: cut(rule[0]) });
  }
}

function cut(text) {
  return text.length > 200 ? text.slice(0, 200) + "…" : text;
}

// A form is one of these words, a list of one form, or an object of forms.
/** A string; absent: empty. */
export const text = "text";
/** A BigInt from 0 to 2^64-1; absent: 0n. */
export const number = "number";
/** 64 hexadecimal digits; absent: zeros. */
export const digest = "digest";
/** Hexadecimal digits; absent: empty. */
export const bytes = "bytes";
/** The candidates, packed; absent: none. */
export const candidates = "candidates";

const encoder = new TextEncoder();

// object is a form with members; one that is optional is null when it is absent.
function object(members, optional = false) {
  const list = Object.entries(members).map(([name, form]) => ({ name, form, bytes: encoder.encode(name) }));
  return { list, optional };
}

export const candidateForm = object({ id: text, stratum: text, district: text });
export const inspectorForm = object({
  id: text, department: text, licence_valid_until: text, lines: [text], districts: [text],
});
export const conflictForm = object({ inspector: text, subject: text });

const poolFile = object({ sha256: digest, count: number }, true);
const selection = object({
  subject: text,
  stratum: text,
  ticket: digest,
  teams: [object({ department: text, inspectors: [text] })],
  shortfalls: [object({
    department: text,
    reasons: object({ licence: number, line: number, district: number, conflict: number, workload: number }),
  })],
});

export const bundleForm = object({
  version: text,
  draw_id: text,
  task_id: text,
  number,
  line: text,
  window_end: text,
  workload_cap: number,
  strata: [object({ name: text, ratio_ppm: number, count: number })],
  departments: [object({ name: text, team_size: number })],
  subjects: candidates,
  subjects_file: poolFile,
  inspectors: [inspectorForm],
  inspectors_file: poolFile,
  conflicts: [conflictForm],
  conflicts_file: poolFile,
  exclusions: [object({ reason: text, count: number })],
  beacon: object({
    name: text, round: text, not_before: text, value: bytes, signature: bytes,
    entries: [object({ by: text, value: bytes, entered_at: text })],
  }, true),
  reveals: [object({ party: text, nonce: digest })],
  commitments: [object({ party: text, commitment: digest, committed_at: text })],
  committed_at: text,
  replacements: [object({ number, subject_out: text, reason: text, replaced_by: selection })],
  subject_root: digest,
  inspector_root: digest,
  conflict_root: digest,
  terms: digest,
  seed: digest,
  selected: [selection],
});
