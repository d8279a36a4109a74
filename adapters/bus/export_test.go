package bus

// For the tests of the package.
var (
	Encode = encode
	Decode = decode
)
