// Package codec is the table between stored type names and an aggregate's domain events.
//
// It guarantees that every type ever written decodes for ever: old types are upcast at read, step by step, on bytes, and
// unknown JSON fields are ignored. It refuses unknown types and never skips bytes it can't decode.
package codec
