package sortition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// DecodeBundle reads a bundle. It takes one reading of a document only: UTF-8, no member twice, none that the form does not
// know, names in their exact case. What the document says is for Verify to judge.
func DecodeBundle(document []byte) (Bundle, error) {
	if !utf8.Valid(document) {
		return Bundle{}, refuse("bundle", "must be UTF-8", "")
	}
	if err := checkMembers(json.NewDecoder(bytes.NewReader(document)), reflect.TypeFor[Bundle](), ""); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return Bundle{}, fmt.Errorf("decode bundle: %w", err)
	}
	var b Bundle
	if err := json.Unmarshal(document, &b); err != nil {
		return Bundle{}, fmt.Errorf("decode bundle: %w", err)
	}
	return b, nil
}

// checkMembers walks through a document beside the type that it is read into.
func checkMembers(in *json.Decoder, form reflect.Type, path string) error {
	token, err := in.Token()
	if err != nil {
		return err
	}
	for form.Kind() == reflect.Pointer {
		form = form.Elem()
	}
	switch token {
	case json.Delim('{'):
		return checkObject(in, form, path)
	case json.Delim('['):
		if form.Kind() != reflect.Slice {
			return refuse(orBundle(path), "must not be a list", "")
		}
		for i := 0; in.More(); i++ {
			if err := checkMembers(in, form.Elem(), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		_, err = in.Token()
	}
	return err
}

func checkObject(in *json.Decoder, form reflect.Type, path string) error {
	if form.Kind() != reflect.Struct {
		return refuse(orBundle(path), "must not be an object", "")
	}
	members := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(form) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" {
			members[name] = field.Type
		}
	}
	for in.More() {
		token, err := in.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		member, known := members[name]
		inner := strings.TrimPrefix(path+"."+short(name), ".")
		if !known {
			return refuse(inner, "must be a member of the form, given once", "")
		}
		delete(members, name)
		if err := checkMembers(in, member, inner); err != nil {
			return err
		}
	}
	_, err := in.Token()
	return err
}

func orBundle(path string) string {
	if path == "" {
		return "bundle"
	}
	return path
}
