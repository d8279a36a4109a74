package sortition

// DrawWith draws with a seed that is given rather than made: what a pool changes beside the seed shows only so.
func DrawWith(t Terms, pools Pools, seed Digest) ([]Selection, error) {
	frozen, err := Freeze(pools)
	if err != nil {
		return nil, err
	}
	t.SubjectRoot, t.InspectorRoot, t.ConflictRoot = frozen.Subjects.Root, frozen.Inspectors.Root, frozen.Conflicts.Root
	d, err := newDrawing(t, pools, seed, nil)
	if err != nil {
		return nil, err
	}
	var all []Selection
	d.staff(func(s Selection) { all = append(all, s) })
	return all, nil
}
