// Verifies a bundle of mingjian/draw/v1 from nothing but itself: a second implementation, written from the published
// specification. It keeps nothing, asks nobody and touches no page.

import { Difference, bundleForm, rules } from "./form.js";
import { Drawing, conflictLeaves, inspectorLeaves, seal, seedOf, termsDigest, version } from "./draw.js";
import { fromHex, merkleRoot, toHex } from "./message.js";
import { Missing, openPools } from "./pools.js";
import { Reader, isText } from "./reader.js";
import { distinct, instant, isDay, must, same, sameDrawn, sameShortfalls, sameTeams, steps } from "./steps.js";

/**
 * Verifies a bundle. Of a public source of randomness it proves nothing: what the bundle says is its value is taken as stated,
 * with a note.
 * @param {Uint8Array} document the bundle's bytes
 * @param {Map<string, Uint8Array>} [files] pool files by their SHA-256 in hexadecimal digits, if the bundle names any
 * @param {function(string, object)} [held] is told of each step that holds, with the report until then
 * @returns {{valid: boolean|null, step: string, field: string, want: string, got: string, message: string, missing: string,
 *   notes: string[], report: object}} valid is null if a pool file is missing, so that nothing can be said: missing is its digest.
 *   step is the first that differs, or empty; field where, want what it must be in Chinese, got what it is, message all of it
 *   in English
 */
export function verify(document, files = new Map(), held = () => {}) {
  const v = new Verification(document, files);
  const outcome = { valid: true, step: "", field: "", want: "", got: "", message: "", missing: "", notes: v.notes, report: v.report };
  for (const step of steps) {
    try {
      v[step]();
    } catch (error) {
      if (error instanceof Missing) return { ...outcome, valid: null, step, message: error.message, missing: error.digest };
      if (!(error instanceof Difference)) throw error;
      const { field, chinese, got, message } = error;
      return { ...outcome, valid: false, step, field, want: chinese, got, message };
    }
    held(step, v.report);
  }
  return outcome;
}

// Verification is a bundle being verified: each step leaves what the next ones need.
class Verification {
  notes = [];
  report = {};

  constructor(document, files) {
    this.document = document;
    this.files = files;
  }

  form() {
    must(isText(this.document), "form", "bundle", rules.utf8);
    const reader = new Reader(this.document, "bundle");
    this.b = reader.document(bundleForm);
    this.given = reader.given;
    this.document = null;
    const { draw_id, task_id, number, window_end, strata, departments, beacon, reveals, commitments } = this.b;
    Object.assign(this.report, {
      draw_id, task_id, window_end, number: String(number), strata: strata.length, departments: departments.length,
      beacon: beacon && { name: beacon.name, round: beacon.round, not_before: beacon.not_before },
      reveals: reveals.length, parties: commitments.map((c) => c.party),
    });
  }

  version() {
    same("version", "version", version, this.b.version);
  }

  pool() {
    this.pools = openPools(this.b, this.given, this.files);
    for (const name of ["subjects", "inspectors", "conflicts"]) this.report[name] = this.pools[name].length;
  }

  root(step, leaves) {
    this.report[step] = toHex(merkleRoot(leaves));
    same(step, step, this.report[step], this.b[step]);
  }

  subject_root() {
    this.root("subject_root", this.pools.subjects.leaves(this.pools.order));
  }

  inspector_root() {
    this.root("inspector_root", inspectorLeaves(this.pools.inspectors));
  }

  conflict_root() {
    this.root("conflict_root", conflictLeaves(this.pools.conflicts));
  }

  terms() {
    const { b } = this;
    must(b.number > 0n, "terms", "number", rules.number1, "0");
    for (const name of ["draw_id", "task_id", "line"]) must(b[name] !== "", "terms", name, rules.present);
    must(isDay(b.window_end), "terms", "window_end", rules.day, b.window_end);
    checkStrata(b.strata);
    checkDepartments(b.departments);
    if (b.beacon) {
      must(b.beacon.name !== "", "terms", "beacon.name", rules.present);
      must(b.beacon.round !== "", "terms", "beacon.round", rules.present);
      instant("terms", "beacon.not_before", b.beacon.not_before);
    }
    const named = new Set(b.strata.map((s) => s.name));
    const stray = this.pools.subjects.strata.texts.find((name) => !named.has(name));
    must(stray === undefined, "terms", "strata", rules.strata, stray);
    this.digest = termsDigest(b);
    this.report.terms = toHex(this.digest);
    same("terms", "terms", this.report.terms, b.terms);
    if (b.exclusions.length > 0) this.notes.push("exclusions_stated");
  }

