package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc"
)

// doors are the listeners of a serving instance.
type doors struct {
	http     *http.Server
	httpAddr net.Addr
	grpcAddr net.Addr // nil without a listener of its own
	failed   chan error
}

// openDoors starts to listen and serve. REST and gRPC share the first address: a gRPC call is HTTP/2 with its content type.
func openDoors(ctx context.Context, c config, rest http.Handler, rpc *grpc.Server, log *slog.Logger) (*doors, error) {
	var lc net.ListenConfig
	web, err := lc.Listen(ctx, "tcp", c.HTTP)
	if err != nil {
		return nil, fmt.Errorf("--http: %w", err)
	}
	d := &doors{httpAddr: web.Addr(), failed: make(chan error, 2)}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	d.http = &http.Server{
		Handler: both(rest, rpc), Protocols: protocols, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	if c.GRPC != "" {
		lis, err := lc.Listen(ctx, "tcp", c.GRPC)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--grpc: %w", err), web.Close())
		}
		d.grpcAddr = lis.Addr()
		go d.report(func() error { return rpc.Serve(lis) })
	}
	go d.report(func() error { return d.http.Serve(web) })
	return d, nil
}

func (d *doors) report(serve func() error) {
	if err := serve(); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, grpc.ErrServerStopped) {
		d.failed <- err
	}
}

func both(rest http.Handler, rpc *grpc.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			rpc.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

// shut lets calls under way finish and cuts off what is left when ctx ends.
func (d *doors) shut(ctx context.Context) error {
	if err := d.http.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("calls under way did not end in time and were cut off: %w", err), d.http.Close())
	}
	return nil
}

// url is where people find the REST door.
func (d *doors) url() string { return "http://" + d.httpAddr.String() }
