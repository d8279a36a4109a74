package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// server is a mingjian that serves in a process of its own.
type server struct {
	cmd   *exec.Cmd
	url   string // of the REST door
	grpc  string // address of the gRPC door; empty without one
	log   chan string
	ended bool
}

// launch starts a program's serve on free ports with these arguments and waits for the lines that tell the ports.
func launch(program, dir string, env []string, args ...string) (*server, error) {
	cmd := exec.Command(program, append([]string{"serve", "--http", "127.0.0.1:0"}, args...)...) //nolint:gosec,noctx // stop ends it
	cmd.Dir, cmd.Env = dir, env
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, log: make(chan string, 1)}
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	lines, text := bufio.NewScanner(stderr), &strings.Builder{}
	for (s.url == "" || s.grpc == "" && wantsGRPC(args)) && lines.Scan() {
		fmt.Fprintln(text, lines.Text())
		s.url = cmp.Or(s.url, told(lines.Text(), `"?http"?[=:]"?(http://[0-9.:]+)`))
		s.grpc = cmp.Or(s.grpc, told(lines.Text(), `"?grpc"?[=:]"?([0-9.:]+)`))
	}
	go func() {
		for lines.Scan() {
			fmt.Fprintln(text, lines.Text())
		}
		s.log <- text.String()
	}()
	if s.url == "" {
		log, err := s.stop(syscall.SIGKILL)
		return nil, fmt.Errorf("the server did not serve: %w\n%s", err, log)
	}
	return s, nil
}

func wantsGRPC(args []string) bool { return slices.Contains(args, "--grpc") }

// told is what a line of the log says, in text or in JSON.
func told(line, pattern string) string {
	if found := regexp.MustCompile(pattern).FindStringSubmatch(line); found != nil && strings.Contains(line, "serving") {
		return found[1]
	}
	return ""
}

// stop sends a signal and returns the log and how the process ended.
func (s *server) stop(signal os.Signal) (log string, err error) {
	if s.ended {
		return "", errors.New("the server was stopped before")
	}
	s.ended = true
	if err := s.cmd.Process.Signal(signal); err != nil {
		return "", errors.Join(err, s.cmd.Wait())
	}
	log = <-s.log
	return log, s.cmd.Wait()
}

type serverKey struct{ suffix string }

// replica takes the first argument of serve and halt if it names another server than the first: -2 for the one at URL2.
func replica(args []string) (suffix string, rest []string) {
	if len(args) > 0 && args[0] == "-2" {
		return "2", args[1:]
	}
	return "", args
}

// serve [-2] ARG... starts a server and sets URL, and GRPC if --grpc is among the arguments.
func startServer(ts *testscript.TestScript, args []string) {
	suffix, args := replica(args)
	holder := servers(ts, suffix)
	if holder.server != nil && !holder.ended {
		ts.Fatalf("a server runs already")
	}
	env := append(os.Environ(), "HOME="+ts.Getenv("HOME"))
	for _, name := range []string{"MINGJIAN_EVENTS", "MINGJIAN_VIEWS", "MINGJIAN_MASTER_KEY"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	s, err := launch(itself, ts.MkAbs("."), env, args...)
	ts.Check(err)
	holder.server = s
	ts.Defer(func() {
		if !s.ended {
			_, _ = s.stop(syscall.SIGKILL) // the script failed before
		}
	})
	ts.Setenv("URL"+suffix, s.url)
	ts.Setenv("GRPC"+suffix, s.grpc)
}

// halt [-2] [KILL] ends the server, in order unless it is killed; its log is the standard error.
func stopServer(ts *testscript.TestScript, args []string) {
	suffix, args := replica(args)
	holder := servers(ts, suffix)
	need(ts, holder.server != nil && len(args) <= 1, "halt [-2] [KILL]")
	if len(args) == 1 {
		log, _ := holder.stop(syscall.SIGKILL)
		_, _ = io.WriteString(ts.Stderr(), log)
		return
	}
	log, err := holder.stop(syscall.SIGTERM)
	_, _ = io.WriteString(ts.Stderr(), log)
	ts.Check(err)
}

// serverHolder holds one server of a script.
type serverHolder struct{ *server }

func servers(ts *testscript.TestScript, suffix string) *serverHolder {
	holder, ok := ts.Value(serverKey{suffix}).(*serverHolder)
	if !ok {
		ts.Fatalf("the script was not set up for servers")
	}
	return holder
}

// grpc ADDRESS health|services|statistics|follow calls a gRPC door. A follower of the feed stays until the script ends.
func callGRPC(ts *testscript.TestScript, args []string) {
	need(ts, len(args) == 2, "grpc ADDRESS health|services|statistics|follow")
	conn, err := grpc.NewClient(strings.TrimPrefix(args[0], "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	ts.Check(err)
	ts.Defer(func() { _ = conn.Close() }) // its server may be gone
	ctx := context.Background()
	switch args[1] {
	case "health":
		got, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
		ts.Check(err)
		fmt.Fprintln(ts.Stdout(), got.GetStatus())
	case "statistics":
		got, err := mingjianv1.NewPublicServiceClient(conn).GetStatistics(ctx, &mingjianv1.GetStatisticsRequest{})
		ts.Check(err)
		fmt.Fprintln(ts.Stdout(), len(got.GetStatistics()))
	case "services":
		stream, err := grpc_reflection_v1.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
		ts.Check(err)
		ts.Check(stream.Send(&grpc_reflection_v1.ServerReflectionRequest{
			MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{},
		}))
		got, err := stream.Recv()
		ts.Check(err)
		for _, s := range got.GetListServicesResponse().GetService() {
			fmt.Fprintln(ts.Stdout(), s.GetName())
		}
		ts.Check(stream.CloseSend())
	case "follow":
		stream, err := mingjianv1.NewFeedServiceClient(conn).FollowReleases(ctx, &mingjianv1.FollowReleasesRequest{})
		ts.Check(err)
		first, err := stream.Recv() // the server has the follower then
		ts.Check(err)
		fmt.Fprintln(ts.Stdout(), first.GetRelease().GetSequence())
	default:
		ts.Fatalf("unknown call %s", args[1])
	}
}
