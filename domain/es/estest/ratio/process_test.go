package ratio_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

func TestProcessOf(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no proc(5) here")
	}
	child := exec.CommandContext(t.Context(), "cat")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	p, there := ratio.ProcessOf(child.Process.Pid)
	if !there || p.Parent != os.Getpid() {
		t.Errorf("%+v, %t; its parent is %d", p, there, os.Getpid())
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	if p, there := ratio.ProcessOf(child.Process.Pid); there {
		t.Errorf("it ended, and there is %+v", p)
	}
	before, _ := ratio.ProcessOf(os.Getpid())
	for n, sum := 0, 0; ; n++ { // until the system counts it
		sum += n % 7
		if n%1_000_000 != 0 {
			continue
		}
		if now, _ := ratio.ProcessOf(os.Getpid()); now.Worked > before.Worked {
			return
		} else if t.Context().Err() != nil || sum < 0 {
			t.Fatal("what it worked is not counted")
		}
	}
}
