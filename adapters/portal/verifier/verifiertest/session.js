// Asks for jobs and does them, one after the other. When there are none any more, or nobody to ask, it closes its window, which
// ends the browser: it must not outlive a test that could not end it.

const bytesOf = async (address) => (await fetch(address)).arrayBuffer();

async function done({ id, module, files }) {
  try {
    const { default: run } = await import(module);
    const content = await Promise.all(Array.from({ length: files }, (_, i) => bytesOf(`/session/jobs/${id}/${i}`)));
    return { value: (await run(...content)) ?? null };
  } catch (error) {
    return { failed: String(error?.stack ?? error) };
  }
}

try {
  for (;;) {
    const answer = await fetch("/session/jobs");
    if (answer.status !== 200) break;
    const job = await answer.json();
    await fetch(`/session/jobs/${job.id}`, { method: "POST", body: JSON.stringify(await done(job)) });
  }
} finally {
  close();
}