  commitment() {
    const { beacon, commitments, reveals } = this.b;
    const step = "commitment";
    distinct(step, commitments, (i) => `commitments[${i}].party`, (c) => c.party);
    distinct(step, reveals, (i) => `reveals[${i}].party`, (r) => r.party);
    must(beacon || commitments.length > 0, step, "commitments", rules.parties);
    const nonces = new Map(reveals.map((r) => [r.party, fromHex(r.nonce)]));
    commitments.forEach((c, i) => {
      const field = `commitments[${i}].commitment (${c.party})`;
      must(nonces.has(c.party), step, field, rules.reveal);
      same(step, field, toHex(seal(this.digest, c.party, nonces.get(c.party))), c.commitment);
      nonces.delete(c.party);
    });
    must(nonces.size === 0, step, "reveals", rules.committed, [...nonces.keys()].join(", "));
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
      must(recorded < limit, step, field, [`早于 ${beacon.not_before}`, `must be before ${beacon.not_before}`], at);
    }
    this.report.timed = records.length > 0;
    this.notes.push(records.length > 0 ? "commits_declared" : "commit_untimed");
  }

  beacon() {
    const { beacon } = this.b;
    const step = "beacon";
    if (!beacon) return;
    must(beacon.value !== "", step, "beacon.value", rules.value);
    const limit = instant(step, "beacon.not_before", beacon.not_before);
    beacon.entries.forEach((entry, i) => {
      const field = `beacon.entries[${i}]`;
      must(entry.by !== "", step, `${field}.by`, rules.present);
      must(instant(step, `${field}.entered_at`, entry.entered_at) >= limit, step, `${field}.entered_at`,
        [`不早于 ${beacon.not_before}`, `must not be before ${beacon.not_before}`], entry.entered_at);
    });
    const agreed = beacon.entries.filter((entry) => entry.value === beacon.value).length;
    must(beacon.entries.length === 0 || agreed >= 2, step, "beacon.entries", rules.entries, String(agreed));
    Object.assign(this.report.beacon, { agreed, others: beacon.entries.length - agreed });
    if (agreed > 0) this.notes.push("beacon_entered");
    else this.notes.push(beacon.signature === "" ? "beacon_unproven" : "beacon_signature_unchecked");
  }

  seed() {
    this.seedBytes = seedOf(this.digest, this.b);
    this.report.seed = toHex(this.seedBytes);
    same("seed", "seed", this.report.seed, this.b.seed);
  }

  selection() {
    const { selected } = this.b;
    this.drawing = new Drawing(this.b, this.pools, this.seedBytes);
    this.report.selected = this.drawing.drawn;
    this.report.layers = this.drawing.layers.map((l) => ({ name: l.name, drawn: l.quota, candidates: l.order.length }));
    let i = 0;
    for (const drawn of this.drawing.selected()) {
      if (i === selected.length) break;
      sameDrawn("selection", `selected[${i}]`, this.drawing.stated(drawn), selected[i]);
      i++;
    }
    same("selection", "selected", `${this.drawing.drawn} subjects`, `${selected.length} subjects`);
  }

  // Who is missing comes out as teams are made and is judged at the next step, so that what was made need not be kept.
  match() {
    let i = 0;
    let shortfalls = 0;
    this.report.assigned = 0;
    for (const drawn of this.drawing.selected()) {
      const made = this.drawing.staff(drawn);
      const field = `selected[${i}]`;
      sameTeams("match", field, made, this.b.selected[i]);
      try {
        if (!this.differs) sameShortfalls("shortfall", field, made, this.b.selected[i]);
      } catch (difference) {
        this.differs = difference;
      }
      shortfalls += made.shortfalls.length;
      this.report.assigned += made.teams.reduce((sum, team) => sum + team.inspectors.length, 0);
      i++;
    }
    this.report.shortfalls = shortfalls;
  }

  shortfall() {
    if (this.differs) throw this.differs;
  }

  replacement() {
    const step = "replacement";
    this.report.replacements = 0;
    this.b.replacements.forEach((claimed, i) => {
      const field = `replacements[${i}]`;
      must(claimed.reason !== "", step, `${field}.reason`, rules.present);
      const made = this.drawing.replace(claimed.subject_out);
      must(made, step, `${field}.subject_out`, rules.replaceable, claimed.subject_out);
      same(step, `${field}.number`, BigInt(i + 1), claimed.number);
      for (const compare of [sameDrawn, sameTeams, sameShortfalls]) {
        compare(step, `${field}.replaced_by`, made, claimed.replaced_by);
      }
      this.report.replacements++;
    });
  }
}

function checkStrata(strata) {
  must(strata.length > 0, "terms", "strata", rules.someStrata);
  strata.forEach((s, i) => {
    must((s.ratio_ppm === 0n) !== (s.count === 0n), "terms", `strata[${i}]`, rules.ratioOrCount);
    must(s.ratio_ppm <= 1_000_000n, "terms", `strata[${i}].ratio_ppm`, rules.ratio, String(s.ratio_ppm));
  });
  distinct("terms", strata, (i) => `strata[${i}].name`, (s) => s.name);
}

function checkDepartments(departments) {
  departments.forEach((d, i) => must(d.team_size > 0n, "terms", `departments[${i}].team_size`, rules.number1, "0"));
  const total = departments.reduce((sum, d) => sum + d.team_size, 0n);
  must(total >= 2n, "terms", "departments", rules.teams, String(total));
  must(total < 1n << 64n, "terms", "departments", rules.teams64, String(total));
  distinct("terms", departments, (i) => `departments[${i}].name`, (d) => d.name);
}
