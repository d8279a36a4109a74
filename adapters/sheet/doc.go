// Package sheet reads the tables that offices really keep (CSV, gzipped CSV, XLSX) and turns each row into named, typed
// values by a small YAML mapping, so that an import can issue one command per row. It also reads fines and confiscations
// out of the text of a penalty decision. The other way round it writes tables as XLSX and CSV, so that offices can open them.
//
// It guarantees: memory that does not grow with the file; the encoding decided on the whole file and reported; the physical
// line of every row, also after quoted line breaks; that one bad row never ends the file and never enters it; the same row
// giving the same digest for ever; money as whole 分 computed on decimal text; the raw text kept beside every value. What it
// writes is the same bytes for the same tables, with codes as text, dates as dates, and nothing that runs as a formula.
//
// It refuses: to guess an encoding that fits badly, to put a replacement or private-use character where a real one stood,
// to accept a number that a spreadsheet has rounded, to read an amount whose meaning the text leaves open. A doubt is
// handed back as a sentence that a clerk understands. It does not cut a text off to make it fit a cell. It issues no commands; of
// the aggregates it knows only the kinds of penalty and the forms of returns.
package sheet
