// Package uscc reads and checks the codes that name a subject: the unified social credit code (统一社会信用代码,
// GB 32100-2015) with the organisation code inside it (组织机构代码, GB 11714-1997), the older 15-digit registration
// number (工商注册号, GB/T 17710) and the resident identity number (公民身份号码, GB 11643-1999).
//
// It guarantees that a Code which exists satisfies every rule of GB 32100, that a finding names the rule, the place and
// the expected value, and that the same text always gives the same findings in the same order.
//
// It refuses to guess: a text is folded only by Normalise, and Parse takes nothing that needs folding. It refuses to
// decide what happens to a code that fails, since wrong codes were really issued: the caller may keep such a text as text,
// with its findings recorded. It never derives a present district from a code, because digits 3 to 8 name the authority
// of the first registration. A resident number is recognised only so that it can be turned away; no error quotes it.
package uscc
