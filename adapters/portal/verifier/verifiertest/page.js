// Uses the page that verifies draws, in a window of its own, and tells what it shows.

// until waits for something about a document.
function until(window, holds) {
  return new Promise((done) => {
    const look = () => {
      if (!holds()) return;
      watch.disconnect();
      done();
    };
    const watch = new window.MutationObserver(look);
    watch.observe(window.document, { attributes: true, childList: true, subtree: true, characterData: true });
    look();
  });
}

async function opened(address, width) {
  const window = open(address, "", `popup,width=${width ?? 1000},height=800`);
  if (!window) throw new Error("no window");
  await new Promise((done) => window.addEventListener("load", done, { once: true }));
  await until(window, () => window.document.documentElement.dataset.ready);
  return window;
}

function give(window, use, contents) {
  const { document } = window;
  if (use.draw) {
    document.getElementById("draw").value = use.draw;
    document.querySelector("button[type=submit]").click();
  }
  if (contents.length === 0) return;
  const transfer = new window.DataTransfer();
  contents.forEach((content, i) => transfer.items.add(new window.File([content], `file-${i}`)));
  if (use.drop) {
    document.body.dispatchEvent(new window.DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    return;
  }
  const input = document.getElementById("file");
  input.files = transfer.files;
  input.dispatchEvent(new window.Event("change"));
}

export default async function page(how, ...contents) {
  const use = JSON.parse(new TextDecoder().decode(how));
  const window = await opened(use.address, use.width);
  const { document } = window;
  const byId = (id) => document.getElementById(id);
  give(window, use, contents);
  const result = byId("result");
  if (use.draw || contents.length > 0 || use.address.includes("?")) {
    await until(window, () => (result.dataset.valid && !result.hidden) || byId("status").dataset.failed);
  }
  const shown = {
    valid: result.dataset.valid ?? "",
    step: result.dataset.step ?? "",
    steps: Array.from(byId("steps").children, (item) => `${item.dataset.step}: ${item.innerText}`),
    verdict: byId("verdict").textContent,
    notes: byId("notes").textContent,
    status: byId("status").textContent,
    text: document.body.innerText,
    focused: document.activeElement === result,
    unlabeled: Array.from(document.querySelectorAll("input, button")).filter((e) => !e.labels?.length && e.innerText === "").length,
    width: window.innerWidth,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
  };
  window.close();
  return shown;
}
