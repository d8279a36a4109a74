//go:build unix

package verifier_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// chromium gives a browser without a window. Without one the test is skipped, or fails where every test is required.
func chromium(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatal("the verifier in the browser is required: no chromium here; on Debian: apt-get install chromium")
		}
		t.Skip("no chromium here; on Debian: apt-get install chromium")
	}
	profile, err := os.MkdirTemp("", "verifier-browser-")
	if err != nil {
		t.Fatal(err)
	}
	// A browser is many processes; they go together, and before their folder does.
	browser := exec.CommandContext(ctx, path, append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--user-data-dir=" + profile}, args...)...)
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	browser.WaitDelay = 10 * time.Second
	browser.Cancel = func() error {
		err := syscall.Kill(-browser.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(profile); err != nil {
			t.Logf("the browser's folder stays: %v", err)
		}
	})
	return browser
}
