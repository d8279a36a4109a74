package verifier

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed verify.html
var page string

//go:embed sha256.js form.js draw.js verify.js
var modules embed.FS

// Page gives the whole page, scripts and style included. It verifies the bundle at the address in its query's member bundle,
// if there is one.
func Page() string { return page }

// Policy gives the Content-Security-Policy that the page itself declares, for servers which send one: it allows the page's own
// script and style, and reading a bundle from any address.
func Policy() string {
	const before, after = `http-equiv="Content-Security-Policy" content="`, `"`
	_, rest, _ := strings.Cut(page, before)
	policy, _, _ := strings.Cut(rest, after)
	return policy
}

// Modules gives the verifier without its page: verify.js exports verify, and imports the others.
func Modules() fs.FS { return modules }
