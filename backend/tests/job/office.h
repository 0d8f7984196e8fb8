/**
 * A data directory with a store, jobs in it, workers, and an engine that only plays: recordings are
 * empty files, and their words are made up, always the same ones.
 */
#pragma once

#include "../test.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/uuid.h"
#include "job/worker.h"

enum { PIECE_MS = 25000, WAIT_MS = 20000 };

/** What the engine plays; zeroed: 4 pieces, nothing special. */
struct score {
    int n_pieces;          /* of PIECE_MS each; 0: 4 */
    enum chip_status fail; /* with this, */
    int fail_at;           /* before that piece (n_pieces: when speakers are told apart) */
    int64_t total_ms;      /* that it claims; 0: what the pieces have */
    bool whole_only;       /* refuses what comes through a pipe */
    /** Before each piece; what it does may take a while. */
    void (*at_piece)(void *user, int piece, const struct chip_options *options);
    void *user;
};

struct office {
    char dir[64];
    struct chip_store *store; /* may be told to be away */
    atomic_bool away;
    atomic_int n_refused; /* calls meanwhile */
    struct score score;
    atomic_int n_pieces; /* that the engine has played, in this process */
    atomic_int n_runs;   /* of it */
    int64_t known_ms;    /* that its last run was given */
    const char *model;   /* of that run */
    int fd;              /* its recording */
    char hotwords[64];   /* of that run: "chip Acme " */
    struct chip_engine engine;
    struct chip_worker_settings settings;
    struct chip_uploads *uploads;
    int max_attempts; /* of jobs; 0: 3 */
    volatile bool stop;
    pthread_t thread;
    enum chip_status ended; /* what the worker returned */
};

/** Setup and teardown of a test; the office is its state. */
int office_open(void **state);
int office_close(void **state);

#define IN_OFFICE(test) cmocka_unit_test_setup_teardown(test, office_open, office_close)

/** The same directory from another process: `dir` is set, all else zeroed. */
void office_enter(struct office *office);

/** Enqueues a job whose recording is there. @param options JSON, or NULL */
void office_enqueue(struct office *office, char id[CHIP_UUID_TEXT], const char *options);

/** Calls the store, which must succeed. @return a new reference */
json_t *office_call(struct office *office, const char *function, json_t *args);

void office_expect_status(struct office *office, const char *id, const char *status);

void office_start_worker(struct office *office);
/** Lets it finish what it has in work. */
void office_stop_worker(struct office *office);

/** Waits until the job has a status; fails after WAIT_MS. */
void office_wait(struct office *office, const char *id, const char *status);

/** A worker from here until the job has a status. */
void office_work_until(struct office *office, const char *id, const char *status);

/** Text of the job's transcript, figures, speakers and language; free() it. */
char *office_result(struct office *office, const char *id);

/** All segments that readers were told since the beginning, "start:text " each; free() it. */
char *office_told(struct office *office, const char *id);

/** What such a text is for a whole recording. */
char *office_all_told(int n_pieces);
