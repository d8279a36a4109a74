package domain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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

// IsDigest tells whether a text is a SHA-256 in lower-case hex.
func IsDigest(text string) bool {
	return len(text) == 2*sha256.Size && strings.Trim(text, "0123456789abcdef") == ""
}

// Digest refuses what is neither blank nor a SHA-256 in lower-case hex.
func Digest(code, field, value string) *Fault {
	if value == "" || IsDigest(value) {
		return nil
	}
	return Refuse(Invalid, code+".digest.form", field,
		field+"：应为小写十六进制的SHA-256摘要", field+" is a SHA-256 digest in lower-case hex")
}

// Evidence refuses more pieces of evidence (证据) than most, and what are not different digests of them.
func Evidence(code string, digests []string, most int) *Fault {
	if len(digests) > most {
		return Refuse(Invalid, code+".evidence.number", "evidence",
			fmt.Sprintf("证据不得超过%d件", most), fmt.Sprintf("at most %d pieces of evidence", most))
	}
	for i, d := range digests {
		if !IsDigest(d) || slices.Contains(digests[:i], d) {
			return Refuse(Invalid, code+".evidence.digest", "evidence",
				"证据应为互不相同的小写十六进制SHA-256摘要", "evidence is given by different SHA-256 digests in lower-case hex")
		}
	}
	return nil
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
