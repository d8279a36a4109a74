// Package demo is the input of the demonstration: a fictional city (子虚市) with its authorities, item list (抽查事项清单), plan,
// two tasks, firms, inspectors, penalties and a licence, embedded so that the binary alone suffices.
//
// It guarantees that every social credit code satisfies GB 32100 in a district code that was never assigned, that all dates
// follow from the day of the demonstration, and that every JSON file is the body of a request of the API. Names come from
// fables: nobody is meant.
//
// It refuses a table whose headings or cells are not those that it knows.
package demo
