package grpcapi

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/projections/release"
)

// KeyEpoch is the metadata that names the epoch of what an answer says; in a request it is the epoch that its position is of.
const KeyEpoch = "mingjian-epoch"

// Epochs tells the epochs of the log. They don't change while a process runs: a log is restored when none does. Only a log
// without events has none yet, and is looked at again.
type Epochs struct {
	store  es.Store
	source es.Source
	kept   atomic.Pointer[keptEpochs]
}

type keptEpochs struct {
	all  ledger.Epochs
	name string
}

// NewEpochs reads them from a log when they are asked for.
func NewEpochs(store es.Store, source es.Source) *Epochs {
	return &Epochs{store: store, source: source}
}

// All are the epochs in order; none of an empty log.
func (e *Epochs) All(ctx context.Context) (ledger.Epochs, error) {
	if kept := e.kept.Load(); kept != nil {
		return kept.all, nil
	}
	all, err := ledger.Read(ctx, e.store, e.source)
	if err == nil && len(all) > 0 {
		e.kept.Store(&keptEpochs{all, all.Now().Name()})
	}
	return all, err
}

// Name is that of the present epoch, cheaply; empty for none, and where it can't be found out.
func (e *Epochs) Name(ctx context.Context) string {
	if e == nil {
		return ""
	}
	if kept := e.kept.Load(); kept != nil {
		return kept.name
	}
	all, err := e.All(ctx)
	if err != nil || len(all) == 0 {
		return ""
	}
	return all.Now().Name()
}

// sameHistory refuses a position that an earlier epoch gave to what the present one does not have. Without the name of an epoch
// nothing can be told.
func (e *Epochs) sameHistory(ctx context.Context, name string, p es.Position) error {
	if e == nil || name == "" {
		return nil
	}
	all, err := e.All(ctx)
	if err != nil {
		return err
	}
	common, _, whole, known := all.Common(name)
	switch {
	case whole:
		return nil
	case !known:
		return strange(name, all)
	case !all.Comparable(name):
		return domain.Refuse(domain.Conflict, "position.ahead", "after",
			fmt.Sprintf("台账已恢复到另一存储（现为纪元%s），位置已重新编号，纪元%s的位置不再适用，请从头读取", all.Now().Name(), name),
			fmt.Sprintf("the ledger was restored into another store (it is now in epoch %s) and its positions are numbered anew: "+
				"those of epoch %s mean nothing here; read from the beginning", all.Now().Name(), name))
	case p.Compare(common) > 0:
		return domain.Refuse(domain.Conflict, "position.ahead", "after",
			fmt.Sprintf("台账已从备份恢复（现为纪元%s）：纪元%s的位置%s不在其中，最后的共同位置为%s，请从该位置重新读取", all.Now().Name(), name, p, common),
			fmt.Sprintf("the ledger was restored from a backup (it is now in epoch %s): it does not have position %s of epoch %s; "+
				"the last position that both have is %s, go on from there", all.Now().Name(), p, name, common))
	}
	return nil
}

func strange(name string, all ledger.Epochs) error {
	now := all.Now().Name()
	if now == "" {
		now = "-"
	}
	return domain.Refuse(domain.Conflict, "position.epoch", "epoch",
		fmt.Sprintf("纪元%s不属于本台账现有的历史（现为纪元%s），请核对台账，或从头读取", name, now),
		fmt.Sprintf("epoch %s is not of the history of this ledger, which is in epoch %s: is it the right ledger? If so, read from the beginning", name, now))
}

// behind tells why views did not come to a position in time: the log of a restored ledger may never have had it.
func (e *Epochs) behind(ctx context.Context, p es.Position) error {
	late := domain.Refuse(domain.Unavailable, "after.behind", "after", "视图尚未更新到该位置，请稍后重试", "the views have not reached this position yet; try again")
	if e == nil {
		return late
	}
	all, err := e.All(ctx)
	if err != nil || len(all) < 2 {
		return errors.Join(late, err)
	}
	head, err := e.source.Head(ctx)
	if err != nil || p.Compare(head) <= 0 {
		return errors.Join(late, err)
	}
	now := all.Now()
	return domain.Refuse(domain.Conflict, "position.ahead", "after",
		fmt.Sprintf("台账已从备份恢复（现为纪元%s），没有位置%s；此前纪元的最后共同位置为%s", now.Name(), p, now.Common),
		fmt.Sprintf("the ledger was restored from a backup (it is now in epoch %s) and has no position %s; "+
			"the last position that it has in common with the epoch before is %s", now.Name(), p, now.Common))
}

// sameFeed refuses a number that an earlier epoch gave to a release which the present one does not have, and any beyond the
// feed of a ledger that was restored.
func (e *Epochs) sameFeed(ctx context.Context, b Base, name string, after, head uint64) error {
	if e == nil || name == "" && after <= head {
		return nil
	}
	all, err := e.All(ctx)
	if err != nil {
		return err
	}
	if name == "" {
		if len(all) < 2 {
			return nil
		}
		name = all[len(all)-2].Name()
	}
	_, _, whole, known := all.Common(name)
	switch {
	case whole:
		return nil
	case !known:
		return strange(name, all)
	}
	last, err := lastOf(ctx, b, all, name)
	if err != nil || after <= last {
		return err
	}
	return domain.Refuse(domain.Conflict, "feed.epoch", "after",
		fmt.Sprintf("台账已从备份恢复（现为纪元%s）：纪元%s编号%d的公示不在其中，最后的共同编号为%d，请从该编号起重新接收", all.Now().Name(), name, after, last),
		fmt.Sprintf("the ledger was restored from a backup (it is now in epoch %s): it does not have release %d of epoch %s; "+
			"the last number that both have is %d, go on from there", all.Now().Name(), after, name, last))
}

// Resume is the last number up to which a reader, who holds the releases up to after of an epoch, holds those of this ledger: less
// than after where the ledger was restored to before it. No name stands for the present epoch.
func (e *Epochs) Resume(ctx context.Context, b Base, name string, after uint64) (uint64, error) {
	if e == nil || name == "" {
		return after, nil
	}
	all, err := e.All(ctx)
	if err != nil {
		return 0, err
	}
	_, _, whole, known := all.Common(name)
	switch {
	case whole:
		return after, nil
	case !known:
		return 0, strange(name, all)
	}
	last, err := lastOf(ctx, b, all, name)
	return min(after, last), err
}

// lastOf is the last release that a former epoch, which was left, has in common with what followed.
func lastOf(ctx context.Context, b Base, all ledger.Epochs, name string) (uint64, error) {
	next := 1
	for all[next-1].Name() != name {
		next++
	}
	return release.Through(ctx, b.Views, all[next].Began)
}
