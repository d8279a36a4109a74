// Package draw is the random draw (随机抽取) of a spot check: who is inspected (检查对象) and by whom (执法检查人员), as a public,
// deterministic function of published data (specification mingjian/draw/v1, package sortition).
package draw
