package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/adapters/telemetry"
)

func versionCommand(terminal) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of this binary", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "mingjian %s %s %s/%s\n", telemetry.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
