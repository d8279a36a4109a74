package estest

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
)

// blank lists the exported fields of events' types that are zero in every one of them, as paths of Go names.
func blank[E any](events []E) []string {
	b := blanks{seen: map[string]bool{}, set: map[string]bool{}}
	for _, e := range events {
		b.walk("", reflect.ValueOf(e), 0)
	}
	var out []string
	for path := range b.seen {
		if !b.set[path] {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

type blanks struct{ seen, set map[string]bool }

// walk notes each field below v. A type that encodes itself is one value; a list or map stands for its elements.
func (b blanks) walk(path string, v reflect.Value, depth int) {
	if depth > 8 || !v.IsValid() {
		return
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		b.walk(path, v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			b.walk(path+"[]", v.Index(i), depth+1)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			b.walk(path+"[]", it.Value(), depth+1)
		}
	case reflect.Struct:
		if v.Type().Implements(jsonMarshaler) || v.Type().Implements(textMarshaler) {
			return
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || f.Tag.Get("json") == "-" {
				continue
			}
			name := path + "." + f.Name
			b.seen[name] = true
			b.set[name] = b.set[name] || !v.Field(i).IsZero()
			b.walk(name, v.Field(i), depth+1)
		}
	default: // a scalar has no fields
	}
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)
