// Command protodeps writes the third-party .proto files that the files under
// proto/ import into a folder, so that buf can resolve them without a network
// registry.
//
// It guarantees that what it writes is exactly what the pinned Go modules were
// generated from: each file is printed from the descriptor linked into the Go
// package, so the .proto a message is checked against and the Go code it is
// compiled with cannot be of different versions. The output folder is replaced
// as a whole, hence a file dropped here does not linger there.
//
// It refuses to write the well-known types (google/protobuf/*), which buf
// carries itself, and leaves no half-written folder behind: the files are
// printed into a sibling folder first, then the two are swapped. Comments are
// not part of a linked descriptor and are therefore lost; read them in the Go
// package or at the origin.
package main
