// The draw as mingjian/draw/v1 defines it: pools, terms, seed, tickets, teams, reserve. Section signs point to that text.

import { sha256 } from "./sha256.js";

const encoder = new TextEncoder();
const version = "mingjian/draw/v1";

/** The bytes of a text in UTF-8. */
export const utf8 = (value) => encoder.encode(value);

/** Compares by bytes. Comparing strings would compare UTF-16 units, which is another order beyond U+FFFF. */
export function compareBytes(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}

/** Sorts a copy of a list by the UTF-8 bytes of a text of each element. */
export function sortedBy(list, key) {
  return list
    .map((element) => ({ element, key: utf8(key(element)) }))
    .sort((a, b) => compareBytes(a.key, b.key))
    .map(({ element }) => element);
}

export function toHex(bytes) {
  let digits = "";
  for (const byte of bytes) digits += (byte < 16 ? "0" : "") + byte.toString(16);
  return digits;
}

export function fromHex(digits) {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

// Message gathers what is hashed.
class Message {
  bytes = new Uint8Array(256);
  length = 0;

  // room makes room for some bytes and gives where they begin.
  room(size) {
    const from = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes.subarray(0, from));
      this.bytes = larger;
    }
    return from;
  }

  raw(part) {
    const from = this.room(part.length); // may put other bytes in place
    this.bytes.set(part, from);
    return this;
  }

  // number is u64(n).
  number(n) {
    const from = this.room(8);
    let rest = BigInt(n);
    for (let i = from + 7; i >= from; i--, rest >>= 8n) this.bytes[i] = Number(rest & 0xffn);
    return this;
  }

  // size is u64(n) of a length, which is far below 2^32.
  size(n) {
    const from = this.room(8);
    this.bytes.fill(0, from, from + 4);
    for (let i = 0; i < 4; i++) this.bytes[from + 4 + i] = n >>> (24 - 8 * i);
    return this;
  }

  // part is LP(x).
  part(x) {
    const bytes = typeof x === "string" ? utf8(x) : x;
    return this.size(bytes.length).raw(bytes);
  }

  // list is LIST(x…).
  list(elements) {
    this.number(elements.length);
    for (const element of sortedBy(elements, (e) => e)) this.part(element);
    return this;
  }

  sum() {
    return sha256(this.bytes, this.length);
  }
}

// One message is made after the other, in the same memory.
const memory = new Message();

function message() {
  memory.length = 0;
  return memory;
}

// §1: leaves and roots.

const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);

/** Hashes of leaves, as the tree takes them. */
export const leaf = {
  data: (bytes) => message().raw(leafMark).raw(bytes).sum(),
  subject: (s) => message().raw(leafMark).part("subject").part(s.id).part(s.stratum).part(s.district).sum(),
  inspector: (i) =>
    message().raw(leafMark).part("inspector").part(i.id).part(i.department).part(i.licence_valid_until)
      .list(i.lines).list(i.districts).sum(),
  conflict: (c) => message().raw(leafMark).part("conflict").part(c.inspector).part(c.subject).sum(),
};

/** The root over hashed leaves (RFC 6962 §2.1): a tree splits at the largest power of two below its size. */
export function merkleRoot(leaves, from = 0, to = leaves.length) {
  const size = to - from;
  if (size === 0) return message().sum();
  if (size === 1) return leaves[from];
  let split = 1;
  while (2 * split < size) split *= 2;
  const left = merkleRoot(leaves, from, from + split);
  const right = merkleRoot(leaves, from + split, to);
  return message().raw(nodeMark).raw(left).raw(right).sum();
}

// §2: terms and commitments.

/** The digest of the terms of a bundle; roots are those that were recomputed. */
export function termsDigest(b, roots) {
  const m = message();
  m.part(version + "/terms").part(b.draw_id).part(b.task_id).part(b.line).part(b.window_end).number(b.workload_cap);
  m.number(b.strata.length);
  for (const s of sortedBy(b.strata, (x) => x.name)) m.part(s.name).number(s.ratio_ppm).number(s.count);
  m.number(b.departments.length);
  for (const d of sortedBy(b.departments, (x) => x.name)) m.part(d.name).number(d.team_size);
  m.part(b.beacon?.name ?? "").part(b.beacon?.round ?? "").part(b.beacon?.not_before ?? "");
  for (const root of roots) m.raw(root);
  return m.sum();
}

/** The commitment of a party to the terms with its nonce. */
export const seal = (terms, party, nonce) =>
  message().part(version + "/commitment").raw(terms).part(party).part(nonce).sum();

// §3: the seed.

export function seedOf(terms, b) {
  const m = message();
  m.part(version + "/seed").raw(terms).part(fromHex(b.beacon?.value ?? "")).number(b.reveals.length);
  for (const r of sortedBy(b.reveals, (x) => x.party)) m.part(r.party).part(fromHex(r.nonce));
  return m.sum();
}

// §4: subjects.

