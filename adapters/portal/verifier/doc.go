// Package verifier carries the second implementation of mingjian/draw/v1: plain JavaScript that recomputes a draw in the
// citizen's browser, and the page around it. It was written from the published specification and shares no code with
// domain/sortition; both must say the same of every published vector.
//
// The modules: verify.js (the steps), draw.js (the algorithm), form.js (the form of a bundle, and a reader of JSON that takes
// one reading only), sha256.js; words.js and page.js are the page's. verify.html is all of them in one file, which works from a
// server and from a disk; it is generated from page.html, page.css and the modules by
//
//	go test ./adapters/portal/verifier -run TestPageIsAssembled -update
//
// It guarantees that nothing of a bundle leaves the browser, that the page runs no script but its own and needs no network,
// and that a bundle is valid, or differs at a named step, exactly as the Go implementation says without verifiers of beacons.
//
// It refuses to prove the value of a public source of randomness: it says that this is not proven here.
package verifier
