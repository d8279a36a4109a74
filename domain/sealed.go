package domain

// Sealed refers to a personal text that is kept outside the events, encrypted under the keys of the persons whom it tells
// of. It is what an event may hold of it.
type Sealed struct {
	Item       string   `json:"item"`       // id of the ciphertext
	Persons    []string `json:"persons"`    // whose keys open it; once one of them is destroyed, nothing does
	Commitment string   `json:"commitment"` // hex SHA-256 over a secret salt and the text: binding, and telling nothing
}
