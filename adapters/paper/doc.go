// Package paper makes pages to print: papers about inspections, which are the notice to the subject (市场监管领域随机抽查通知书, with the
// return of service 送达回证) and the record of a visit (现场检查笔录), both filled in and as forms for the pen; and certificates of
// licences (许可证书) with a QR code that leads to the public record.
//
// It guarantees a page that stands for itself: HTML in UTF-8 for A4, without scripts or anything to fetch, with the
// reader's own Chinese fonts. Every text stands in it as a text, whatever characters it is made of. What is not known is
// room to write; what was corrected stands beside what it was before.
//
// It refuses to decide or to look anything up: it shows the paper that it is given, as of the paper's day.
package paper
