// Package verifiertest lets tests ask the verifier in the browser: a Session is one browser without a window, in which any
// number of bundles are verified, or modules of a test run.
//
// It guarantees that a script which fails, in the verifier or in the test's module, fails the test and does not leave it
// waiting, that the browser ends with the test, and that nothing is asked of any server but the test's own.
//
// Without a browser it skips the test, or fails it where MINGJIAN_TEST_REQUIRE is set.
package verifiertest
