package postgres

import "github.com/jackc/pgx/v5/pgxpool"

// PoolStats are the connections of the log's pool, by the pool's name.
func (s *Store) PoolStats() map[string]*pgxpool.Stat {
	return map[string]*pgxpool.Stat{"events": s.pool.Stat()}
}

// PoolStats are the connections of the views' pools, by the pool's name.
func (v *Views) PoolStats() map[string]*pgxpool.Stat {
	return map[string]*pgxpool.Stat{"views_write": v.write.Stat(), "views_read": v.read.Stat()}
}
