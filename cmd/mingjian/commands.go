package main

import "github.com/spf13/cobra"

// commands are all there is to do, in the order of the help text.
func commands(t terminal) []*cobra.Command {
	return []*cobra.Command{
		serveCommand(t), demoCommand(t), importCommand(t), drawCommand(t), verifyCommand(t), logCommand(t), projectionCommand(t), rulesCommand(t), profilesCommand(t),
		tokenCommand(t), vaultCommand(t), busCommand(t), feedCommand(t), webhookCommand(t), figuresCommand(), exchangeCommand(t), gapCommand(t), backupCommand(t), restoreCommand(t), healthCommand(t), versionCommand(t),
	}
}
