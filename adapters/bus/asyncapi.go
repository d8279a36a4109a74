package bus

import (
	"bytes"
	_ "embed"
	"net/http"
	"time"
)

//go:embed asyncapi.json
var document []byte

// Document is the AsyncAPI 3 document of all messages, JSON. The caller must not write into it.
func Document() []byte { return document }

// Pages are what a server shows of the bus, by pattern: the document at /asyncapi.json.
func Pages() map[string]http.Handler {
	return map[string]http.Handler{"GET /asyncapi.json": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(document))
	})}
}
