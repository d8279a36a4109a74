// Runs the verifier and its page in a browser and posts what they say. What is right is for the Go test to judge.

import { verify } from "./module/verify.js";
import { sha256 } from "./module/sha256.js";
import { fromHex, leaf, merkleRoot, toHex } from "./module/draw.js";

const bytesOf = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());
const said = ({ valid, step, detail }) => ({ valid, step, detail });

async function unpacked(bytes, name) {
  if (!name.endsWith(".gz")) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function vectors(poolNames) {
  const pools = {};
  for (const name of poolNames) pools[name] = await bytesOf(`bundles/pools/${name}`);
  const list = await (await fetch("bundles/vectors.json")).json();
  const out = [];
  for (const { file } of list) {
    const document = await unpacked(await bytesOf(`bundles/${file}`), file);
    const began = performance.now();
    const outcome = verify(document, pools);
    out.push({ file, ...said(outcome), milliseconds: performance.now() - began, report: outcome.report });
  }
  return out;
}

async function hashes() {
  let wrong = 0;
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => 31 * i + length);
    const own = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (toHex(own) !== toHex(sha256(bytes))) wrong++;
  }
  const block = new Uint8Array(50);
  const count = 20000;
  let began = performance.now();
  for (let i = 0; i < count; i++) block.set(sha256(block));
  const ours = performance.now() - began;
  began = performance.now();
  for (let i = 0; i < count; i += 1000) {
    await Promise.all(Array.from({ length: 1000 }, () => crypto.subtle.digest("SHA-256", block)));
  }
  return { wrong, ours: (1000 * ours) / count, web: (1000 * (performance.now() - began)) / count };
}

const page = document.getElementById("page");

// loaded gives the window of the page once it has checked its hash.
async function loaded(address) {
  page.src = address;
  await new Promise((done) => page.addEventListener("load", done, { once: true }));
  await until(page.contentDocument.documentElement, (root) => root.dataset.ready);
  return page.contentWindow;
}

// until waits for something about an element or what is in it.
function until(element, holds) {
  return new Promise((done) => {
    const look = () => {
      if (!holds(element)) return false;
      watch.disconnect();
      done();
      return true;
    };
    const watch = new page.contentWindow.MutationObserver(look);
    watch.observe(element, { attributes: true, childList: true, subtree: true, characterData: true });
    look();
  });
}

async function shown(window) {
  const result = window.document.getElementById("result");
  await until(result, (r) => r.dataset.valid && !r.hidden);
  return {
    valid: result.dataset.valid,
    step: result.dataset.step,
    verdict: window.document.getElementById("verdict").textContent,
    items: result.querySelectorAll("#steps li").length,
    notes: window.document.getElementById("notes").textContent,
    focused: window.document.activeElement === result,
    text: result.textContent,
  };
}

async function byAddress(name) {
  return shown(await loaded(`verify.html?bundle=${encodeURIComponent("bundles/" + name)}`));
}

async function byFiles(names) {
  const window = await loaded("verify.html");
  const chosen = new window.DataTransfer();
  for (const name of names) chosen.items.add(new window.File([await bytesOf(`bundles/${name}`)], name.split("/").pop()));
  const input = window.document.getElementById("file");
  input.files = chosen.files;
  input.dispatchEvent(new window.Event("change"));
  return shown(window);
}

async function unreadable(address) {
  const window = await loaded(`verify.html?bundle=${address}`);
  const status = window.document.getElementById("status");
  await until(status, (s) => s.textContent.includes("cannot be read"));
  return window.document.getElementById("result").hidden;
}

async function all() {
  const plan = await (await fetch("plan.json")).json();
  const pool = plan.pools.map((name) => `pools/${name}`);
  return {
    vectors: await vectors(plan.pools),
    edits: plan.edits.map((text) => said(verify(text))),
    trees: plan.trees.map((leaves) => toHex(merkleRoot(leaves.map((data) => leaf.data(fromHex(data)))))),
    hashes: await hashes(),
    object: said(verify(await (await fetch("bundles/single.json")).json())),
    missing: said(verify(await bytesOf("bundles/pool-files.json"))),
    spoiled: said(verify(await bytesOf("bundles/pool-files.json"), Object.fromEntries(plan.pools.map((name) => [name, new Uint8Array(3)])))),
    page: {
      valid: await byAddress("replacements.json"),
      tampered: await byAddress("tampered/a-swapped-inspector.json"),
      packed: await byFiles(["ten-thousand.json.gz"]),
      pools: await byFiles([...pool, "pool-files.json"]),
      missing: await byFiles(["pool-files.json", pool[0]]),
      nonsense: await byFiles(["vectors.json"]),
      unreadable: await unreadable("bundles/none.json"),
    },
  };
}

const report = await all().catch((error) => ({ error: `${error}\n${error.stack}` }));
await fetch("report", { method: "POST", body: JSON.stringify(report) });
