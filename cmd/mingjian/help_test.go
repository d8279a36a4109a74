package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestEveryCommandHelps asks each command for its help: what it is for, an example where it does something, and flags that
// say what they are. Each example is a command line that the program takes.
func TestEveryCommandHelps(t *testing.T) {
	t.Parallel()
	root := newRoot(terminal{getenv: func(string) string { return "" }})
	examples := 0
	for _, c := range everyCommand(root) {
		path := strings.Fields(c.CommandPath())[1:]
		code, out, errs := command(t, append(path, "--help")...)
		if code != exitOK || errs != "" {
			t.Errorf("%s --help ended with %d\n%s", c.CommandPath(), code, errs)
		}
		if c.Short == "" || !strings.Contains(out, strings.TrimSpace(c.Long)) && c.Long != "" || !strings.Contains(out, "--help") {
			t.Errorf("%s explains little:\n%s", c.CommandPath(), out)
		}
		for flag := range strings.Lines(c.Flags().FlagUsages()) {
			if len(strings.Fields(flag)) < 3 {
				t.Errorf("%s does not explain %s", c.CommandPath(), flag)
			}
		}
		if !c.HasSubCommands() && c.Name() != "version" && !strings.Contains(out, "Examples:\n") {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			examples++
			if fault := taken(line, c); fault != "" {
				t.Errorf("the example %q of %s: %s", strings.TrimSpace(line), c.CommandPath(), fault)
			}
		}
	}
	if examples < 10 {
		t.Errorf("only %d examples", examples)
	}
}

// taken parses the part of an example that is ours, and says what is wrong with it.
func taken(line string, of *cobra.Command) string {
	line, _, _ = strings.Cut(line, " > ")
	at := strings.Index(line, "mingjian ")
	if at < 0 {
		return ""
	}
	args := strings.Fields(line[at:])[1:]
	c, rest, err := newRoot(terminal{getenv: func(string) string { return "" }}).Find(args)
	if err != nil {
		return err.Error()
	}
	if err := c.ParseFlags(rest); err != nil {
		return err.Error()
	}
	if err := c.ValidateArgs(c.Flags().Args()); err != nil {
		return err.Error()
	}
	if c.CommandPath() != of.CommandPath() && !slices.Contains([]string{"mingjian restore", "mingjian backup", "mingjian verify"}, c.CommandPath()) {
		return "it shows " + c.CommandPath()
	}
	return ""
}

func TestCompletionsAreWritten(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if code, out, errs := command(t, "completion", shell); code != exitOK || !strings.Contains(out, "mingjian") {
			t.Errorf("completion %s ended with %d\n%s", shell, code, errs)
		}
	}
}
