package domain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// DigestOf is the SHA-256, in lower-case hex, of a content as JSON: members in the order of the fields, no blanks, characters
// as they are in UTF-8. It names what somebody approves. A content that JSON can't hold has none, which no digest equals.
func DigestOf[T any](content T) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(content); err != nil {
		return ""
	}
	sum := sha256.Sum256(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
	return hex.EncodeToString(sum[:])
}

// Approves refuses an approval of another content than the one that stands. An approval that names no digest is of that one.
func Approves(code, field, named, stands string) *Fault {
	if named == "" || named == stands {
		return nil
	}
	return Refuse(Conflict, code, field,
		fmt.Sprintf("内容已变动：所同意内容的摘要为%s，现有内容的摘要为%s，请重新核对", named, stands),
		fmt.Sprintf("the content is another: the digest agreed to is %s, that of what stands is %s; look at it again", named, stands))
}