/** How many of a stratum's candidates are drawn. */
export function quota(stratum, candidates) {
  const all = BigInt(candidates);
  const n = stratum.count > 0n ? stratum.count : (all * stratum.ratio_ppm + 999_999n) / 1_000_000n;
  return Number(n < all ? n : all);
}

/** The candidates of a stratum in the order of the draw, each with its ticket. */
function rank(seed, name, candidates) {
  const stratumSeed = message().part(version + "/stratum").raw(seed).part(name).sum();
  return candidates
    .map((subject) => {
      const id = utf8(subject.id);
      return { subject, id, ticket: message().raw(stratumSeed).raw(id).sum() };
    })
    .sort((a, b) => compareBytes(a.ticket, b.ticket) || compareBytes(a.id, b.id));
}

// §5 and §6: inspectors and replacements.

/** A draw under way: who is drawn, who goes there, who would come next. */
export class Drawing {
  constructor(b, pools, seed) {
    this.bundle = b;
    this.matchSeed = message().part(version + "/match").raw(seed).sum();
    this.departments = sortedBy(b.departments, (d) => d.name);
    this.roster = new Map(this.departments.map((d) => [d.name, []]));
    for (const i of pools.inspectors) this.roster.get(i.department)?.push(i);
    this.load = new Map();
    this.avoided = new Map(); // by subject, the inspectors who may not go there
    for (const c of pools.conflicts) {
      if (!this.avoided.has(c.subject)) this.avoided.set(c.subject, new Set());
      this.avoided.get(c.subject).add(c.inspector);
    }
    this.selected = [];
    this.standing = new Map(); // by subject, its selection and the reserve that it would be replaced from
    this.counts = [];
    const byStratum = new Map(b.strata.map((s) => [s.name, []]));
    for (const s of pools.subjects) byStratum.get(s.stratum).push(s);
    for (const stratum of sortedBy(b.strata, (s) => s.name)) {
      const order = rank(seed, stratum.name, byStratum.get(stratum.name));
      const reserve = order.splice(quota(stratum, order.length)).reverse(); // the next is the last
      this.counts.push({ name: stratum.name, drawn: order.length, candidates: order.length + reserve.length });
      for (const drawn of order) this.selected.push(this.place(drawn, reserve));
    }
  }

  // place staffs a subject and takes note that it stands.
  place(drawn, reserve) {
    const selection = {
      subject: drawn.subject.id, stratum: drawn.subject.stratum, ticket: toHex(drawn.ticket), teams: [], shortfalls: [],
    };
    for (const department of this.departments) {
      const { team, reasons } = this.choose(department, drawn.subject);
      for (const id of team) this.load.set(id, this.assignments(id) + 1n);
      selection.teams.push({ department: department.name, inspectors: team });
      if (team.length === 0) selection.shortfalls.push({ department: department.name, reasons });
    }
    this.standing.set(drawn.subject.id, { selection, reserve });
    return selection;
  }

  assignments(id) {
    return this.load.get(id) ?? 0n;
  }

  choose(department, subject) {
    const reasons = { licence: 0n, line: 0n, district: 0n, conflict: 0n, workload: 0n };
    const eligible = [];
    for (const inspector of this.roster.get(department.name)) {
      const reason = this.unfit(inspector, subject);
      if (reason) reasons[reason]++;
      else {
        const id = utf8(inspector.id);
        eligible.push({ inspector, id, rank: message().raw(this.matchSeed).part(subject.id).part(id).sum() });
      }
    }
    if (BigInt(eligible.length) < department.team_size) return { team: [], reasons };
    eligible.sort((a, b) => compareBytes(a.rank, b.rank) || compareBytes(a.id, b.id));
    return { team: eligible.slice(0, Number(department.team_size)).map((e) => e.inspector.id), reasons };
  }

  // unfit names the first test that an inspector fails. Days written YYYY-MM-DD come in the order of their texts.
  unfit(inspector, subject) {
    const cap = this.bundle.workload_cap;
    if (inspector.licence_valid_until < this.bundle.window_end) return "licence";
    if (!inspector.lines.includes(this.bundle.line)) return "line";
    if (!inspector.districts.some((d) => covers(d, subject.district))) return "district";
    if (this.avoided.get(subject.id)?.has(inspector.id)) return "conflict";
    if (cap !== 0n && this.assignments(inspector.id) >= cap) return "workload";
    return "";
  }

  /** Replaces a standing subject by the next of its reserve; a text says why there is no replacement. */
  replace(subjectOut) {
    const out = this.standing.get(subjectOut);
    if (!out) return "a subject that is selected";
    const next = out.reserve.pop();
    if (!next) return "a reserve that is not used up";
    for (const team of out.selection.teams) {
      for (const id of team.inspectors) this.load.set(id, this.assignments(id) - 1n);
    }
    this.standing.delete(subjectOut);
    return this.place(next, out.reserve);
  }
}

/** Whether a district holds another: its code without the pairs of zeros at its end begins the other's code. */
export function covers(district, other) {
  return other.startsWith(district.replace(/(00)+$/, ""));
}
