package postgrestest

import "syscall"

// attributes let a server run as its owner and die with the test process.
func attributes(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}
}
