//go:build unix

package verifiertest

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// together makes the many processes of a browser end as one.
func together(browser *exec.Cmd) {
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	browser.Cancel = func() error {
		err := syscall.Kill(-browser.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
}
