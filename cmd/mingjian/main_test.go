package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the tests run the program in processes of its own: the test binary under the name mingjian is mingjian.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mingjian": main})
}
