package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// figuresChecker holds a proof against what else an auditor has.
type figuresChecker struct {
	figuresOptions
	feed, receipts string
	list           reporting.List
	found          []reporting.Finding
	notes          []string
}

func figuresCheck() *cobra.Command {
	f := &figuresChecker{}
	cmd := &cobra.Command{
		Use: "check FILE", Short: "Judge every decision of a proof anew, and hold it against the feed, the rows and the receipts", Args: cobra.ExactArgs(1),
		Long: "Reads a proof that mingjian figures proof got, and trusts nothing in it: the running digest, the last day of each decision\n" +
			"by the calendar, whether it is in time, late or omitted, and the counts are computed again. With --feed every decision that\n" +
			"was made public has to be in it, with --server the rows that it names have to be those of the platform's sequence and about\n" +
			"those decisions (the token is that of an integrator, an auditor or an administrator), with --receipts the receipt files have\n" +
			"to be there. Exit code 3 says that something is not what it claims; each finding is a line. What may have a reason that\n" +
			"the evidence does not tell is marked as a doubt.",
		Example: "  mingjian figures check 2026-11.jsonl --feed http://127.0.0.1:8080 --server http://127.0.0.1:8080 --receipts receipts\n" +
			"  mingjian figures check 2026-11.jsonl --feed feed.jsonl",
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.server != "" && f.token == "" {
				return usage("--server needs a token: set MINGJIAN_TOKEN")
			}
			return f.run(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
	l := cmd.Flags()
	f.serverFlags(l, ", whose rows are compared")
	l.StringVar(&f.feed, "feed", "", "URL of a server whose public feed is compared, or a file that mingjian feed follow printed from the first release on")
	l.StringVar(&f.receipts, "receipts", "", "folder with the receipt files of the platform")
	return cmd
}

func (f *figuresChecker) run(ctx context.Context, path string, out io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return usage("%w", err)
	}
	f.list, err = reporting.Read(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return &codedError{exitRefuted, fmt.Errorf("%s: %w", path, err)}
	}
	f.notes = append(f.notes, fmt.Sprintf("proof: %d decisions, running digest %s", f.list.Tail.Lines, f.list.Tail.Chain))
	f.found = f.list.Verify(calendar.Embedded())
	for _, against := range []func(context.Context) error{f.againstFeed, f.againstRows, f.againstReceipts} {
		if err := against(ctx); err != nil {
			return err
		}
	}
	return f.tell(out)
}

// tell prints the figures, what was compared, and what was found.
func (f *figuresChecker) tell(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "KIND\tDECISIONS\tDUE\tIN TIME\tLATE\tWAITING\tOPEN\tOMITTED\t合规率\t迟报率\t瞒报率")
	recounted := map[string]reporting.Figures{}
	for _, line := range f.list.Lines {
		n := recounted[line.Kind]
		n.Add(line.On(f.list.Head.AsOf))
		recounted[line.Kind] = n
	}
	for _, kind := range []string{"penalty", "licence"} {
		n := recounted[kind]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", kind, n.Decisions, n.Due, n.InTime, n.Late, n.Waiting, n.Open, n.Omitted,
			n.Compliance(), n.Lateness(), n.Omission())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, note := range f.notes {
		fmt.Fprintln(out, note)
	}
	refuted := 0
	for _, one := range f.found {
		mark := "doubt: "
		if !one.Doubt {
			mark = ""
			refuted++
		}
		fmt.Fprintln(out, mark+one.String())
	}
	if refuted > 0 {
		return &codedError{exitRefuted, fmt.Errorf("the proof is not what it claims: %d findings", refuted)}
	}
	return nil
}

// againstFeed receives the public feed from the first release on, checked as mingjian feed follow does.
func (f *figuresChecker) againstFeed(ctx context.Context) error {
	if f.feed == "" {
		return nil
	}
	var releases []reporting.Release
	follower := &feedFollower{log: io.Discard, options: followOptions{from: -1, check: true, giveUp: feedAnswer}, out: eachLine(func(line []byte) error {
		r, err := publicAct(line)
		if err == nil && r != nil {
			releases = append(releases, *r)
		}
		return err
	})}
	if err := f.follow(ctx, follower); err != nil {
		return err
	}
	f.notes = append(f.notes, fmt.Sprintf("feed: %d releases, running digest %s", follower.cursor.Sequence, follower.cursor.Chain))
	f.found = append(f.found, f.list.AgainstReleases(releases)...)
	return nil
}

