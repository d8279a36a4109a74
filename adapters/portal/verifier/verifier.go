package verifier

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed index.html page.css *.js
var files embed.FS

// policy lets the page run its own scripts and read from its own server; no frame may hold it, no form may leave it.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handlers gives the page and what belongs to it by patterns of http.ServeMux, all under a path such as /verify/. The page reads
// bundles from ../v1/public/draws/{id}/bundle; its query's member draw names one to begin with.
func Handlers(under string) (map[string]http.Handler, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	all := map[string]http.Handler{"GET " + path.Clean(under): http.HandlerFunc(toFolder)}
	for _, entry := range entries {
		content, err := fs.ReadFile(files, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the page: %w", err)
		}
		if entry.Name() == "index.html" {
			all["GET "+under+"{$}"] = part(entry.Name(), content)
			continue
		}
		all["GET "+under+entry.Name()] = part(entry.Name(), content)
	}
	return all, nil
}

// part serves one file. Its name stays the same when it changes, so that it is asked for each time, by its tag.
func part(name string, content []byte) http.Handler {
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(content))
	kind := map[string]string{".html": "text/html", ".css": "text/css", ".js": "text/javascript"}[path.Ext(name)] + "; charset=utf-8"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "public, no-cache")
		h.Set("Etag", tag)
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}

// toFolder sends on who left the stroke at the end out.
func toFolder(w http.ResponseWriter, r *http.Request) {
	to := path.Base(r.URL.Path) + "/"
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, to, http.StatusMovedPermanently)
}
