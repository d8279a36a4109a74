package verifiertest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// find gives the path of a browser.
func find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no chromium, so the verifier in the browser is not tried; on Debian: apt-get install chromium"
	if os.Getenv("MINGJIAN_TEST_REQUIRE") != "" { //nolint:forbidigo // a skip of a test is not for the program's settings
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// start opens an address in a browser without a window, and gives what stops it. When the browser ends, ended is told.
func start(t testing.TB, path, address string, running *sync.WaitGroup, ended func(why string)) (stop func()) {
	t.Helper()
	profile, err := os.MkdirTemp("", "mingjian-browser-") //nolint:usetesting // it may be in use a little longer than the test
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background()) //nolint:usetesting // the test's own ends before its cleanup
	browser := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--disable-breakpad", "--disable-popup-blocking", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
		"--disable-backgrounding-occluded-windows", "--user-data-dir="+profile, address)
	var log bytes.Buffer
	browser.Stdout, browser.Stderr = &log, &log
	browser.WaitDelay = 10 * time.Second
	together(browser)
	if err := browser.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	running.Go(func() {
		err := browser.Wait()
		ended(fmt.Sprintf("it ended: %v\n%s", err, log.Bytes()))
		if err := os.RemoveAll(profile); err != nil {
			_ = os.RemoveAll(profile) // one of its processes was still writing
		}
	})
	return cancel
}
