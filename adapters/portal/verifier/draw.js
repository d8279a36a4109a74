// The draw as mingjian/draw/v1 defines it: terms, seed, tickets, teams, reserve. Section signs point to that text.

import { compareBytes, compareText, fromHex, message, sortedBy, toHex, utf8 } from "./message.js";

export const version = "mingjian/draw/v1";

// §1: leaves of the two smaller pools.

const inspectorLeaf = (i) =>
  message().byte(0).part("inspector").part(i.id).part(i.department).part(i.licence_valid_until).list(i.lines).list(i.districts);
const conflictLeaf = (c) => message().byte(0).part("conflict").part(c.inspector).part(c.subject);

function leaves(list, leaf) {
  const out = new Uint8Array(32 * list.length);
  list.forEach((element, i) => leaf(element).sumInto(out, 32 * i));
  return out;
}

/** The hashed leaves of lists in canonical order, 32 bytes each. */
export const inspectorLeaves = (list) => leaves(list, inspectorLeaf);
export const conflictLeaves = (list) => leaves(list, conflictLeaf);

// §2: terms and commitments.

/** The digest of the terms of a bundle. */
export function termsDigest(b) {
  const strata = sortedBy(b.strata, (s) => s.name);
  const departments = sortedBy(b.departments, (d) => d.name);
  const m = message();
  m.part(version + "/terms").part(b.draw_id).part(b.task_id).part(b.line).part(b.window_end).number(b.workload_cap);
  m.number(strata.length);
  for (const s of strata) m.part(s.name).number(s.ratio_ppm).number(s.count);
  m.number(departments.length);
  for (const d of departments) m.part(d.name).number(d.team_size);
  m.part(b.beacon?.name ?? "").part(b.beacon?.round ?? "").part(b.beacon?.not_before ?? "");
  for (const root of [b.subject_root, b.inspector_root, b.conflict_root]) m.raw(fromHex(root));
  return m.sum();
}

/** The commitment of a party to the terms with its nonce. */
export const seal = (terms, party, nonce) =>
  message().part(version + "/commitment").raw(terms).part(party).part(nonce).sum();

// §3: the seed.

export function seedOf(terms, b) {
  const value = fromHex(b.beacon?.value ?? "");
  const reveals = sortedBy(b.reveals, (r) => r.party);
  const m = message().part(version + "/seed").raw(terms).part(value).number(reveals.length);
  for (const r of reveals) m.part(r.party).part(fromHex(r.nonce));
  return m.sum();
}

// §4: subjects.

/** How many of a stratum's candidates are drawn. */
export function quota(stratum, candidates) {
  const all = BigInt(candidates);
  const n = stratum.count > 0n ? stratum.count : (all * stratum.ratio_ppm + 999_999n) / 1_000_000n;
  return Number(n < all ? n : all);
}

// Layer is a stratum with its candidates in the order of the draw. Those from next on are the reserve.
class Layer {
  constructor(stratum, members) {
    this.name = stratum.name;
    this.order = members;
    this.quota = quota(stratum, members.length);
    this.next = this.quota;
  }

  // rank puts the members into the order of their tickets, which it leaves in their places by candidate.
  rank(seed, candidates, tickets, beginnings) {
    const stratumSeed = message().part(version + "/stratum").raw(seed).part(this.name).sum();
    for (const i of this.order) {
      message().raw(stratumSeed).raw(candidates.ids.values, candidates.begin(i), candidates.end(i)).sumInto(tickets, 32 * i);
      beginnings[i] = (tickets[32 * i] << 24) | (tickets[32 * i + 1] << 16) | (tickets[32 * i + 2] << 8) | tickets[32 * i + 3];
    }
    this.order.sort((i, j) =>
      beginnings[i] - beginnings[j] ||
      compareBytes(tickets, 32 * i, 32 * i + 32, tickets, 32 * j, 32 * j + 32) ||
      candidates.compare(i, j));
  }
}

// layersOf parts the candidates by their strata, in the order of the names.
function layersOf(strata, candidates) {
  const sizes = new Uint32Array(candidates.strata.texts.length);
  for (let i = 0; i < candidates.length; i++) sizes[candidates.stratum.values[i]]++;
  const members = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  for (let i = 0; i < candidates.length; i++) {
    const name = candidates.stratum.values[i];
    members[name][sizes[name]++] = i;
  }
  return sortedBy(strata, (s) => s.name).map((s) => new Layer(s, members[candidates.strata.texts.indexOf(s.name)] ?? new Uint32Array(0)));
}

// §5: inspectors.

// Brigade is a department's part of the inspectors. What does not depend on the subject is tested once.
class Brigade {
  constructor(department, inspectors, b) {
    this.name = department.name;
    this.size = department.team_size;
    this.unfit = { licence: 0n, line: 0n };
    this.officers = [];
    this.covering = new Map(); // by district
    for (const i of inspectors) {
      // Days written YYYY-MM-DD come in the order of their texts.
      if (i.licence_valid_until < b.window_end) this.unfit.licence++;
      else if (!i.lines.includes(b.line)) this.unfit.line++;
      else this.officers.push({ id: i.id, bytes: utf8(i.id), districts: i.districts, assigned: 0n, rank: new Uint8Array(32) });
    }
  }

