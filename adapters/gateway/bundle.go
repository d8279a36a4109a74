package gateway

import (
	"errors"
	"io"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// bundle serves a draw's bundle as the one JSON document that it is. grpc-gateway would wrap each message of the stream, or
// put a line feed between two pieces of a document, and has no problem document for a stream that fails at once.
func bundle(conn grpc.ClientConnInterface) http.Handler {
	client := mingjianv1.NewPublicServiceClient(conn)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := metadata.AppendToOutgoingContext(r.Context(), "x-request-id", r.Header.Get("X-Request-Id"))
		if token := r.Header.Get("Authorization"); token != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", token) // the chain tells who has a bad one
		}
		stream, err := client.GetDrawBundle(ctx, &mingjianv1.GetDrawBundleRequest{Id: r.PathValue("id")})
		if err != nil {
			problemOf(status.Convert(err), chinese(r)).write(w, r)
			return
		}
		for begun := false; ; begun = true {
			piece, err := stream.Recv()
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil && begun:
				panic(http.ErrAbortHandler) // the caller must not take the beginning for the whole
			case err != nil:
				problemOf(status.Convert(err), chinese(r)).write(w, r)
				return
			case !begun:
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Cache-Control", "public, no-cache")
			}
			if _, err := w.Write(piece.GetChunk()); err != nil {
				return // the caller is gone; ending the request ends the stream
			}
		}
	})
}
