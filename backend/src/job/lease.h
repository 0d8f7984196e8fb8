/**
 * A claimed job's lease: kept alive by a thread of its own, which also writes what the work tells,
 * so that the work never waits for the store.
 *
 * Everything told is written in order: checkpoints, then progress and events. While the store does
 * not answer, it is kept and the work goes on; when the store is back, the lease is renewed if
 * nobody else has the job by then. Where it was taken away (another worker, a cancel, a delete),
 * and when the worker is to stop, the cancel flag is set.
 *
 * Threads: one tells, the lease's own writes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

struct chip_lease;

/** Borrowed, for the life of the lease; the strings are copied. */
struct chip_lease_settings {
    struct chip_store *store;
    const char *job_id, *token;
    int seconds;          /* of the lease */
    int patience_seconds; /* for chip_lease_flush() and chip_lease_end() */
    const volatile bool *stop;
    void (*hung)(void *user); /* the stalled work has not even noticed that it is cancelled; called
                                 by the lease's thread, and need not return; NULL: nobody is told */
    void *user;
};

enum chip_lease_state {
    CHIP_LEASE_HELD,
    CHIP_LEASE_LOST,     /* the job is not ours any more: nothing can be written */
    CHIP_LEASE_STOPPING, /* held, but the worker is to stop */
    CHIP_LEASE_STALLED,  /* held, but the work showed no sign of life for too long */
};

struct chip_lease_progress {
    const char *stage; /* a constant */
    int percent;       /* 0..100 of the whole job */
    double speed;      /* x real time; < 0: not known, as all below */
    double eta_seconds;
    int64_t duration_ms; /* of the recording */
};

/** @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_lease_start(struct chip_lease **out,
                                  const struct chip_lease_settings *settings, struct chip_err *err);

/** True once the work should end; valid until the lease is freed. */
const volatile bool *chip_lease_cancel(const struct chip_lease *lease);

/** Sets it, for a reason that the work has itself. Any thread. */
void chip_lease_cut(struct chip_lease *lease);

/**
 * From now on the work must show signs of life: after so long without one it is cancelled, and
 * after as long again (30 s at most) it is said to hang. What the machine sleeps does not count. 0:
 * no longer.
 */
void chip_lease_watch(struct chip_lease *lease, int64_t stall_ms);

/** A sign of life. Any thread. */
void chip_lease_alive(struct chip_lease *lease);

/**
 * While work waits in silence: the store is asked every second, not three times in a lease, whether
 * the job is still ours, so that a cancel is noticed soon.
 */
void chip_lease_attend(struct chip_lease *lease, bool attends);

enum chip_lease_state chip_lease_state(struct chip_lease *lease);

/** Says how far the work is: written within a second. */
void chip_lease_tell(struct chip_lease *lease, const struct chip_lease_progress *progress);

/** Says what the job is called, since nobody else did. */
void chip_lease_title(struct chip_lease *lease, const char *title);

/** Adds an event; `data` is taken. */
void chip_lease_event(struct chip_lease *lease, const char *kind, json_t *data);

/** Adds a segment to the transcript that readers see grow; taken. Those of one second are one
 * event. */
void chip_lease_segment(struct chip_lease *lease, json_t *segment);

/** Keeps the recording's waveform; taken, NULL is left out. */
void chip_lease_waveform(struct chip_lease *lease, json_t *waveform);

/** Keeps a stage's result, or a slice of it; `data` is taken. */
void chip_lease_checkpoint(struct chip_lease *lease, const char *stage, int slice, json_t *data);

/**
 * Waits until all of that is written.
 *
 * @return CHIP_OK; CHIP_E_CONFLICT when the lease is lost; CHIP_E_UNAVAILABLE when patience ran
 *         out, which it soon does when the worker is to stop
 */
CHIP_MUST_CHECK
enum chip_status chip_lease_flush(struct chip_lease *lease, struct chip_err *err);

/**
 * Ends the lease by a function of the store: complete_job, fail_job, release_job. It is repeated
 * with patience while the store does not answer; its ID and token are added to `args`, which are
 * taken. Nothing can be written after it.
 *
 * @param result a new reference; may be NULL
 * @return CHIP_OK; CHIP_E_CONFLICT when the job is not ours any more; what the store says
 */
CHIP_MUST_CHECK
enum chip_status chip_lease_end(struct chip_lease *lease, const char *function, json_t *args,
                                json_t **result, struct chip_err *err);

/** Ends the thread; what is not written is given up. NULL is accepted. */
void chip_lease_free(struct chip_lease *lease);
CHIP_DEFINE_AUTO(chip_lease)
