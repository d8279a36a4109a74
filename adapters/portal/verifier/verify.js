// Verifies a bundle of mingjian/draw/v1 from nothing but itself: a second implementation, written from the published
// specification. It keeps nothing, asks nobody and touches no page.

import { Difference, bundleForm, conflictForm, inspectorForm, read, subjectForm } from "./form.js";
import {
  Drawing, compareBytes, fromHex, leaf, merkleRoot, seal, seedOf, termsDigest, toHex, utf8,
} from "./draw.js";
import { sha256 } from "./sha256.js";

/** The steps in the order in which they are taken. */
export const steps = [
  "form", "version", "pool", "subject_root", "inspector_root", "conflict_root", "terms", "commitment", "not_before",
  "beacon", "seed", "selection", "match", "shortfall", "replacement",
];

const noteTexts = {
  exclusions_stated: ["排除数量由机关自行公布，抽取包无法证明。", "Exclusions are stated by the authority; the bundle cannot prove them."],
  commits_declared: ["各项记录时间以抽取包所载为准。", "The times of record are those that the bundle declares."],
  commit_untimed: ["抽取包没有写明规则何时记录。", "The bundle does not say when the terms were recorded."],
  beacon_unknown: ["随机源的值在此未能证明，请与该源公布的结果对照。", "The value of the source of randomness is not proven here; compare it with what the source published."],
};

/**
 * Verifies a bundle.
 * @param {string|Uint8Array|ArrayBuffer|object} bundle the document; its bytes or text rather than an object, which JSON.parse
 *   has made and which therefore hides members given twice and rounds large numbers
 * @param {Object<string, Uint8Array>} [pools] pool files by their SHA-256 in hexadecimal digits, if the bundle names any
 * @returns {{valid: boolean|null, step: string, field: string, detail: string, notes: {code: string, zh: string, en: string}[],
 *   report: object, held: string[]}} valid is null if a pool file is missing, so that nothing can be said; step is the first that
 *   differs, or empty, field where, and detail what it must be and what it is; held are the steps that hold
 */
export function verify(bundle, pools = {}) {
  const v = new Verification(pools);
  const result = { valid: true, step: "", field: "", detail: "", notes: v.notes, report: v.report, held: [] };
  try {
    for (const step of steps) {
      v[step](bundle);
      result.held.push(step);
    }
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    result.valid = v.missing ? null : false;
    result.step = error.step;
    result.field = error.field;
    result.detail = error.message;
  }
  return result;
}

function same(step, field, want, got) {
  if (want !== got) throw new Difference(step, field, String(want), String(got));
}

function must(holds, step, field, want, got) {
  if (!holds) throw new Difference(step, field, want, got);
}

const sixDigits = /^[0-9]{6}$/;

function isDay(value) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(value);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1];
}

// instant gives a text of an RFC 3339 instant in UTC whose order is the order in time: all to the nanosecond.
function instant(step, field, value) {
  const parts = /^(.{10})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,9}))?Z$/.exec(value);
  must(parts && isDay(parts[1]), step, field, "an instant in UTC, RFC 3339 with Z", value);
  return `${value.slice(0, 19)}.${(parts[5] ?? "").padEnd(9, "0")}`;
}

// distinct wants names that are there, each once.
function distinct(step, list, field, name) {
  const seen = new Set();
  list.forEach((element, i) => {
    must(name(element) !== "" && !seen.has(name(element)), step, field(i), "a name, given once", name(element));
    seen.add(name(element));
  });
}

class Verification {
  constructor(files) {
    this.files = files;
    this.missing = false;
    this.notes = [];
    this.report = {};
  }

  note(code) {
    const [zh, en] = noteTexts[code];
    this.notes.push({ code, zh, en });
  }

  form(source) {
    const { value, given } = read(asText(source), bundleForm, "bundle");
    this.b = value;
    this.given = given;
    const { draw_id, task_id, number, beacon, reveals } = value;
    const source = beacon && { name: beacon.name, round: beacon.round };
    Object.assign(this.report, { draw_id, task_id, number: String(number), beacon: source, parties: reveals.length });
  }

  version() {
    same("version", "version", "mingjian/draw/v1", this.b.version);
  }

  pool() {
    const subject = ["id", "stratum", "district"];
    const inspector = ["id", "department", "licence_valid_until", "lines", "districts"];
    const byID = (element) => [utf8(element.id)];
    const byPair = (c) => [utf8(c.inspector), utf8(c.subject)];
    const either = (name) => must(!(this.given.has(name) && this.b[name + "_file"]), "pool", name, "a list or a file, not both");
    ["subjects", "inspectors", "conflicts"].forEach(either);
    this.pools = {
      subjects: this.ordered("subjects", subject, subjectForm, checkSubject, byID),
      inspectors: this.ordered("inspectors", inspector, inspectorForm, checkInspector, byID),
      conflicts: this.ordered("conflicts", ["inspector", "subject"], conflictForm, checkConflict, byPair),
    };
    for (const name in this.pools) this.report[name] = this.pools[name].length;
  }

