// Package catalogue is an item list (随机抽查事项清单): the matters that an authority may check by random draw, each with its
// legal basis, its subjects, its manners, its limits and, if it has one, its check list (检查要点).
//
// A version is drafted (编制), published (公布) by another person with a document number, and may be withdrawn (废止) with a
// reason. Versions are numbered from 1; a draft has the number after the last published one and is replaced by drafting
// again. A matter is cited as (catalogue, version, item number): a check of something that stands in no published version
// must not be carried out (国办发〔2024〕54号).
//
// It guarantees that a published version never changes and keeps its number for ever, that every item names a basis
// (检查依据), and that item numbers are unique within a version and those of lines within their item. Long lists are stored as
// several events, none above the size of one event. A publication names the digest of what was published, and one that names the
// digest of another content is refused: what an approver looked at is what becomes public. It refuses a ratio limit on key items
// (重点检查事项, whose ratio has no upper limit) and a draft that names
// another number than the next.
package catalogue
