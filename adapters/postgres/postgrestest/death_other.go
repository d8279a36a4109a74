//go:build !linux

package postgrestest

import "syscall"

// attributes let a server run as its owner.
func attributes(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: owner}
}
