package bus

// For the tests of the package.
var (
	Decode = decode
)
