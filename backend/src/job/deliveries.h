/**
 * Sends the webhooks that finished jobs have put into the store, and tries again over a day.
 *
 *     CHIP_AUTO(chip_deliveries) deliveries = NULL;
 *     s = chip_deliveries_start(&deliveries, &settings, &err);
 *     chip_deliveries_wake(deliveries);                a job has ended
 *
 * A few threads each claim one delivery, send it, and write down how it went. Any number of
 * programs may do so on one store. A delivery whose sender dies is claimed again when its lease
 * ends, so a receiver may see one twice, with the same webhook-id.
 */
#pragma once

#include "net/guard.h"
#include "net/webhook.h"
#include "store/store.h"

struct chip_deliveries;

struct chip_deliveries_settings {
    struct chip_store *store;             /* outlives the deliveries, as all of these */
    const struct chip_guard *guard;       /* where webhooks may go */
    const struct chip_webhook_keys *keys; /* copied */
    int n_threads;                        /* at once; 0: 4 */
    int poll_ms;        /* looks for due ones that it does not know of; 0: 15000 */
    const int *waits_s; /* after each failed try; 0 ends it; NULL: 5 s, 5 min,
                           30 min, 2 h, 5 h, 10 h, 10 h */
};

/** @return CHIP_OK; CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_deliveries_start(struct chip_deliveries **out,
                                       const struct chip_deliveries_settings *settings,
                                       struct chip_err *err);

/** There may be something to deliver: look now. Any thread. */
void chip_deliveries_wake(struct chip_deliveries *deliveries);

/**
 * Stops claiming at once. What is being sent has two seconds to come to its end; then it is cut off
 * within about a second, and is due again when its lease ends. Joins the threads. NULL is accepted.
 */
void chip_deliveries_free(struct chip_deliveries *deliveries);
CHIP_DEFINE_AUTO(chip_deliveries)
