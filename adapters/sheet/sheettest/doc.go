// Package sheettest opens written tables in a real office program, for tests.
//
// It guarantees a profile of its own for each run, so that runs at the same time don't meet and nothing of a person's settings
// counts. Without the program a test that asks for it is skipped, or fails where MINGJIAN_TEST_REQUIRE is 1.
package sheettest