  cover(district) {
    let list = this.covering.get(district);
    if (!list) {
      list = this.officers.filter((o) => o.districts.some((d) => covers(d, district)));
      this.covering.set(district, list);
    }
    return list;
  }
}

/** Whether a district holds another: its code without the pairs of zeros at its end begins the other's code. */
export function covers(district, other) {
  return other.startsWith(district.replace(/(00)+$/, ""));
}

const byRank = (a, b) => compareBytes(a.rank, 0, 32, b.rank, 0, 32) || compareText(a.id, b.id);

// firstOf gives the first few by rank, in order. A team is small beside a roster, so that the rest is passed over.
function firstOf(eligible, size) {
  if (size > 16) return eligible.sort(byRank).slice(0, size);
  const team = [];
  for (const officer of eligible) {
    let at = team.length;
    while (at > 0 && byRank(officer, team[at - 1]) < 0) at--;
    if (at === size) continue;
    team.splice(at, 0, officer);
    if (team.length > size) team.pop();
  }
  return team;
}

/** A draw under way: who is drawn, who goes there, who would come next. */
export class Drawing {
  constructor(b, pools, seed) {
    const { subjects } = pools;
    this.cap = b.workload_cap;
    this.candidates = subjects;
    this.matchSeed = message().part(version + "/match").raw(seed).sum();
    this.tickets = new Uint8Array(32 * subjects.length);
    this.layers = layersOf(b.strata, subjects);
    const beginnings = new Uint32Array(subjects.length);
    for (const layer of this.layers) layer.rank(seed, subjects, this.tickets, beginnings);
    const roster = new Map(b.departments.map((d) => [d.name, []]));
    for (const i of pools.inspectors) roster.get(i.department)?.push(i);
    this.brigades = sortedBy(b.departments, (d) => d.name).map((d) => new Brigade(d, roster.get(d.name), b));
    this.officers = new Map(this.brigades.flatMap((brigade) => brigade.officers.map((o) => [o.id, o])));
    this.avoided = new Map(); // by subject, the inspectors who may not go there
    for (const c of pools.conflicts) {
      if (!this.avoided.has(c.subject)) this.avoided.set(c.subject, new Set());
      this.avoided.get(c.subject).add(c.inspector);
    }
    this.standing = new Map(b.replacements.map((r) => [r.subject_out, null])); // what may be replaced, once it is selected
  }

  /** The selected, in their order, before they are staffed. */
  *selected() {
    for (const layer of this.layers) {
      for (const i of layer.order.subarray(0, layer.quota)) yield { layer, i };
    }
  }

  get drawn() {
    return this.layers.reduce((sum, layer) => sum + layer.quota, 0);
  }

  /** A drawn candidate as a bundle states it. */
  stated({ layer, i }) {
    return { subject: this.candidates.id(i), stratum: layer.name, ticket: toHex(this.tickets.subarray(32 * i, 32 * i + 32)) };
  }

  /** Staffs a drawn candidate, after those before it. */
  staff({ layer, i }) {
    const selection = { ...this.stated({ layer, i }), teams: [], shortfalls: [] };
    const id = utf8(selection.subject);
    const district = this.candidates.districtOf(i);
    for (const brigade of this.brigades) {
      const { team, reasons } = this.choose(brigade, selection.subject, id, district);
      for (const officer of team) officer.assigned++;
      selection.teams.push({ department: brigade.name, inspectors: team.map((o) => o.id) });
      if (team.length === 0) selection.shortfalls.push({ department: brigade.name, reasons });
    }
    if (this.standing.has(selection.subject)) this.standing.set(selection.subject, { layer, selection });
    return selection;
  }

  choose(brigade, subject, id, district) {
    const covering = brigade.cover(district);
    const avoided = this.avoided.get(subject);
    const reasons = { ...brigade.unfit, district: BigInt(brigade.officers.length - covering.length), conflict: 0n, workload: 0n };
    const eligible = [];
    for (const officer of covering) {
      if (avoided?.has(officer.id)) reasons.conflict++;
      else if (this.cap !== 0n && officer.assigned >= this.cap) reasons.workload++;
      else {
        message().raw(this.matchSeed).part(id).part(officer.bytes).sumInto(officer.rank, 0);
        eligible.push(officer);
      }
    }
    if (BigInt(eligible.length) < brigade.size) return { team: [], reasons };
    return { team: firstOf(eligible, Number(brigade.size)), reasons };
  }

  // §6: replacements.

  /** Replaces a standing subject by the next of its reserve, once all are staffed; null if that can't be. */
  replace(subjectOut) {
    const out = this.standing.get(subjectOut);
    if (!out || out.layer.next === out.layer.order.length) return null;
    for (const team of out.selection.teams) {
      for (const id of team.inspectors) this.officers.get(id).assigned--;
    }
    this.standing.delete(subjectOut);
    const drawn = { layer: out.layer, i: out.layer.order[out.layer.next++] };
    const selection = this.staff(drawn);
    this.standing.set(selection.subject, { layer: out.layer, selection });
    return selection;
  }
}
