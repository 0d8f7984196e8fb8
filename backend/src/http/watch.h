/**
 * Tells requests when their jobs have new events.
 *
 *     w = chip_watch_add(app->watch, job_id, last_seq, 15000, on_news, req);
 *     ...                      on_news(): chip_request_wake(req)
 *     chip_watch_remove(app->watch, w);
 *
 * Workers are other processes, perhaps on other machines, so the store is what all have in common.
 * One thread asks it (watch_jobs) for the last event of every watched job a few times a second, in
 * one call for all of them; while nothing is watched, nothing is asked.
 *
 * Threads: any number at once.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct chip_store;
struct chip_watch;
struct chip_watcher;

/**
 * Called on the watch's thread: wake somebody and return. It must not block, nor call into the
 * watch; it runs under the watch's lock, so that none runs any more once chip_watch_remove() has
 * returned.
 */
typedef void chip_watch_fn(void *user);

/**
 * @param out         stop with chip_watch_stop()
 * @param store       borrowed; must live longer
 * @param interval_ms between two questions; 0: 150
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_watch_start(struct chip_watch **out, struct chip_store *store,
                                  int interval_ms, struct chip_err *err);

/** Ends the thread; watchers that are left are freed, unwoken. NULL is accepted. */
void chip_watch_stop(struct chip_watch *watch);

/**
 * Watches a job.
 *
 * Read the job's events after adding, or know `after_seq` before: what happened in between wakes
 * at once. A job that does not exist (any more) wakes too, once.
 *
 * @param after_seq the last event that is known
 * @param idle_ms   wake after so long without news as well, again and again; 0: only for news
 * @return remove it with chip_watch_remove(); NULL when out of memory
 */
struct chip_watcher *chip_watch_add(struct chip_watch *watch, const char *job_id, int64_t after_seq,
                                    int idle_ms, chip_watch_fn *wake, void *user);

/** From then on nothing is called for it. NULL is accepted. */
void chip_watch_remove(struct chip_watch *watch, struct chip_watcher *watcher);

/**
 * Says what is known now: wakes again as soon as the job is further than that. Without it, each
 * new event wakes once; call it when events could not be read, to try once more.
 */
void chip_watch_after(struct chip_watch *watch, struct chip_watcher *watcher, int64_t after_seq);

enum { CHIP_WATCH_GONE = -1 };

/** The job's last event as last heard of; CHIP_WATCH_GONE if there is no such job. */
int64_t chip_watch_last(struct chip_watch *watch, const struct chip_watcher *watcher);

/** Asks now instead of at the next turn: something has just happened. */
void chip_watch_hurry(struct chip_watch *watch);
