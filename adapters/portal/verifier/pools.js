// The pools of a bundle, from its lists or from the files that it names, each well formed and in canonical order (§1).

import { Candidates } from "./candidates.js";
import { Difference, conflictForm, inspectorForm, rules } from "./form.js";
import { compareText, toHex } from "./message.js";
import { Reader, isText } from "./reader.js";
import { sha256 } from "./sha256.js";
import { distinct, isDay, isDistrict, must, same } from "./steps.js";

/** A pool file that the bundle names is not here, so that nothing can be said. */
export class Missing extends Error {
  constructor(name, digest) {
    super(`${name}_file: ${digest}`);
    Object.assign(this, { pool: name, digest });
  }
}

/**
 * Opens the pools.
 * @param {object} b a bundle
 * @param {Set<string>} given the members that it has
 * @param {Map<string, Uint8Array>} files by their SHA-256 in hexadecimal digits
 * @returns the pools: subjects with their order, inspectors, conflicts
 */
export function openPools(b, given, files) {
  for (const name of ["subjects", "inspectors", "conflicts"]) {
    must(!(given.has(name) && b[`${name}_file`]), "pool", name, rules.oneSource);
  }
  const byID = (x, y) => compareText(x.id, y.id);
  const byPair = (x, y) => compareText(x.inspector, y.inspector) || compareText(x.subject, y.subject);
  const subjects = b.subjects_file ? readCandidates(b.subjects_file, files) : b.subjects;
  return {
    subjects,
    order: checkCandidates(subjects, Boolean(b.subjects_file)),
    inspectors: checked("inspectors", b, files, inspectorForm, checkInspector, byID),
    conflicts: checked("conflicts", b, files, conflictForm, checkConflict, byPair),
  };
}

function checkCandidates(pool, filed) {
  const order = filed ? Uint32Array.from({ length: pool.length }, (_, i) => i) : pool.ordered();
  const strata = pool.strata.texts.map((name) => name !== "");
  const districts = pool.districts.texts.map(isDistrict);
  order.forEach((i, place) => {
    const field = () => `subjects[${place}]`;
    if (pool.begin(i) === pool.end(i)) throw new Difference("pool", `${field()}.id`, rules.present);
    if (!strata[pool.stratum.values[i]]) throw new Difference("pool", `${field()}.stratum`, rules.present);
    if (!districts[pool.district.values[i]]) throw new Difference("pool", `${field()}.district`, rules.district, pool.districtOf(i));
    if (place > 0) inOrder(pool.compare(order[place - 1], i), field, () => pool.id(i));
  });
  return order;
}

function inOrder(compared, field, what) {
  if (compared === 0) throw new Difference("pool", field(), rules.once, what());
  if (compared > 0) throw new Difference("pool", field(), rules.order, what());
}

// checked gives one of the smaller pools in its canonical order, in which a file must be already.
function checked(name, b, files, form, check, compare) {
  const file = b[`${name}_file`];
  const list = file ? readList(name, form, file, files) : [...b[name]].sort(compare);
  list.forEach((element, i) => {
    check(element, `${name}[${i}]`);
    if (i > 0) inOrder(compare(list[i - 1], element), () => `${name}[${i}]`, () => JSON.stringify(element));
  });
  return list;
}

function checkInspector(i, field) {
  must(i.id !== "", "pool", `${field}.id`, rules.present);
  must(i.department !== "", "pool", `${field}.department`, rules.present);
  must(isDay(i.licence_valid_until), "pool", `${field}.licence_valid_until`, rules.day, i.licence_valid_until);
  distinct("pool", i.lines, (at) => `${field}.lines[${at}]`, (line) => line);
  distinct("pool", i.districts, (at) => `${field}.districts[${at}]`, (code) => code);
  i.districts.forEach((code, at) => must(isDistrict(code), "pool", `${field}.districts[${at}]`, rules.district, code));
}

function checkConflict(c, field) {
  must(c.inspector !== "", "pool", `${field}.inspector`, rules.present);
  must(c.subject !== "", "pool", `${field}.subject`, rules.present);
}

// A pool file has one element a line: JSON without blanks, members in the order of the leaf, strings escaped as in RFC 8785,
// which is how JSON.stringify writes them.

function readCandidates(file, files) {
  const pool = new Candidates();
  eachLine("subjects", file, files, (reader) => {
    pool.read(reader);
    return pool.line(pool.length - 1);
  });
  return pool;
}

function readList(name, form, file, files) {
  const list = [];
  eachLine(name, file, files, (reader) => {
    const element = reader.value(form);
    list.push(element);
    return JSON.stringify(Object.fromEntries(form.list.map((member) => [member.name, element[member.name]])));
  });
  for (const element of list) unsortedSets(element);
  return list;
}

// unsortedSets refuses lists within an element that are not sorted: in a file they are as in the leaf.
function unsortedSets(element) {
  for (const set of [element.lines ?? [], element.districts ?? []]) {
    set.forEach((x, i) => {
      if (i > 0) inOrder(compareText(set[i - 1], x), () => `${element.id}[${i}]`, () => x);
    });
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const maxLine = 1 << 20; // bytes

// eachLine reads the lines of a file, each of which must be what read says is its canonical text.
function eachLine(name, file, files, read) {
  const content = files.get(file.sha256);
  if (!content) throw new Missing(name, file.sha256);
  const field = `${name}_file`;
  same("pool", `${field}.sha256`, toHex(sha256(content)), file.sha256);
  must(isText(content), "pool", field, rules.utf8);
  let count = 0;
  for (let at = 0; at < content.length; count++) {
    const end = content.indexOf(0x0a, at);
    const where = `${field}, line ${count + 1}`;
    must(end >= 0 && end - at < maxLine, "pool", where, rules.line);
    const text = decoder.decode(content.subarray(at, end));
    const reader = new Reader(content, where, at, end);
    let canonical;
    try {
      canonical = read(reader);
    } catch (error) {
      if (!(error instanceof Difference)) throw error;
    }
    must(canonical === text && reader.at === end, "pool", where, rules.line, text);
    at = end + 1;
  }
  same("pool", `${field}.count`, BigInt(count), file.count);
}