func (f *figuresChecker) follow(ctx context.Context, follower *feedFollower) error {
	if strings.Contains(f.feed, "://") {
		source, err := openFeed(f.feed, false)
		if err != nil {
			return err
		}
		return errors.Join(follower.run(ctx, source), source.close())
	}
	file, err := os.Open(f.feed)
	if err != nil {
		return usage("--feed: %w", err)
	}
	defer func() { _ = file.Close() }() // was read
	follower.options.check = false
	for lines := bufio.NewReader(file); ; {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("--feed: %w", err)
		}
		r := &viewv1.Release{}
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(line, r); err != nil {
			return fmt.Errorf("--feed: no release in a line: %w", err)
		}
		err = follower.take(received{r, bytes.TrimSuffix(line, []byte("\n")), ""})
		if final := (*finalError)(nil); errors.As(err, &final) {
			return &codedError{final.code, err}
		}
		if err != nil {
			return err
		}
	}
}

// eachLine is a writer that is given a line at a time.
type eachLine func(line []byte) error

func (e eachLine) Write(p []byte) (int, error) { return len(p), e(p) }

// publicAct is what a release tells of a decision; nil for what no platform takes. The day of the decision is that of the document,
// which its digest holds.
func publicAct(line []byte) (*reporting.Release, error) {
	r := &viewv1.Release{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(line, r); err != nil {
		return nil, err
	}
	if kind := r.GetRecordKind(); kind != string(rule.Penalty) && kind != string(rule.Licence) {
		return nil, nil
	}
	out := &reporting.Release{Disclosure: r.GetDisclosureId(), Kind: r.GetRecordKind(), Authority: r.GetAuthority().GetId()}
	out.On, _ = calendar.Parse(r.GetReleasedOn())
	out.Adopted = r.GetKind() == viewv1.ReleaseKind_RELEASE_KIND_ADOPTED
	shows := []viewv1.ReleaseKind{
		viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, viewv1.ReleaseKind_RELEASE_KIND_CORRECTED, viewv1.ReleaseKind_RELEASE_KIND_ADOPTED, viewv1.ReleaseKind_RELEASE_KIND_UNMASKED,
	}
	out.Outlet = slices.Contains(shows, r.GetKind()) && slices.Contains(r.GetOutlets(), string(rule.CreditChina))
	var doc struct {
		Date calendar.Date `json:"date"`
	}
	if r.GetDocument() != "" {
		if err := json.Unmarshal([]byte(r.GetDocument()), &doc); err != nil {
			return nil, fmt.Errorf("document of release %d: %w", r.GetSequence(), err)
		}
	}
	out.DecidedOn = doc.Date
	return out, nil
}

// againstRows asks for the platform's rows from the first on.
func (f *figuresChecker) againstRows(ctx context.Context) error {
	if f.server == "" {
		return nil
	}
	return dial(f.server, f.token, func(conn grpc.ClientConnInterface) error {
		for _, kind := range []string{"penalty", "licence"} {
			items, head, err := allRows(ctx, mingjianv1.NewDeliveryServiceClient(conn), f.list.Head.Platform, kind)
			if err != nil {
				return err
			}
			running, found := f.list.AgainstRows(kind, items)
			if running != head {
				found = append(found, reporting.Finding{Text: fmt.Sprintf("the running digest over %d rows of %s is %s, and the server tells %s", len(items), kind, running, head)})
			}
			f.notes = append(f.notes, fmt.Sprintf("rows of %s: %d, running digest %s", kind, len(items), running))
			f.found = append(f.found, found...)
		}
		return nil
	})
}

// allRows are the rows of a kind, and the running digest that the server tells at the last of them.
func allRows(ctx context.Context, client mingjianv1.DeliveryServiceClient, platform, kind string) (items []reporting.Item, last chain.Chain, err error) {
	for after := uint64(0); ; {
		page, err := client.ListDeliveryRows(ctx, &mingjianv1.ListDeliveryRowsRequest{Platform: platform, Kind: kind, AfterNumber: after, PageSize: 1000})
		if err != nil || len(page.GetRows()) == 0 {
			return items, last, err
		}
		for _, r := range page.GetRows() {
			sum := sha256.Sum256([]byte(r.GetItem()))
			items = append(items, reporting.Item{Digest: hex.EncodeToString(sum[:]), Plain: []byte(r.GetItem())})
			after = r.GetNumber()
			if last, err = chain.Parse(r.GetChain()); err != nil {
				return nil, last, err
			}
		}
	}
}

// againstReceipts looks at every file of the folder.
func (f *figuresChecker) againstReceipts(context.Context) error {
	if f.receipts == "" {
		return nil
	}
	names := map[string]bool{}
	err := filepath.WalkDir(f.receipts, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, file)
		names[hex.EncodeToString(sum.Sum(nil))] = true
		return errors.Join(err, file.Close())
	})
	if err != nil {
		return usage("--receipts: %w", err)
	}
	f.notes = append(f.notes, fmt.Sprintf("receipts: %d files", len(names)))
	f.found = append(f.found, f.list.AgainstReceipts(names)...)
	return nil
}
