// Package webhook pushes the releases of the feed to receivers over HTTP, as Standard Webhooks 1.0 has it. What it knows of receivers
// is in a SQLite file, or in a schema of PostgreSQL for any number of servers.
//
// # What is sent
//
// A POST whose body is the CloudEvent that the bus has of the release, made at the moment of sending: what is withheld by then is
// withheld in it. The header webhook-id is the id of the CloudEvent and the same at every try, in every channel and in a replay;
// webhook-timestamp is the second of the try; webhook-signature has, for each secret that is valid then, the newest first, a
// signature v1 (HMAC-SHA-256 under the secret "whsec_…") and one v1a (Ed25519, public key "whpk_…") of id, timestamp and body,
// joined by dots. In a sandbox the header Mingjian-Sandbox says that it is fictional.
//
// # Order and failures
//
// An answer 2xx, seen by its headers alone, is a delivery. It guarantees that every release that the endpoint's filter lets
// through is delivered at least once, and that of one disclosure no release is sent before all earlier ones were delivered, while
// other disclosures go on. What failed is tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and then every 12 h, each up to a
// quarter longer by chance, and not before a time that the receiver asked for (Retry-After, up to a day, by the receiver's own clock). A receiver that can't be
// reached, hangs, throttles (429, 503) or fails five times in a row is asked once at a time, at most an hour apart. When something
// has failed for five days the endpoint is paused with its place in the feed and all that waits: nothing is dropped, and resuming it
// goes on from there. An answer 410 disables it in the same way. Replay sets the place back.
//
// Places are numbers of one epoch of the ledger. After the ledger was restored to a state before a place, the endpoint goes on
// behind the last release that both have.
//
// # Where it connects to
//
// Whoever sets an endpoint up makes this program connect somewhere. It refuses addresses that are not those of public hosts
// (private, shared, loopback, link-local with the metadata services of clouds, multicast, reserved and IPv6 forms that embed such
// an address), ports other than those allowed, and plain http, unless the configuration says otherwise. That is asked of every
// address that a name resolves to, at each dial, and the connection goes to an address that was asked about. Proxies of the
// environment are not used, redirects are failures and not followed, and of an answer no more than its status, Retry-After and
// a few kilobytes are read.
//
// # Secrets
//
// An endpoint's secret is 32 random bytes of which both keys are derived by HKDF-SHA-256. It is shown once and stored sealed under the
// master key of the vault, bound to its endpoint and number. It refuses to show a secret again, to log an address beyond its host, and to tell in
// what it logs, answers or measures what a receiver said.
package webhook
