// Package sftptest gives tests a real SSH server on the loopback address that serves a folder by SFTP to one key.
//
// It guarantees that the server ends with the test, and that whoever watches it is called before each answer leaves, so that a test can
// break off a client between what it did and what it knows of it. It refuses every other key, and is for tests alone.
package sftptest
