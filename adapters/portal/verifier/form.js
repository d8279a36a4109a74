// The form of a bundle (mingjian/draw/v1 §7) and a reader of JSON that takes one reading of a document only: no member
// twice, none that the form does not know, whole numbers of 64 bits, no null. JSON.parse keeps the last of two equal members
// and rounds numbers, so that another reader could see another draw.

/** What differs between a bundle and what it must be. */
export class Difference extends Error {
  /**
   * @param {string} step the step at which it was noticed
   * @param {string} field path in the bundle
   * @param {string} want what it must be
   * @param {string} [got] what it is
   */
  constructor(step, field, want, got = "") {
    super(`${field}: want ${cut(want)}` + (got === "" ? "" : `, got ${cut(got)}`));
    this.step = step;
    this.field = field;
  }
}

function cut(text) {
  return text.length > 200 ? text.slice(0, 200) + "…" : text;
}

// A form is one of these words, a list of one form, or an object of forms.
const text = "text"; // a string, absent: empty
const number = "number"; // a BigInt from 0 to 2^64-1, absent: 0n
const digest = "digest"; // 64 hexadecimal digits, absent: zeros
const bytes = "bytes"; // hexadecimal digits, absent: empty

// One form of an object that may be absent and is null then.
const optional = (members) => ({ members, optional: true });
const object = (members) => ({ members, optional: false });

export const subjectForm = object({ id: text, stratum: text, district: text });
export const inspectorForm = object({
  id: text, department: text, licence_valid_until: text, lines: [text], districts: [text],
});
export const conflictForm = object({ inspector: text, subject: text });

const poolFile = optional({ sha256: digest, count: number });
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
  subjects: [subjectForm],
  subjects_file: poolFile,
  inspectors: [inspectorForm],
  inspectors_file: poolFile,
  conflicts: [conflictForm],
  conflicts_file: poolFile,
  exclusions: [object({ reason: text, count: number })],
  beacon: optional({ name: text, round: text, not_before: text, value: bytes, signature: bytes }),
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

/**
 * Reads a document by a form. Members that are absent have the value of nothing: an empty text or list, zero.
 * @param {string} source the document
 * @param {object} form
 * @param {string} name what to call the document in a Difference
 * @returns {object} as the form has it; `given` names the members of the outermost object that are there
 * @throws {Difference} at step "form"
 */
export function read(source, form, name) {
  const reader = new Reader(source, name);
  const given = new Set();
  reader.space();
  const value = reader.value(form, "", given);
  reader.space();
  if (reader.at !== source.length) reader.fail("", "nothing after its object");
  return { value, given };
}

const limit = 1n << 64n;
const plain = /[^"\\\u0000-\u001f]*/y;
const blank = /[ \t\r\n]*/y;
const literal = /-?[0-9][0-9.eE+-]*/y;
const half = /\p{Surrogate}/u;
const whole = /^(0|[1-9][0-9]*)$/;
const sixtyFour = /^[0-9a-f]{64}$/;
const pairs = /^([0-9a-f]{2})*$/;
const escapes = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

class Reader {
  constructor(source, name) {
    this.source = source;
    this.name = name;
    this.at = 0;
  }

  fail(path, want, got) {
    throw new Difference("form", path || this.name, want, got);
  }

  space() {
    blank.lastIndex = this.at;
    blank.test(this.source);
    this.at = blank.lastIndex;
  }

  // take passes over a character if it is the next, with blanks around it.
  take(character) {
    this.space();
    if (this.source[this.at] !== character) return false;
    this.at++;
    this.space();
    return true;
  }

  value(form, path, given) {
    if (Array.isArray(form)) return this.list(form[0], path);
    switch (form) {
      case number:
        return this.number(path);
      case text:
        return this.string(path);
      case digest:
        return this.hexadecimal(path, sixtyFour, "64 lower-case hexadecimal digits");
      case bytes:
        return this.hexadecimal(path, pairs, "lower-case hexadecimal digits in pairs");
    }
    return this.object(form.members, path, given || new Set());
  }

  list(form, path) {
    if (!this.take("[")) this.fail(path, "a list");
    const elements = [];
    if (this.take("]")) return elements;
    do {
      elements.push(this.value(form, `${path}[${elements.length}]`));
    } while (this.take(","));
    if (!this.take("]")) this.fail(path, "a list that ends");
    return elements;
  }

  object(members, path, given) {
    if (!this.take("{")) this.fail(path, "an object");
    const found = {};
    if (!this.take("}")) {
      do {
        const name = this.string(path);
        const inner = path ? `${path}.${name}` : name;
        if (!Object.hasOwn(members, name) || given.has(name)) this.fail(inner, "a member of the form, given once");
        given.add(name);
        if (!this.take(":")) this.fail(inner, "a value");
        found[name] = this.value(members[name], inner);
      } while (this.take(","));
      if (!this.take("}")) this.fail(path, "an object that ends");
    }
    for (const name in members) {
      if (!given.has(name)) found[name] = nothing(members[name]);
    }
    return found;
  }

  number(path) {
    literal.lastIndex = this.at;
    const spelled = literal.exec(this.source)?.[0] ?? "";
    this.at += spelled.length;
    if (!whole.test(spelled) || BigInt(spelled) >= limit) this.fail(path, "a whole number of 64 bits", spelled);
    return BigInt(spelled);
  }

  hexadecimal(path, pattern, want) {
    const digits = this.string(path);
    if (!pattern.test(digits)) this.fail(path, want, digits);
    return digits;
  }

  string(path) {
    if (this.source[this.at] !== '"') this.fail(path, "a text");
    this.at++;
    let value = "";
    for (;;) {
      plain.lastIndex = this.at;
      plain.test(this.source);
      value += this.source.slice(this.at, plain.lastIndex);
      this.at = plain.lastIndex;
      const next = this.source[this.at++];
      if (next === '"') break;
      if (next !== "\\") this.fail(path, "a text without control characters that ends");
      value += this.escaped(path);
    }
    if (half.test(value)) this.fail(path, "no half of a surrogate pair");
    return value;
  }

  escaped(path) {
    const kind = this.source[this.at++];
    if (Object.hasOwn(escapes, kind ?? "")) return escapes[kind];
    const digits = this.source.slice(this.at, this.at + 4);
    if (kind !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits)) this.fail(path, "an escape of JSON");
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }
}

function nothing(form) {
  if (Array.isArray(form)) return [];
  switch (form) {
    case number:
      return 0n;
    case digest:
      return "0".repeat(64);
    case text:
    case bytes:
      return "";
  }
  if (form.optional) return null;
  const value = {};
  for (const name in form.members) value[name] = nothing(form.members[name]);
  return value;
}
