package sortition

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

func (s Subject) appendLine(to []byte) []byte {
	to = appendMember(to, `{"id":`, s.ID)
	to = appendMember(to, `,"stratum":`, s.Stratum)
	to = appendMember(to, `,"district":`, s.District)
	return append(to, '}')
}

func parseSubject(line string) (Subject, bool) {
	scan := lineScanner{rest: line}
	subject := Subject{ID: scan.member(`{"id":`), Stratum: scan.member(`,"stratum":`), District: scan.member(`,"district":`)}
	return subject, scan.end()
}

func (i Inspector) appendLine(to []byte) []byte {
	to = appendMember(to, `{"id":`, i.ID)
	to = appendMember(to, `,"department":`, i.Department)
	to = appendMember(to, `,"licence_valid_until":`, i.LicenceValidUntil)
	to = appendMembers(to, `,"lines":[`, i.Lines)
	to = appendMembers(to, `,"districts":[`, i.Districts)
	return append(to, '}')
}

func parseInspector(line string) (Inspector, bool) {
	scan := lineScanner{rest: line}
	inspector := Inspector{ID: scan.member(`{"id":`), Department: scan.member(`,"department":`),
		LicenceValidUntil: scan.member(`,"licence_valid_until":`),
		Lines:             scan.members(`,"lines":[`), Districts: scan.members(`,"districts":[`)}
	return inspector, scan.end()
}

func (c Conflict) appendLine(to []byte) []byte {
	to = appendMember(to, `{"inspector":`, c.Inspector)
	to = appendMember(to, `,"subject":`, c.Subject)
	return append(to, '}')
}

func parseConflict(line string) (Conflict, bool) {
	scan := lineScanner{rest: line}
	conflict := Conflict{Inspector: scan.member(`{"inspector":`), Subject: scan.member(`,"subject":`)}
	return conflict, scan.end()
}

func appendMember(to []byte, name, value string) []byte {
	return appendQuoted(append(to, name...), value)
}

func appendMembers(to []byte, name string, values []string) []byte {
	to = append(to, name...)
	for i, value := range values {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendQuoted(to, value)
	}
	return append(to, ']')
}

// appendQuoted writes a string as RFC 8785 §3.2.2.2 does: only what must be escaped is.
func appendQuoted(to []byte, text string) []byte {
	const short = "\b\t\n\f\r\"\\"
	to = append(to, '"')
	from := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		to = append(to, text[from:i]...)
		from = i + 1
		if at := strings.IndexByte(short, c); at >= 0 {
			to = append(to, '\\', `btnfr"\`[at])
		} else {
			to = fmt.Appendf(to, `\u%04x`, c)
		}
	}
	return append(append(to, text[from:]...), '"')
}

// lineScanner takes a line apart from the left. After the first thing that is not as expected it takes nothing more.
type lineScanner struct {
	rest   string
	failed bool
}

func (s *lineScanner) literal(want string) {
	if s.failed || !strings.HasPrefix(s.rest, want) {
		s.failed = true
		return
	}
	s.rest = s.rest[len(want):]
}

func (s *lineScanner) member(name string) string {
	s.literal(name)
	return s.quoted()
}

func (s *lineScanner) members(name string) []string {
	s.literal(name)
	var values []string
	for !s.failed && !strings.HasPrefix(s.rest, "]") {
		if len(values) > 0 {
			s.literal(",")
		}
		values = append(values, s.quoted())
	}
	s.literal("]")
	return values
}

// quoted takes a string in its canonical spelling.
func (s *lineScanner) quoted() string {
	s.literal(`"`)
	if s.failed {
		return ""
	}
	end := strings.IndexAny(s.rest, `"\`)
	if end >= 0 && s.rest[end] == '"' && plain(s.rest[:end]) {
		text := s.rest[:end]
		s.rest = s.rest[end+1:]
		return text
	}
	return s.escaped()
}

// escaped takes a string that has escapes: it is canonical if writing it again gives the same.
func (s *lineScanner) escaped() string {
	end := 0
	for end < len(s.rest) && s.rest[end] != '"' {
		if s.rest[end] == '\\' {
			end++
		}
		end++
	}
	var text string
	if end >= len(s.rest) || json.Unmarshal([]byte(`"`+s.rest[:end+1]), &text) != nil ||
		string(appendQuoted(nil, text)) != `"`+s.rest[:end+1] {
		s.failed = true
		return ""
	}
	s.rest = s.rest[end+1:]
	return text
}

func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' {
			return false
		}
	}
	return utf8.ValidString(text)
}

func (s *lineScanner) end() bool {
	s.literal("}")
	return !s.failed && s.rest == ""
}
