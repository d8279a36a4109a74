package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
)

// Files of either side of a gap, in the data directory unless flags name others.
const (
	gapKeyFile  = "gap.key"      // signs what this side writes
	gapPeerFile = "gap-peer.pem" // public keys of the other side
	gapState    = "gap"          // folder of what the sender wrote down
)

// gapPlaces say where a side of a gap has what it works with.
type gapPlaces struct {
	Folder string // shared with the other side
	Key    string
	Peer   string
	Again  time.Duration // how long what was asked for may take
}

func (g *gapPlaces) flags(f *pflag.FlagSet) {
	f.StringVar(&g.Folder, "gap-folder", "", "folder that the inner and the outer side of an air gap share, or what is carried of it")
	f.StringVar(&g.Key, "gap-key", "", "file of the key that signs what this side puts into it; gap.key in the data directory if empty")
	f.StringVar(&g.Peer, "gap-peer", "", "file of the other side's public keys; gap-peer.pem in the data directory if empty")
}

func (g *gapPlaces) againFlag(f *pflag.FlagSet) {
	f.DurationVar(&g.Again, "gap-again", time.Hour, "how long what the outer side asked for may take before it asks again")
}

func gapCommand(t terminal) *cobra.Command {
	c := &cobra.Command{
		Use: "gap", Short: "Carry what an inner ledger makes public to an outer one over an air gap", Args: cobra.NoArgs,
		Long: "An inner ledger on a closed network and an outer one share nothing but a folder, or a one-way link. The inner side sends\n" +
			"signed, numbered bundles of what it makes public, and of nothing else; the outer side takes them into a ledger made for\n" +
			"them, whose release feed and records are the same, and writes receipts the other way. What is lost, repeated, exchanged,\n" +
			"altered or cut off on the way is named, and sent again when the outer side asks for it.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(gapKey(t), gapSend(t), gapReceive(t), gapStatus(t))
	return c
}

func gapKey(terminal) *cobra.Command {
	var c config
	var g gapPlaces
	cmd := &cobra.Command{
		Use: "key", Short: "Make the key that signs, if there is none, and print its public half for the other side", Args: cobra.NoArgs,
		Long: "Prints the public key in PEM. The other side keeps it as its --gap-peer, brought there by a way that people trust: whoever\n" +
			"has the private key can speak for this side. Several public keys in one file are all believed, while one takes the\n" +
			"place of another.",
		Example: "  mingjian gap key --data /var/lib/mingjian > inner.pem",
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := g.key(&c)
			key, err := airgap.ReadKey(path)
			var public ed25519.PublicKey
			switch {
			case errors.Is(err, fs.ErrNotExist):
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					return err
				}
				public, err = airgap.MakeKey(path)
			case err == nil:
				public, _ = key.Public().(ed25519.PublicKey)
			}
			if err != nil {
				return err
			}
			text, err := airgap.PublicText(public)
			if err == nil {
				_, err = fmt.Fprint(cmd.OutOrStdout(), text)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&c.Data, "data", "data", "data directory of this side")
	g.flags(cmd.Flags())
	return cmd
}

func (g *gapPlaces) key(c *config) string {
	if g.Key != "" {
		return g.Key
	}
	return c.path(gapKeyFile)
}

// open opens the folder and the keys; peers may be missing where the link is one-way.
func (g *gapPlaces) open(c *config, oneWay bool) (folder airgap.Folder, key ed25519.PrivateKey, peers []ed25519.PublicKey, err error) {
	if g.Folder == "" {
		return folder, nil, nil, usage("--gap-folder: the folder that both sides share is required")
	}
	if key, err = airgap.ReadKey(g.key(c)); err != nil {
		return folder, nil, nil, usage("--gap-key: %w; mingjian gap key makes one", err)
	}
	path := g.Peer
	if path == "" {
		path = c.path(gapPeerFile)
	}
	peers, err = airgap.ReadPeers(path)
	if oneWay && g.Peer == "" && errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return folder, nil, nil, usage("--gap-peer: %w", err)
	}
	folder, err = airgap.OpenFolder(g.Folder)
	return folder, key, peers, err
}

func gapStatus(terminal) *cobra.Command {
	var c config
	var g gapPlaces
	var state string
	cmd := &cobra.Command{
		Use: "status", Short: "Tell how far this side of a gap is", Args: cobra.NoArgs,
		Long: "Of an outer ledger it tells how many acts were taken, and reads all of them to see that they are what was recorded of them;\n" +
			"exit code 3 says that they are not. Of an inner ledger it tells what was sent and what the last receipt says.",
		Example: "  mingjian gap status --data /var/lib/mingjian-outer",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.reading(cmd.Context(), func(events eventLog) error {
				out := cmd.OutOrStdout()
				outer, err := airgap.Outer(cmd.Context(), events)
				if err != nil {
					return err
				}
				if !outer {
					return g.sentSoFar(&c, state, out)
				}
				at, sound, err := airgap.Stand(cmd.Context(), events)
				if err != nil {
					return err
				}
				fmt.Fprintf(out, "outer ledger of %s, in its epoch %s\n%d acts, chain %s\nlast bundle %s.%d.%d\n",
					at.Ledger, at.Epoch, at.Acts, at.Chain, at.Last.Epoch, at.Last.Series, at.Last.Bundle)
				if !sound {
					return refuted("the acts in the log are not those that were recorded as taken")
				}
				return nil
			})
		},
	}
	c.storeFlags(cmd.Flags(), "data directory; a server may run on it")
	g.flags(cmd.Flags())
	stateFlag(cmd.Flags(), &state)
	return cmd
}

func stateFlag(f *pflag.FlagSet, state *string) {
	f.StringVar(state, "gap-state", "", "folder of what the sender wrote down; gap in the data directory if empty")
}

func (g *gapPlaces) state(c *config, given string) string {
	if given != "" {
		return given
	}
	return c.path(gapState)
}
