// The page: takes files or the id of a draw, shows what the verifier says. It speaks to no one but the server it came from, and
// only to fetch the bundle of a draw that was asked for.

import { detail, facts, names, notes, told, verdict } from "./words.js";

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

// asked counts what was asked for, so that an answer which comes too late is not shown.
let asked = 0;
let worker = null;

// begin clears the page for a new question. A worker that still computes is ended.
function begin() {
  worker?.terminate();
  worker = null;
  result.hidden = true;
  delete result.dataset.valid;
  byId("steps").replaceChildren();
  return ++asked;
}

function fail(zh, en) {
  say(zh, en);
  byId("status").dataset.failed = "true";
}

function addStep(step, holds, parts) {
  const item = document.createElement("li");
  const title = both(document.createElement("strong"), names[step]);
  title.prepend(holds ? "✓ 一致 · " : "✗ 不一致 · ");
  item.dataset.step = step;
  item.className = holds ? "holds" : "differs";
  item.append(title, ...parts.map((text, i) => {
    const part = document.createElement("span");
    part.lang = i === 0 ? "zh-CN" : "en";
    part.textContent = text;
    return part;
  }));
  byId("steps").append(item);
}

function showFacts(report) {
  byId("facts").replaceChildren(...facts.filter(([name]) => report[name] !== undefined).flatMap(([name, zh, en]) => {
    const value = document.createElement("dd");
    value.textContent = report[name];
    return [both(document.createElement("dt"), [zh, en]), value];
  }));
}

function show({ outcome, hash, milliseconds }) {
  if (outcome.valid === false) addStep(outcome.step, false, detail(outcome));
  both(byId("verdict"), verdict(outcome));
  byId("detail").hidden = outcome.valid === true;
  both(byId("detail"), detail(outcome));
  showFacts(outcome.report);
  const codes = hash === "published" ? [...outcome.notes, "hash_published"] : outcome.notes;
  byId("notes").replaceChildren(...codes.map((code) => both(document.createElement("li"), notes[code](outcome.report))));
  byId("remarks").hidden = codes.length === 0;
  result.dataset.valid = String(outcome.valid);
  result.dataset.step = outcome.step;
  result.hidden = false;
  const took = `${(milliseconds / 1000).toFixed(2)}`;
  say(`核验完毕，用时 ${took} 秒。`, `Done in ${took} seconds.`);
  result.focus();
}

// compute hands files to a worker and shows what it says.
function compute(question, files) {
  say("正在核验……", "Verifying…");
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  const broken = (what) => fail(`无法核验：${what}`, "The verification could not be carried out.");
  worker.addEventListener("error", (event) => broken(event.message ?? "worker"));
  worker.addEventListener("message", ({ data }) => {
    if (data.job !== asked) return;
    if (data.held) {
      addStep(data.held, true, told[data.held](data.report));
      say(`正在核验：“${names[data.held][0]}”一致……`, `Verifying: ${names[data.held][1]} as stated…`);
    } else if (data.outcome) {
      show(data);
    } else {
      broken(data.failed);
    }
  });
  worker.postMessage({ job: question, files }, files);
}

// run verifies what load gives.
async function run(load) {
  const question = begin();
  delete byId("status").dataset.failed;
  try {
    const files = await load();
    if (question === asked) compute(question, files);
  } catch (error) {
    if (question === asked) fail(`读不到抽取包：${error.message}`, "The bundle cannot be read.");
  }
}

// fetched asks the server that this page came from for the bundle of a draw.
async function fetched(draw) {
  say("正在取抽取包……", "Fetching the bundle…");
  const address = new URL(`../v1/public/draws/${encodeURIComponent(draw)}/bundle`, document.baseURI);
  const answer = await fetch(address, { credentials: "omit" });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail ?? `HTTP ${answer.status}`);
  }
  return [await answer.arrayBuffer()];
}

const read = (files) => () => Promise.all([...files].map((file) => file.arrayBuffer()));

function drop(event) {
  event.preventDefault();
  document.body.classList.remove("over");
  if (event.dataTransfer.files.length > 0) run(read(event.dataTransfer.files));
}

function start() {
  const input = byId("file");
  const draw = byId("draw");
  // A file that is chosen again counts again.
  input.addEventListener("click", () => (input.value = ""));
  input.addEventListener("change", () => input.files.length > 0 && run(read(input.files)));
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const id = draw.value.trim();
    if (id !== "") run(() => fetched(id));
    else say("请先填写抽取编号。", "Give the id of a draw first.");
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
  document.addEventListener("dragleave", () => document.body.classList.remove("over"));
  document.addEventListener("drop", drop);
  document.documentElement.dataset.ready = "true";
  const given = new URLSearchParams(location.search).get("draw");
  if (given) {
    draw.value = given;
    run(() => fetched(given));
  }
}

start();
