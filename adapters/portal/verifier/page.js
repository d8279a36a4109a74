// The page: takes files or an address, shows what the verifier says. It speaks to no one but the address that it is given.

import { sha256 } from "./sha256.js";
import { toHex, utf8 } from "./draw.js";
import { steps, verify } from "./verify.js";
import { facts, names, told, verdict } from "./words.js";

const byId = (id) => document.getElementById(id);
const result = byId("result");

// both writes a text in Chinese and one in English into an element.
function both(element, [zh, en]) {
  const english = document.createElement("span");
  english.lang = "en";
  english.textContent = en;
  element.replaceChildren(zh, " ", english);
  return element;
}

const say = (zh, en) => both(byId("status"), [zh, en]);

// trustworthy holds the hash against a published value (FIPS 180-4) and, where the browser has one of its own, against that.
async function trustworthy() {
  const known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  if (toHex(sha256(utf8("abc"))) !== known) return false;
  for (let length = 0; length < 200 && crypto.subtle; length += 7) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const own = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (toHex(own) !== toHex(sha256(bytes))) return false;
  }
  return true;
}

async function unpacked(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// check verifies the bundle among some files; the others are its pool files.
function check(files) {
  const pools = Object.fromEntries(files.map((bytes) => [toHex(sha256(bytes)), bytes]));
  let first;
  for (const bytes of files) {
    const outcome = verify(bytes, pools);
    outcome.report.sha256 = toHex(sha256(bytes));
    if (outcome.step !== "form") return outcome;
    first ??= outcome;
  }
  return first;
}

function showSteps(outcome) {
  byId("steps").replaceChildren(...steps.filter((step) => outcome.held.includes(step) || step === outcome.step).map((step) => {
    const holds = outcome.held.includes(step);
    const item = document.createElement("li");
    const title = both(document.createElement("strong"), names[step]);
    title.prepend(holds ? "✓ 一致 · " : "✗ 不一致 · ");
    item.dataset.step = step;
    item.className = holds ? "holds" : "differs";
    const parts = holds ? told[step](outcome.report) : ["到此为止，其后各步未再核对。", "Nothing after this was looked at."];
    item.append(title, ...parts.map((text, i) => {
      const part = document.createElement("span");
      part.lang = i === 0 ? "zh-CN" : "en";
      part.textContent = text;
      return part;
    }));
    return item;
  }));
}

function showFacts(report) {
  byId("facts").replaceChildren(...facts.filter(([name]) => report[name] !== undefined).flatMap(([name, zh, en]) => {
    const value = document.createElement("dd");
    value.textContent = report[name];
    return [both(document.createElement("dt"), [zh, en]), value];
  }));
}

function show(outcome) {
  both(byId("verdict"), verdict(outcome));
  both(byId("detail"), [`位置：${outcome.field}。`, outcome.detail]);
  byId("detail").hidden = outcome.detail === "";
  showSteps(outcome);
  showFacts(outcome.report);
  byId("notes").replaceChildren(...outcome.notes.map((note) => both(document.createElement("li"), [note.zh, note.en])));
  byId("remarks").hidden = outcome.notes.length === 0;
  result.dataset.valid = String(outcome.valid);
  result.dataset.step = outcome.step;
  result.hidden = false;
  result.focus();
}

// run shows what came of the files that load gives. The pause lets the status be seen before the computing begins.
async function run(load) {
  result.hidden = true;
  delete result.dataset.valid;
  say("正在核验……", "Verifying…");
  await new Promise((done) => setTimeout(done));
  try {
    const files = await Promise.all((await load()).map(unpacked));
    const began = performance.now();
    show(check(files));
    const took = `${((performance.now() - began) / 1000).toFixed(2)} s`;
    say(`核验完毕，用时 ${took}。`, `Done in ${took}.`);
  } catch (error) {
    say(`读不出来：${error.message}`, "The file or address cannot be read. A page on disk may not read addresses: download the bundle and choose the file.");
  }
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return [new Uint8Array(await answer.arrayBuffer())];
}

const chosen = () => Promise.all([...byId("file").files].map(async (file) => new Uint8Array(await file.arrayBuffer())));

function start() {
  byId("file").addEventListener("change", () => byId("file").files.length > 0 && run(chosen));
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const address = byId("url").value.trim();
    if (address !== "") run(() => fetched(address));
    else if (byId("file").files.length > 0) run(chosen);
    else say("请先选择文件或填写网址。", "Choose a file or give an address first.");
  });
  const given = new URLSearchParams(location.search).get("bundle");
  if (given) {
    byId("url").value = given;
    run(() => fetched(given));
  }
}

trustworthy().then((ok) => {
  document.documentElement.dataset.ready = String(ok);
  if (ok) start();
  else say("本浏览器的计算结果不可靠，核验无法进行。", "This browser computes wrongly; nothing can be verified with it.");
});