  // ordered gives a pool in its canonical order, in which a file must be already.
  ordered(name, members, form, check, keys) {
    const file = this.b[name + "_file"];
    const list = file ? this.lines(name, file, members, form) : this.b[name];
    const rows = list.map((element, i) => {
      check(element, `${name}[${i}]`);
      return { element, keys: keys(element) };
    });
    const compare = (a, b) => {
      const at = a.keys.findIndex((key, i) => compareBytes(key, b.keys[i]) !== 0);
      return at < 0 ? 0 : compareBytes(a.keys[at], b.keys[at]);
    };
    if (!file) rows.sort(compare);
    for (let i = 1; i < rows.length; i++) {
      must(compare(rows[i - 1], rows[i]) < 0, "pool", `${name}[${i}]`, "canonical order, each once");
    }
    return rows.map((row) => row.element);
  }

  // lines reads a pool file: one element a line, as JSON without blanks, members in the order of the leaf.
  lines(name, file, members, form) {
    const content = this.files[file.sha256];
    this.missing = !content;
    must(content, "pool", `${name}_file`, `the file ${file.sha256}, which was not given`);
    same("pool", `${name}_file.sha256`, toHex(sha256(content)), file.sha256);
    const lines = asText(content, "pool").split("\n");
    must(lines.pop() === "", "pool", `${name}_file`, "a line feed at the end");
    same("pool", `${name}_file.count`, BigInt(lines.length), file.count);
    return lines.map((line, i) => {
      const field = `${name}_file, line ${i + 1}`;
      try {
        const { value } = read(line, form, field);
        const canonical = JSON.stringify(Object.fromEntries(members.map((member) => [member, value[member]])));
        if (canonical === line) return value;
      } catch (error) {
        if (!(error instanceof Difference)) throw error;
      }
      throw new Difference("pool", field, "a canonical pool line", line);
    });
  }

  root(step, leaves, stated) {
    const root = merkleRoot(leaves);
    same(step, step, toHex(root), stated);
    return root;
  }

  subject_root() {
    this.roots = [this.root("subject_root", this.pools.subjects.map(leaf.subject), this.b.subject_root)];
  }

  inspector_root() {
    this.roots.push(this.root("inspector_root", this.pools.inspectors.map(leaf.inspector), this.b.inspector_root));
  }

  conflict_root() {
    this.roots.push(this.root("conflict_root", this.pools.conflicts.map(leaf.conflict), this.b.conflict_root));
  }

  terms() {
    const b = this.b;
    must(b.number > 0n, "terms", "number", "1 or more", "0");
    for (const name of ["draw_id", "task_id", "line"]) must(b[name] !== "", "terms", name, "a text");
    must(isDay(b.window_end), "terms", "window_end", "a day written YYYY-MM-DD", b.window_end);
    checkStrata(b.strata);
    checkDepartments(b.departments);
    if (b.beacon) {
      must(b.beacon.name !== "", "terms", "beacon.name", "a text");
      must(b.beacon.round !== "", "terms", "beacon.round", "a text");
      instant("terms", "beacon.not_before", b.beacon.not_before);
    }
    const named = new Set(b.strata.map((s) => s.name));
    const stray = this.pools.subjects.find((s) => !named.has(s.stratum));
    must(!stray, "terms", "strata", "every stratum of the pool", stray && `no ${stray.stratum}`);
    this.digest = termsDigest(b, this.roots);
    this.report.terms = toHex(this.digest);
    same("terms", "terms", this.report.terms, b.terms);
    if (b.exclusions.length > 0) this.note("exclusions_stated");
  }

  commitment() {
    const { beacon, commitments, reveals } = this.b;
    const step = "commitment";
    distinct(step, commitments, (i) => `commitments[${i}].party`, (c) => c.party);
    distinct(step, reveals, (i) => `reveals[${i}].party`, (r) => r.party);
    must(beacon || commitments.length > 0, step, "commitments", "at least one where there is no beacon");
    const nonces = new Map(reveals.map((r) => [r.party, fromHex(r.nonce)]));
    commitments.forEach((c, i) => {
      const field = `commitments[${i}].commitment of ${c.party}`;
      must(nonces.has(c.party), step, field, "a reveal; without it the draw is aborted");
      same(step, field, toHex(seal(this.digest, c.party, nonces.get(c.party))), c.commitment);
      nonces.delete(c.party);
    });
    must(nonces.size === 0, step, "reveals", "parties that committed", [...nonces.keys()].join(", "));
  }

  not_before() {
    const { beacon, commitments, committed_at } = this.b;
    const step = "not_before";
    const records = commitments.map((c, i) => [`commitments[${i}].committed_at`, c.committed_at]);
    if (committed_at !== "") records.unshift(["committed_at", committed_at]);
    for (const [field, at] of records) {
      const recorded = instant(step, field, at);
      if (!beacon) continue;
      const limit = instant(step, "beacon.not_before", beacon.not_before);
      must(recorded < limit, step, field, `an instant before ${beacon.not_before}`, at);
    }
    this.note(records.length > 0 ? "commits_declared" : "commit_untimed");
  }

