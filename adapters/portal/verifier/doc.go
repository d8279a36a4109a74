// Package verifier hands out the second implementation of mingjian/draw/v1: plain JavaScript that recomputes a draw in the
// citizen's browser, and the page around it. It was written from the published specification and shares no code with
// domain/sortition; both must say the same of every published bundle.
//
// The modules: verify.js (the steps, with steps.js and pools.js), draw.js (the algorithm), reader.js and form.js (a reader of JSON
// that takes one reading only, by the form of a bundle), candidates.js, message.js and sha256.js (bytes and their hashes);
// worker.js runs them away from the page, which is index.html, page.js, words.js and page.css.
//
// It guarantees that nothing of a bundle leaves the browser, that the page runs no script but its own and speaks to no server
// but the one it came from, that it stays usable while it computes, and that a bundle is valid, or differs at a named step,
// exactly as domain/sortition says without verifiers of beacons.
//
// It refuses to prove the value of a public source of randomness, for whose signatures browsers have no means: it says, beside
// the verdict, that this is not proven here.
package verifier
