// Package postgrestest gives tests a real PostgreSQL: a scratch cluster per test process on a loopback port, and an empty
// database per test.
//
// It guarantees that each database is new, that the cluster commits durably as in production (fsync stays on), and that the
// server and its files are gone when the test process ends, however it ends. It refuses to touch a cluster that it did not make.
// Where no server program is found the test skips with what to install, or fails when MINGJIAN_TEST_REQUIRE is set.
package postgrestest
