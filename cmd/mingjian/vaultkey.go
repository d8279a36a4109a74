package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
)

// vaultKey makes the file that several replicas share.
func vaultKey(terminal) *cobra.Command {
	return &cobra.Command{
		Use: "key FILE", Short: "Make a file with a new master key", Args: cobra.ExactArgs(1),
		Long: "Makes a file with one new master key, for servers that are given it (--master-key) rather than make their own: replicas\n" +
			"that share a vault, and those that mount it as a secret. A file that is there is refused. Whoever loses it loses the\n" +
			"personal data; whoever has it and the vault reads them.",
		Example: "  mingjian vault key /etc/mingjian/master.key",
		RunE: func(cmd *cobra.Command, args []string) error {
			if !missing(args[0]) {
				return usage("%s is there already", args[0])
			}
			name, err := vault.NewKeyFile(args[0], time.Now).Rotate(cmd.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "master key %s; keep a copy of the file apart from all backups\n", name)
			return err
		},
	}
}
