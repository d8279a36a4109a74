// Verifies away from the page, which stays usable meanwhile. A message {job, files} is answered by {job, held, report} for each
// step that holds and by {job, outcome}, or {job, failed} with what stood in the way.

import { toHex } from "./message.js";
import { sha256, trusted } from "./sha256.js";
import { verify } from "./verify.js";

const trust = trusted();

// unpacked undoes gzip (RFC 1952).
async function unpacked(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// check verifies the bundle among some files; the others are its pool files.
function check(files, held) {
  const pools = new Map(files.map((bytes) => [toHex(sha256(bytes)), bytes]));
  let first;
  for (const [digest, bytes] of pools) {
    const outcome = verify(bytes, pools, held);
    outcome.report.sha256 = digest;
    if (outcome.step !== "form") return outcome;
    first = first ?? outcome;
  }
  return first;
}

async function run(job, files) {
  const hash = await trust;
  if (hash === "") throw new Error("SHA-256");
  const began = performance.now();
  const outcome = check(await Promise.all(files.map(unpacked)), (held, report) => postMessage({ job, held, report }));
  postMessage({ job, outcome, hash, milliseconds: performance.now() - began });
}

addEventListener("message", ({ data: { job, files } }) => {
  run(job, files).catch((error) => postMessage({ job, failed: `${error.name}: ${error.message}` }));
});
