// Package sampling holds the views of sampling (产品质量监督抽查、食品抽检): campaigns and results, each once for staff and once
// for the public.
//
// It guarantees that the public tables hold nothing but what was published, and coded facts of how a failing product is
// handled (核查处置), which are public as they come in; that a campaign is public from its first publication or its first
// result on, with what it still owes of the four publications (四公开); and that a failing product stands on the list of open
// handlings until its handling is closed. A published result stays as it was published until a new version of the results; it
// is marked from the moment in which it has changed.
package sampling