  beacon() {
    if (!this.b.beacon) return;
    must(this.b.beacon.value !== "", "beacon", "beacon.value", "the published bytes");
    this.note("beacon_unknown");
  }

  seed() {
    this.seedBytes = seedOf(this.digest, this.b);
    this.report.seed = toHex(this.seedBytes);
    same("seed", "seed", this.report.seed, this.b.seed);
  }

  selection() {
    this.drawing = new Drawing(this.b, this.pools, this.seedBytes);
    const made = this.drawing.selected;
    this.report.selected = made.length;
    this.report.strata = this.drawing.counts;
    made.slice(0, this.b.selected.length).forEach((s, i) => sameDrawn("selection", `selected[${i}]`, s, this.b.selected[i]));
    same("selection", "selected", `${made.length} subjects`, `${this.b.selected.length} subjects`);
  }

  match() {
    this.drawing.selected.forEach((s, i) => sameTeams("match", `selected[${i}]`, s, this.b.selected[i]));
  }

  shortfall() {
    this.report.shortfalls = 0;
    this.drawing.selected.forEach((s, i) => {
      sameShortfalls("shortfall", `selected[${i}]`, s, this.b.selected[i]);
      this.report.shortfalls += s.shortfalls.length;
    });
  }

  replacement() {
    const step = "replacement";
    this.report.replacements = 0;
    this.b.replacements.forEach((claimed, i) => {
      const field = `replacements[${i}]`;
      must(claimed.reason !== "", step, `${field}.reason`, "a reason");
      const made = this.drawing.replace(claimed.subject_out);
      must(typeof made !== "string", step, `${field}.subject_out`, made, claimed.subject_out);
      same(step, `${field}.number`, BigInt(i + 1), claimed.number);
      for (const compare of [sameDrawn, sameTeams, sameShortfalls]) {
        compare(step, `${field}.replaced_by`, made, claimed.replaced_by);
      }
      this.report.replacements++;
    });
  }
}

function asText(source, step = "form") {
  if (typeof source === "string") return source;
  if (!(source instanceof Uint8Array || source instanceof ArrayBuffer)) return JSON.stringify(source);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source);
  } catch {
    throw new Difference(step, "bundle", "UTF-8");
  }
}

function checkSubject(s, field) {
  must(s.id !== "", "pool", `${field}.id`, "a text");
  must(s.stratum !== "", "pool", `${field}.stratum`, "a text");
  must(sixDigits.test(s.district), "pool", `${field}.district`, "six digits", s.district);
}

function checkInspector(i, field) {
  must(i.id !== "", "pool", `${field}.id`, "a text");
  must(i.department !== "", "pool", `${field}.department`, "a text");
  must(isDay(i.licence_valid_until), "pool", `${field}.licence_valid_until`, "a day written YYYY-MM-DD", i.licence_valid_until);
  distinct("pool", i.lines, (at) => `${field}.lines[${at}]`, (line) => line);
  distinct("pool", i.districts, (at) => `${field}.districts[${at}]`, (code) => code);
  i.districts.forEach((code, at) => must(sixDigits.test(code), "pool", `${field}.districts[${at}]`, "six digits", code));
}

function checkConflict(c, field) {
  must(c.inspector !== "", "pool", `${field}.inspector`, "a text");
  must(c.subject !== "", "pool", `${field}.subject`, "a text");
}

function checkStrata(strata) {
  must(strata.length > 0, "terms", "strata", "at least one");
  strata.forEach((s, i) => {
    must((s.ratio_ppm === 0n) !== (s.count === 0n), "terms", `strata[${i}]`, "exactly one of ratio_ppm and count");
    must(s.ratio_ppm <= 1_000_000n, "terms", `strata[${i}].ratio_ppm`, "1 to 1000000", String(s.ratio_ppm));
  });
  distinct("terms", strata, (i) => `strata[${i}].name`, (s) => s.name);
}

function checkDepartments(departments) {
  departments.forEach((d, i) => must(d.team_size > 0n, "terms", `departments[${i}].team_size`, "at least 1", "0"));
  const total = departments.reduce((sum, d) => sum + d.team_size, 0n);
  must(total >= 2n, "terms", "departments", "at least 2 inspectors together", String(total));
  must(total < 1n << 64n, "terms", "departments", "team sizes that fit 64 bits together", String(total));
  distinct("terms", departments, (i) => `departments[${i}].name`, (d) => d.name);
}

function sameDrawn(step, field, made, claimed) {
  for (const name of ["subject", "stratum", "ticket"]) same(step, `${field}.${name}`, made[name], claimed[name]);
}

function sameTeams(step, field, made, claimed) {
  const text = (s) => JSON.stringify(s.teams.map((team) => [team.department, ...team.inspectors]));
  same(step, `${field}.teams`, text(made), text(claimed));
}

function sameShortfalls(step, field, made, claimed) {
  const tests = ["licence", "line", "district", "conflict", "workload"];
  const text = (s) => JSON.stringify(s.shortfalls.map((f) => [f.department, ...tests.map((test) => String(f.reasons[test]))]));
  same(step, `${field}.shortfalls`, text(made), text(claimed));
}
