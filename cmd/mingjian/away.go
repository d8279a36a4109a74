package main

import (
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// storeAway tells whether a call failed because a store on a server can't be reached for now, or went away amidst it.
func storeAway(err error) bool {
	if comesLater(err) {
		return true
	}
	if said := (*pgconn.PgError)(nil); errors.As(err, &said) {
		// Class 57P: the server stops, crashed or starts. Class 08: the connection.
		return strings.HasPrefix(said.Code, "57P") || strings.HasPrefix(said.Code, "08")
	}
	cut := (*net.OpError)(nil)
	return errors.As(err, &cut) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgconn.ErrConnClosed) || pgconn.SafeToRetry(err)
}
