// Verifies a bundle, given with the pool files it names, in the worker of the page.

const worker = new Worker("/verify/worker.js", { type: "module" });
let job = 0;

export default function verify(...files) {
  const mine = ++job;
  return new Promise((resolve, reject) => {
    const listener = ({ data }) => {
      if (data.job !== mine || data.held) return;
      worker.removeEventListener("message", listener);
      if (data.outcome) resolve(data);
      else reject(new Error(data.failed));
    };
    worker.addEventListener("message", listener);
    worker.addEventListener("error", (event) => reject(new Error(`worker: ${event.message ?? "not loaded"}`)), { once: true });
    worker.postMessage({ job: mine, files }, files);
  });
}
