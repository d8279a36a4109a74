package openapi

import _ "embed"

//go:embed openapi.json
var document []byte

// Document is the OpenAPI 2.0 document, JSON. The caller must not write into it.
func Document() []byte { return document }
