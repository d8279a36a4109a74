// Package authority keeps the view of authorities (执法机关): one row each, with the names before and the successor.
//
// It guarantees that an authority which was ever registered stays in the view, also once it was succeeded. All of it is
// public. It refuses nothing: what the events say is shown.
package authority
