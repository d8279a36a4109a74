package gateway

import (
	"errors"
	"io"
	"regexp"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
)

// quoting finds where protojson begins to quote what it could not read: an identity number typed as a number, say, has no
// business in a problem, which is logged on its way.
var quoting = regexp.MustCompile(`(?s)(invalid value for \S+ field [^\s:]+|invalid value|unexpected token|invalid escape code|invalid character|unexpected character).*`)

// NewDecoder reads requests as protojson does, and says what is wrong with one by place and field alone.
func (a *answers) NewDecoder(r io.Reader) runtime.Decoder {
	inner := a.JSONPb.NewDecoder(r)
	return runtime.DecoderFunc(func(v any) error {
		err := inner.Decode(v)
		if err == nil {
			return nil
		}
		if said := err.Error(); quoting.MatchString(said) {
			return errors.New(quoting.ReplaceAllString(said, "$1"))
		}
		return err
	})
}
