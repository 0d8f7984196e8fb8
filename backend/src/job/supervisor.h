/**
 * Keeps worker processes alive: starts them by executing this same program, starts them again when
 * they die, and ends them.
 *
 *     char *const argv[] = {"chip", "worker", "--child-fd", "3", NULL};
 *     chip_supervisor_start(&sup, &(struct chip_supervisor_settings){.argv = argv, .n_workers = 1},
 *                           &err);
 *     ...  chip_supervisor_wake(sup) when a job was enqueued
 *     chip_supervisor_stop(sup);
 *
 * A worker has one end of a socket as its descriptor 3 (CHIP_CHILD_FD) and gives that number to
 * chip_worker_run(). Through it come wakes, its closing says that the supervisor is gone, and the
 * worker tells what it does (link.h). A worker gets SIGTERM when the supervisor's process dies,
 * however that dies. Workers are in process groups of their own: a terminal's Ctrl-C goes to the
 * supervisor alone. Standard output and error are the supervisor's, standard input is empty.
 *
 * Threads: any number may call at once; stop once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { CHIP_CHILD_FD = 3, CHIP_MAX_WORKERS = 64, CHIP_MAX_STAGE_COUNTS = 16 };

struct chip_supervisor;

/** Copied, but for argv and program, which must live as long. */
struct chip_supervisor_settings {
    const char *program; /* NULL: the running one */
    char *const *argv;   /* its arguments, NULL at the end */
    int n_workers;       /* 1..CHIP_MAX_WORKERS */
    int grace_ms;        /* from SIGTERM to SIGKILL; 0: 8,000 */
    bool is_held;        /* begins as after chip_supervisor_hold(true) */
};

/** How often a stage was done and what it took, by all workers since the start. */
struct chip_stage_count {
    char stage[24];
    int64_t n;
    double seconds;
    double recording_seconds; /* of the recordings; over `seconds` it is x real time */
};

struct chip_workers_state {
    int n_workers; /* that there should be */
    int alive;
    int ready;        /* of those: have opened their model */
    int busy;         /* of those: have a job */
    bool at_rest;     /* held, and none is alive any more */
    int64_t restarts; /* deaths that were not asked for */
    int64_t jobs;     /* that workers have put down: done, failed or released */
    char why[256];    /* why the last one that could not start could not; "" when one is ready */
    struct chip_stage_count stages[CHIP_MAX_STAGE_COUNTS];
    int n_stages;
};

/**
 * @param out stop it with chip_supervisor_stop()
 * @return CHIP_OK also when workers cannot be started, which the state tells and the log;
 * CHIP_E_INVAL for a number of workers that is out of range, CHIP_E_IO, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_supervisor_start(struct chip_supervisor **out,
                                       const struct chip_supervisor_settings *settings,
                                       struct chip_err *err);

/** There is work: workers that wait look at once. */
void chip_supervisor_wake(struct chip_supervisor *supervisor);

/**
 * While it is held there are no workers: those that are alive put their jobs down and end, which
 * the state tells as `at_rest`. Let go, they start again.
 */
void chip_supervisor_hold(struct chip_supervisor *supervisor, bool hold);

void chip_supervisor_state(struct chip_supervisor *supervisor, struct chip_workers_state *out);

/** Sends SIGTERM to all, waits for them, kills those that stay. Others may still call. */
void chip_supervisor_halt(struct chip_supervisor *supervisor);

/** The same, and frees it; NULL is accepted. */
void chip_supervisor_stop(struct chip_supervisor *supervisor);
