// Package catalogue keeps the view of item lists (随机抽查事项清单): one row per version.
//
// It guarantees that the lists of published versions never hold a draft: drafts stand in a table of their own until they are
// published, and lose the drafter's account then. Versions are listed without their items, newest first, by the year of
// publication and the place in the log; a withdrawn version stays. It refuses to list by authority and catalogue at once.
package catalogue
