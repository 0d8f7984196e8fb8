/**
 * An upload that still comes, as a pipe: its bytes are handed on as they arrive, so that a
 * recording is recognised meanwhile.
 *
 *     chip_arrival_start(&arrival, &settings, &err);
 *     ...  read chip_arrival_fd(arrival) to its end, or as far as one likes
 *     chip_arrival_wait(arrival, &err);      then the upload is complete
 *     chip_arrival_free(arrival);
 *
 * The pipe ends only behind the last byte of a complete upload: where the upload fails, it stays
 * open and silent, and whoever reads is told by `failed`. A thread of its own feeds it. Everything
 * else belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/uploads.h"

struct chip_arrival;

/** Borrowed, for the life of the arrival; the ID is copied. */
struct chip_arrival_settings {
    struct chip_uploads *uploads;
    const char *upload_id;
    int64_t stall_ms; /* without a new byte: it is given up */
    const volatile bool *cancel;
    void (*alive)(void *user);  /* it waits for the upload, or bytes came; often; any thread */
    void (*failed)(void *user); /* it will not be complete; once; any thread */
    void *user;                 /* of both */
};

/** @return CHIP_OK; CHIP_E_NOT_FOUND when there is no such upload; CHIP_E_IO; CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_arrival_start(struct chip_arrival **out,
                                    const struct chip_arrival_settings *settings,
                                    struct chip_err *err);

/** The reading end of the pipe; the arrival's. */
int chip_arrival_fd(const struct chip_arrival *arrival);

/** How much of the upload is here, 0..1; < 0: not known. */
double chip_arrival_share(const struct chip_arrival *arrival);

/**
 * Closes the reading end and waits until the upload is complete and nobody writes it any more.
 *
 * @return CHIP_OK; CHIP_E_NOT_FOUND: it was removed; CHIP_E_LIMIT: it stalled; CHIP_E_CANCELLED;
 *         CHIP_E_IO
 */
CHIP_MUST_CHECK
enum chip_status chip_arrival_wait(struct chip_arrival *arrival, struct chip_err *err);

/** Ends the thread, whatever came. NULL is accepted. */
void chip_arrival_free(struct chip_arrival *arrival);
