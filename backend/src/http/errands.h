/**
 * Slow work for requests that wait meanwhile: on a few threads of its own, with a queue that ends,
 * and only so much for each user at once.
 *
 *     enum chip_status st = chip_errand_begin(errands, req, user_id, run, free, state, &errand,
 * &err);
 *     ...                         chip_request_wait(req) until it is done
 *     chip_errand_leave(errand);  in the route's `done`
 *
 * Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/http.h"

struct chip_errands;
struct chip_errand;

struct chip_errands_settings {
    int threads;     /* 0: 4 */
    int max_waiting; /* that no thread has taken yet; 0: 32 */
    int max_of_user; /* waiting and running; 0: 2 */
};

CHIP_MUST_CHECK
enum chip_status chip_errands_start(struct chip_errands **out,
                                    const struct chip_errands_settings *settings,
                                    struct chip_err *err);

/** Cancels what is left and waits for it. No request may still be on its way. NULL is accepted. */
void chip_errands_stop(struct chip_errands *errands);

/**
 * Hands in work for a request; the request is woken when it is done.
 *
 * @param user   whose it is, for the limit; NULL: the service, which has none but the queue's
 * @param run    runs on another thread; ends soon after *cancel is true. It is not called at all if
 *               the request is gone before its turn
 * @param state  for `run`; owned by the errand from now on, also on failure
 * @param free_state called once, by either side, when nobody uses `state` any more
 * @param out    leave it in the route's `done`, in any case
 * @return CHIP_OK; CHIP_E_LIMIT: the user has too many already; CHIP_E_UNAVAILABLE: the queue is
 *         full; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_errand_begin(struct chip_errands *errands, struct chip_request *req,
                                   const char *user,
                                   void (*run)(void *state, const volatile bool *cancel),
                                   void (*free_state)(void *state), void *state,
                                   struct chip_errand **out, struct chip_err *err);

/** Has `run` returned? Then its state may be read. */
bool chip_errand_is_done(struct chip_errand *errand);

/** What it was begun with. */
void *chip_errand_state(const struct chip_errand *errand);

/** The request is over: cancels the work if it still runs. NULL is accepted. */
void chip_errand_leave(struct chip_errand *errand);
