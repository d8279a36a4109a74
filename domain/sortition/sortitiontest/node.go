package sortitiontest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// node is a JSON value whose members keep their order and may be there twice.
type node struct {
	scalar  json.RawMessage // a text, a number or a word; nil for an object or a list
	list    bool
	names   []string // of an object, as JSON
	members []*node
}

func parse(document []byte) (*node, error) {
	in := json.NewDecoder(bytes.NewReader(document))
	in.UseNumber()
	return parseNode(in)
}

func parseNode(in *json.Decoder) (*node, error) {
	token, err := in.Token()
	if err != nil {
		return nil, err
	}
	open, compound := token.(json.Delim)
	if !compound {
		scalar, err := encode(token)
		return &node{scalar: scalar}, err
	}
	n := &node{list: open == '['}
	for in.More() {
		if !n.list {
			name, err := in.Token()
			if err != nil {
				return nil, err
			}
			text, err := encode(name)
			if err != nil {
				return nil, err
			}
			n.names = append(n.names, string(text))
		}
		member, err := parseNode(in)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member)
	}
	_, err = in.Token()
	return n, err
}

func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func (n *node) clone() *node {
	c := &node{scalar: n.scalar, list: n.list, names: slices.Clone(n.names), members: make([]*node, len(n.members))}
	for i, member := range n.members {
		c.members[i] = member.clone()
	}
	return c
}

func (n *node) write(out *bytes.Buffer) {
	if n.scalar != nil {
		out.Write(n.scalar)
		return
	}
	open, shut := byte('{'), byte('}')
	if n.list {
		open, shut = '[', ']'
	}
	out.WriteByte(open)
	for i, member := range n.members {
		if i > 0 {
			out.WriteByte(',')
		}
		if !n.list {
			out.WriteString(n.names[i])
			out.WriteByte(':')
		}
		member.write(out)
	}
	out.WriteByte(shut)
}

// place is a node and where it is.
type place struct {
	*node
	path string // as selected[].teams[].inspectors: places of a list have no number
	from *node  // what holds it; nil for the document
	at   int    // where it is there
}

// places gathers the places of a document by their paths.
func (n *node) places(all map[string][]place, path string, from *node, at int) {
	all[path] = append(all[path], place{node: n, path: path, from: from, at: at})
	inner := path + "[]"
	for i, member := range n.members {
		if !n.list {
			inner = strings.TrimPrefix(path+"."+strings.Trim(n.names[i], `"`), ".")
		}
		member.places(all, inner, n, i)
	}
}
