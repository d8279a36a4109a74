// Package openapi holds the OpenAPI document of all services, as generated beside the protos that it describes.
//
// It guarantees that the document served is the one of the protos of the same build. It refuses to describe what the protos
// don't: paths that are no service's (health, metrics, this document itself) are not in it.
package openapi
