package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func drawSeal() *cobra.Command {
	var terms, party, nonceFile string
	c := &cobra.Command{
		Use: "seal --terms DIGEST --party NAME --nonce-file FILE", Short: "Make a party's commitment (承诺) to a draw", Args: cobra.NoArgs,
		Long: "Draws a nonce of 32 random bytes, keeps it in a file that only you can read, and prints the commitment to hand in.\n" +
			"If the file is there already, its nonce is used, so that the same commitment comes out again. After all parties\n" +
			"have committed, hand in the nonce itself: it is what stands in the file.",
		Example: "  mingjian draw seal --terms f24926be… --party 驻局纪检监察组 --nonce-file nonce-T1-1.hex",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var digest sortition.Digest
			if err := digest.UnmarshalText([]byte(terms)); err != nil {
				return usage("--terms: %w", err)
			}
			if party == "" || nonceFile == "" {
				return usage("--party and --nonce-file are required")
			}
			nonce, err := keptNonce(nonceFile)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), sortition.Seal(digest, party, nonce))
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&terms, "terms", "", "digest of the draw's fixed terms, 64 hexadecimal digits")
	f.StringVar(&party, "party", "", "the party's name, exactly as in the terms")
	f.StringVar(&nonceFile, "nonce-file", "", "where the nonce is kept until it is revealed")
	return c
}

// keptNonce reads the nonce of a file, or makes one and keeps it there before anything depends on it.
func keptNonce(path string) (nonce sortition.Nonce, err error) {
	text, err := os.ReadFile(path) //nolint:gosec // the file that the user named
	switch {
	case err == nil:
		if len(text) > 0 && text[len(text)-1] == '\n' {
			text = text[:len(text)-1]
		}
		if err := nonce.UnmarshalText(text); err != nil {
			return nonce, usage("--nonce-file: %s holds no nonce: %w", path, err)
		}
		return nonce, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nonce, err
	}
	if _, err := rand.Read(nonce[:]); err != nil {
		return nonce, err
	}
	text, err = nonce.MarshalText()
	if err != nil {
		return nonce, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the file that the user named
	if err != nil {
		return nonce, err
	}
	_, err = fmt.Fprintf(file, "%s\n", text)
	return nonce, errors.Join(err, file.Sync(), file.Close())
}
