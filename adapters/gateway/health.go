package gateway

import (
	"context"
	"encoding/json"
	"net/http"
)

// Readiness is what /readyz tells: of each part of the process whether it can serve. Whoever asks may be anybody, so it holds
// names and numbers and words of closed sets alone, never the text of an error.
type Readiness struct {
	Ready       bool              `json:"ready"`
	Replica     string            `json:"replica,omitempty"` // this process among those that share the projections
	Stores      []StoreReady      `json:"stores"`
	Projections []ProjectionReady `json:"projections"`
}

// StoreReady tells whether a store answers.
type StoreReady struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
}

// ProjectionReady tells where a projection or a reactor is.
type ProjectionReady struct {
	Name     string `json:"name"`
	Ready    bool   `json:"ready"`
	Lacks    string `json:"lacks,omitempty"` // of projections.Lack
	Held     bool   `json:"held"`            // this process runs it
	Holder   string `json:"holder,omitempty"`
	Position string `json:"position"` // through which this process knows it to be
	Behind   uint64 `json:"behind"`   // the head of the log, in the store's positions
}

// alive answers for the process alone: it runs and takes calls.
func alive(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }

func readiness(ready func(context.Context) Readiness) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		told := ready(r.Context())
		body, err := json.Marshal(told)
		if err != nil {
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !told.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write(append(body, '\n'))
	}
}
