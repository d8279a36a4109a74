package domain

import (
	"bytes"
	"encoding/json"
)

// SealedIn finds the references to personal texts in a stored event, however deep they stand, in the order of the text. Bytes
// that are no JSON hold none.
func SealedIn(data []byte) []Sealed {
	if !bytes.Contains(data, []byte(`"commitment"`)) { // nearly all events end here
		return nil
	}
	var found []Sealed
	sealedIn(data, &found)
	return found
}

// sealedIn looks at one value: an object with the members of a Sealed is one, of others the parts are looked at.
func sealedIn(value json.RawMessage, found *[]Sealed) {
	if s, ok := asSealed(value); ok {
		*found = append(*found, s)
		return
	}
	dec := json.NewDecoder(bytes.NewReader(value))
	start, err := dec.Token()
	for err == nil && dec.More() && (start == json.Delim('[') || start == json.Delim('{')) {
		if start == json.Delim('{') {
			if _, err = dec.Token(); err != nil { // the member's name
				return
			}
		}
		var part json.RawMessage
		if err = dec.Decode(&part); err == nil {
			sealedIn(part, found)
		}
	}
}

func asSealed(object json.RawMessage) (s Sealed, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(object))
	dec.DisallowUnknownFields()
	err := dec.Decode(&s)
	return s, err == nil && s.Item != "" && len(s.Persons) > 0 && len(s.Commitment) == 64
}
