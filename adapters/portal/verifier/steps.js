// Rules that several steps of a verification ask.

import { Difference, rules } from "./form.js";

/** The steps in the order in which they are taken. */
export const steps = [
  "form", "version", "pool", "subject_root", "inspector_root", "conflict_root", "terms", "commitment", "not_before",
  "beacon", "seed", "selection", "match", "shortfall", "replacement",
];

export function must(holds, step, field, rule, got) {
  if (!holds) throw new Difference(step, field, rule, got);
}

export function same(step, field, want, got) {
  if (want !== got) throw new Difference(step, field, String(want), String(got));
}

/** Whether a text is a day of the Gregorian calendar, written YYYY-MM-DD. */
export function isDay(value) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(value);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1];
}

export const isDistrict = (code) => /^[0-9]{6}$/.test(code);

/** A text of an RFC 3339 instant in UTC whose order is the order in time: all to the nanosecond. */
export function instant(step, field, value) {
  const parts = /^(.{10})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,9}))?Z$/.exec(value);
  must(parts && isDay(parts[1]), step, field, rules.instant, value);
  return `${value.slice(0, 19)}.${(parts[5] ?? "").padEnd(9, "0")}`;
}

/** Wants names that are there, each once. */
export function distinct(step, list, field, name) {
  const seen = new Set();
  list.forEach((element, i) => {
    must(name(element) !== "", step, field(i), rules.present);
    must(!seen.has(name(element)), step, field(i), rules.once, name(element));
    seen.add(name(element));
  });
}

// The three things a drawn subject states.

export function sameDrawn(step, field, made, claimed) {
  for (const name of ["subject", "stratum", "ticket"]) same(step, `${field}.${name}`, made[name], claimed[name]);
}

const teamsText = (teams) => teams.map((team) => `${team.department}: ${team.inspectors.join(", ")}`).join("; ");

export function sameTeams(step, field, made, claimed) {
  const equal = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
  const holds = made.teams.length === claimed.teams.length && made.teams.every((team, i) =>
    team.department === claimed.teams[i].department && equal(team.inspectors, claimed.teams[i].inspectors));
  if (!holds) throw new Difference(step, `${field}.teams (${made.subject})`, `[${teamsText(made.teams)}]`, `[${teamsText(claimed.teams)}]`);
}

const tests = ["licence", "line", "district", "conflict", "workload"];
const shortfallsText = (list) => list.map((s) => `${s.department}: ${tests.map((test) => `${test} ${s.reasons[test]}`).join(", ")}`).join("; ");

export function sameShortfalls(step, field, made, claimed) {
  const holds = made.shortfalls.length === claimed.shortfalls.length && made.shortfalls.every((s, i) =>
    s.department === claimed.shortfalls[i].department && tests.every((test) => s.reasons[test] === claimed.shortfalls[i].reasons[test]));
  if (!holds) {
    throw new Difference(step, `${field}.shortfalls (${made.subject})`, `[${shortfallsText(made.shortfalls)}]`, `[${shortfallsText(claimed.shortfalls)}]`);
  }
}
