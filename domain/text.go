package domain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text refuses what a one-line text may not hold: bytes that aren't UTF-8, control characters, the direction marks that
// make a text read as another one, and more than limit characters. Receiving platforms refuse control characters too
// (“里包含特殊字符信息”). An empty text passes.
func Text(code, field, value string, limit int) *Fault { return text(code, field, value, limit, "") }

// Prose is Text for texts of several lines: a line feed may stand in them, as in the decisions that were served.
func Prose(code, field, value string, limit int) *Fault { return text(code, field, value, limit, "\n") }

func text(code, field, value string, limit int, allowed string) *Fault {
	if !utf8.ValidString(value) {
		return Refuse(Invalid, code+".text.encoding", field, field+"：不是有效的UTF-8文本", field+" is not UTF-8 text")
	}
	for _, r := range value {
		if misleads(r) && !strings.ContainsRune(allowed, r) {
			return Refuse(Invalid, code+".text.control", field,
				fmt.Sprintf("%s：包含特殊字符信息（U+%04X）", field, r), fmt.Sprintf("%s holds the control character U+%04X", field, r))
		}
	}
	if n := utf8.RuneCountInString(value); n > limit {
		return Refuse(Invalid, code+".text.length", field,
			fmt.Sprintf("%s：共%d字，不得超过%d字", field, n, limit), fmt.Sprintf("%s has %d characters, over %d", field, n, limit))
	}
	return nil
}

// misleads tells control characters, and the embeddings, overrides and isolates of writing direction.
func misleads(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}
