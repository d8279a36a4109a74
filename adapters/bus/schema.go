package bus

import (
	"encoding/json"
	"fmt"
	"strings"
)

// inDocument is where the document has its schemas, inForm where a schema that stands alone has those that it refers to.
const (
	inDocument = "#/components/schemas/"
	inForm     = "#/definitions/"
)

// forms are the names of schemas that stand alone, as they follow "urn:mingjian:schema:", with those that they have in the document.
func forms() map[string]string {
	return map[string]string{
		"cloudevent.v1": "CloudEvent", "release.v1": "Release", "task.v1": "Task", "inspection.v1": "Inspection",
		"webhook_headers.v1": "WebhookHeaders", "webhook_test.v1": "WebhookTest",
		"release_item.v1": "ReleaseItem", "profile_row.v1": "ProfileRow",
	}
}

// Schemas are the forms of what this ledger tells others as JSON Schemas (draft 7), by name; the $id of each is the dataschema of
// the messages that have it.
func Schemas() (map[string][]byte, error) {
	var doc struct {
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, fmt.Errorf("bus: description: %w", err)
	}
	out := map[string][]byte{}
	for name, within := range forms() {
		all := map[string]any{}
		if err := gather(doc.Components.Schemas, within, all); err != nil {
			return nil, fmt.Errorf("bus: form %s: %w", name, err)
		}
		form := all[within].(map[string]any) //nolint:forcetypeassert // gather puts nothing else there
		delete(all, within)
		form["$schema"], form["$id"] = "http://json-schema.org/draft-07/schema#", "urn:mingjian:schema:"+name
		if len(all) > 0 {
			form["definitions"] = all
		}
		text, err := json.MarshalIndent(form, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("bus: form %s: %w", name, err)
		}
		out[name] = append(text, '\n')
	}
	return out, nil
}

// gather adds a schema and those that it refers to, each referring to the place where the others will stand.
func gather(from map[string]json.RawMessage, name string, into map[string]any) error {
	if into[name] != nil {
		return nil
	}
	var schema map[string]any
	if err := json.Unmarshal(from[name], &schema); err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	into[name] = schema
	return refer(schema, func(other string) error { return gather(from, other, into) })
}

// refer turns the references within a value to where they lead in a form.
func refer(v any, found func(name string) error) error {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			if err := refer(one, found); err != nil {
				return err
			}
		}
	case map[string]any:
		for key, one := range v {
			ref, is := one.(string)
			name, within := strings.CutPrefix(ref, inDocument)
			if key == "$ref" && is && within {
				v[key] = inForm + name
				if err := found(name); err != nil {
					return err
				}
				continue
			}
			if err := refer(one, found); err != nil {
				return err
			}
		}
	}
	return nil
}
