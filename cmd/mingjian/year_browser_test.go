package main

import "github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"

// verifyInBrowser is the second implementation, in the page that citizens use.
func (y *year) verifyInBrowser(browser *verifiertest.Session) func(draw string, bundle []byte) {
	return func(draw string, bundle []byte) {
		y.Helper()
		if v := browser.Verify(y.T, bundle); !v.Valid {
			y.Errorf("%s does not verify in the browser: %s: %s", draw, v.Step, v.Message)
		}
	}
}
