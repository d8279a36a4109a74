// Verifies messages as receivers do: reads a list of checks from stdin, and writes what was wrong with each, "" for nothing.
const { createRequire } = require("node:module");
const { Webhook } = createRequire(process.cwd() + "/")("standardwebhooks");

const checks = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const said = checks.map(({ secret, headers, payload, at }) => {
  Date.now = () => at * 1000; // the receiver's clock
  try {
    new Webhook(secret).verify(payload, headers);
    return "";
  } catch (e) {
    return e.message || String(e);
  }
});
process.stdout.write(JSON.stringify(said));
