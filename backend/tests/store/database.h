/**
 * A real PostgreSQL for C tests, and a Supabase before it: postgres.py and postgrest.c as children.
 *
 * Both end when the test does, however it ends: their standard input ends then.
 */
#pragma once

struct test_database;

/** Starts PostgreSQL. @return NULL where it is not installed: skip the test */
struct test_database *test_database_start(void);
void test_database_stop(struct test_database *database);

/** Sends a line to postgres.py ("create"). @return its answer, until the next call */
const char *test_database_ask(struct test_database *database, const char *line);

/** A server that stands for Supabase over a database. */
struct test_supabase;

struct test_supabase *test_supabase_start(const char *database_url);
void test_supabase_stop(struct test_supabase *supabase);
const char *test_supabase_url(const struct test_supabase *supabase);

/** What its tokens are signed with. */
#define TEST_JWT_SECRET "super-secret-jwt-token-with-at-least-32-characters"

/** The keys that its gateway knows, beside JWTs. */
#define TEST_SECRET_KEY "sb_secret_test"
#define TEST_PUBLISHABLE_KEY "sb_publishable_test"
