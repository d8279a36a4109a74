// Package natstest gives tests and benchmarks a real NATS server with JetStream, on loopback and with file storage that is on the disk
// before anything is acknowledged (sync always): in this process, or in one of its own that can be killed; and a proxy that cuts
// connections.
//
// It guarantees that a server which is started again has its former address and files. It refuses nothing and is for tests alone.
package natstest
