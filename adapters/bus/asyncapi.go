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

// Pages are what a server shows of the bus, by pattern: the document at /asyncapi.json, and each of Schemas at /schemas/NAME.json.
func Pages() (map[string]http.Handler, error) {
	schemas, err := Schemas()
	if err != nil {
		return nil, err
	}
	pages := map[string]http.Handler{"GET /asyncapi.json": fixed(document, "application/json")}
	for name, text := range schemas {
		pages["GET /schemas/"+name+".json"] = fixed(text, "application/schema+json")
	}
	return pages, nil
}

func fixed(text []byte, kind string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
	})
}
