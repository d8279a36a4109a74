// Package exchange carries the rows of a field profile to credit platforms as files, and their receipts back.
//
// # A batch
//
// A batch is the rows from one number to another of a platform and kind: tables as XLSX or CSV, one for each action and template
// that has rows; an index of its rows as JSON lines; a manifest with counts, digests and the running digest (domain/chain) before
// and after; and the Ed25519 signature of the manifest's bytes. No record is in a batch twice, so that the order of its files does
// not count. The same rows give the same bytes. Files come whole under their names, the manifest last: what no manifest names is
// not sent yet, and a crash is healed by doing the same again. Check reads a batch as its receiver can: signature, digests, counts,
// running digest and every cell against the row that was chained.
//
// Cells are texts. Of a CSV a reader takes off one apostrophe or tab from the beginning of a cell: an apostrophe stands before what
// a spreadsheet would run as a formula, a tab before what it would make a number or a date of, and one of either before a text that
// begins with one. In XLSX texts stand as they are, in cells of type text formatted as text. A row with a character that the file
// can't carry is held, with the character's code, and so is a row whose person's data were destroyed.
//
// # Personal data
//
// Personal columns are opened while a row is written and stand nowhere but in the tables that go out and, until then, in a folder
// of mode 0700 that is emptied at each start. What is kept for audit is a second batch with these cells blank and with digests and
// a signature of its own: the digest of a table with one person's number in it would be as good as the number.
//
// # Receipts
//
// A receipt is a table with a verdict for each row, which it names by number, by file and line, or as platforms do that return none
// of these by the decision's number, the party and perhaps the day; which row that is the ledger tells, or refuses. One that was taken
// is known by its digest and not taken again; one that is still being written is left, and so is one of a batch that is still being
// sent: a platform may answer before the ledger knows that the batch arrived. One that can't be used, or not wholly, is put aside
// with what is wrong with it. Of its texts the numbers of persons are taken out.
//
// It refuses: a signing key that others may read, a server by SFTP whose key is not the one that is known, rows with a gap, rows of
// two versions of a profile in one batch, and to replace a batch that is there.
package exchange
