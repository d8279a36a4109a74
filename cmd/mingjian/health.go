package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// healthCommand is the probe for where there is no shell, as in the container image.
func healthCommand(terminal) *cobra.Command {
	var patience time.Duration
	c := &cobra.Command{
		Use: "health URL", Short: "Ask a server whether it is well", Args: cobra.ExactArgs(1),
		Long: "Asks a URL, such as /healthz or /readyz of a server, and ends with 0 if the answer is 200; else it prints what was\n" +
			"answered and ends with 1. For probes where there is no shell.",
		Example: "  mingjian health http://127.0.0.1:8080/readyz",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), patience)
			defer cancel()
			return askHealth(ctx, args[0])
		},
	}
	c.Flags().DurationVar(&patience, "timeout", 3*time.Second, "longest wait for the answer")
	return c
}

func askHealth(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil || req.URL.Host == "" || req.URL.User != nil {
		return usage("URL: http or https, a host and a path")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered %s: %s", resp.Status, strings.TrimSpace(string(text)))
	}
	return err
}
