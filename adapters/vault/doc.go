// Package vault keeps personal texts (identity numbers, phones, home addresses) of natural persons in a SQLite file of its
// own or in a schema of PostgreSQL, encrypted, so that events hold nothing but a reference and a commitment, and so that a person can be forgotten while
// every event, hash and proof stays as it is.
//
// # Keys
//
// Each person has a random key of 256 bits. It is stored wrapped by a master key, which a KeyService holds; KeyFile is the
// one of a data directory: a file that only its owner may read. A person is found by HMAC-SHA-256 of the normal form of the
// identity number under an index key, itself stored wrapped; the name that events know the person by is random. So neither
// the events, nor the vault without its master key, say whether a number is in it: a number has so few possible values that
// a bare hash of it is as good as the number.
//
// # Encryption
//
// Everything is encrypted by AES-256-GCM, under a key that is derived by HKDF-SHA-256 for this one encryption from the secret
// (a master key; or the keys of all persons of a text, one after the other, so that it opens only while all of them exist) and
// 256 random bits that stand before the ciphertext. GCM breaks when a nonce comes twice under one key. Here no two
// encryptions have one key but with a chance of about n²/2²⁵⁷ for n encryptions, so that even the same nonce would do; it is
// random all the same (96 bits). Hence there is no bound to keep on how many persons one master key wraps or how many texts
// one person has. The associated data are the use, the item, its persons and the commitment, each with its length: a
// ciphertext moved to another item or another person does not open.
//
// The commitment of a text is SHA-256(salt ‖ text) with 256 random bits of salt that are kept inside the ciphertext alone:
// whoever opens the text can prove that it is what the event refers to, nobody else can try texts, and once the text is
// shredded nothing can.
//
// # Forgetting
//
// Shred removes the wrapped key, the lookup and the ciphertexts of a person, rewrites the file so that no page of it holds
// them any more, and empties the write-ahead log. It takes as long as the whole file takes to be written. What it can't
// reach: what a file system or a disk keeps of overwritten blocks, and copies of the file that were taken before. A copy
// holds the key wrapped; it opens while the master key of its day exists, hence Rotate after a shredding makes it worthless,
// with everything else in that copy. Applied is the place in the log up to which shreddings were carried out; it is kept in
// the file, so that an old copy that is put back shreds again whom it must before it serves.
//
// In PostgreSQL Shred makes new files of the tables (VACUUM FULL), during which nobody else reads the vault, and demands that no
// older snapshot kept a deleted row alive; a reader who stays longer than two seconds is an error, after which nothing opens
// but traces are left until somebody shreds again or opens the vault. Beyond its reach are besides: the server's log of changes
// (pg_wal, until its files are reused, and every archive of it), standbys that lag, and backups of the database.
//
// # Several servers
//
// Any number of processes may have a schema open, all with the same file of master keys: one that lacks the newest can open
// nothing and makes nobody known. Rotate may run beside them when they read the very file that it writes; with copies of it,
// those servers stand still until they have the new one.
//
// # Refuses
//
// It refuses a key file that others may read, one whose keys are not what their names say, and to open a file whose index key
// the key service can't unwrap, and a vault whose restoring from a backup did not come to its end. One process at a time may have a file open for writing; the lock of the data directory is
// what holds that.
package vault
