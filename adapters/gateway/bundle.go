package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// bundle serves a draw's bundle as the one JSON document that it is.
func bundle(conn grpc.ClientConnInterface) http.Handler {
	client := mingjianv1.NewPublicServiceClient(conn)
	return pieces(public("application/json"), func(ctx context.Context, r *http.Request) (func() ([]byte, error), error) {
		stream, err := client.GetDrawBundle(ctx, &mingjianv1.GetDrawBundleRequest{Id: r.PathValue("id")})
		return func() ([]byte, error) {
			piece, err := stream.Recv()
			return piece.GetChunk(), err
		}, err
	})
}

// samplingList serves a published list of results as the lines that it is.
func samplingList(conn grpc.ClientConnInterface) http.Handler {
	client := mingjianv1.NewPublicServiceClient(conn)
	return pieces(public("application/x-ndjson"), func(ctx context.Context, r *http.Request) (func() ([]byte, error), error) {
		version, err := strconv.ParseUint(r.PathValue("version"), 10, 32)
		if err != nil {
			version = 0 // is refused as what it is: no version
		}
		stream, err := client.GetPublicSamplingList(ctx, &mingjianv1.GetPublicSamplingListRequest{Id: r.PathValue("id"), Version: uint32(version)})
		return func() ([]byte, error) {
			piece, err := stream.Recv()
			return piece.GetChunk(), err
		}, err
	})
}

// pieces serves a stream of pieces as the one body that they are. grpc-gateway would wrap each message of the stream, or put a
// line feed between two pieces of a document, and has no problem document for a stream that fails at once. describe sets the
// headers, when the first piece is there.
func pieces(describe func(h http.Header, r *http.Request, first []byte), open func(context.Context, *http.Request) (func() ([]byte, error), error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := metadata.AppendToOutgoingContext(r.Context(), "x-request-id", r.Header.Get("X-Request-Id"))
		if token := r.Header.Get("Authorization"); token != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", token) // a bad one is refused here as everywhere
		}
		next, err := open(ctx, r)
		if err != nil {
			problemOf(status.Convert(err), chinese(r)).write(w, r)
			return
		}
		for begun := false; ; begun = true {
			piece, err := next()
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil && begun:
				panic(http.ErrAbortHandler) // the caller must not take the beginning for the whole
			case err != nil:
				problemOf(status.Convert(err), chinese(r)).write(w, r)
				return
			case !begun:
				describe(w.Header(), r, piece)
			}
			if _, err := w.Write(piece); err != nil {
				return // the caller is gone; ending the request ends the stream
			}
		}
	})
}
