/**
 * How far a transcription has come, and telling the caller so. One thread at a time.
 *
 * Pieces of speech end in batches, and out of order, so what is done without holes says little
 * about when all will be. Work is measured instead: all that was read, less the speech in it that
 * has still to be recognised.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct chip_meter {
    const struct chip_options *options; /* borrowed */
    int64_t total_ms;                   /* of the recording; -1 unknown */
    int64_t done_ms, started_ns, told_ns;
    int64_t settled_ms, pieces_ms; /* read; of that, in pieces of speech */
    double recognized_ms;          /* of those */
    int64_t worked_ms;             /* all in all; never less than before */
    int64_t base_ms, base_ns;      /* where, and when, the work began that the speed is taken of */
    bool skips;                    /* what comes next may be known still */
};

struct chip_meter chip_meter_start(const struct chip_options *options, int64_t total_ms);

/** Everything up to here is done; tells, unless it told less than a tenth of a second ago. */
void chip_meter_move(struct chip_meter *meter, int64_t done_ms);

/** Everything up to here was known before, and does not count for the speed; then as move. */
void chip_meter_skip(struct chip_meter *meter, int64_t done_ms);

/** So much was read, of which so much is in pieces of speech that are to be recognised. */
void chip_meter_hear(struct chip_meter *meter, int64_t settled_ms, int64_t pieces_ms);

/** So much more of them has been recognised; tells as move does. */
void chip_meter_work(struct chip_meter *meter, double ms);

/** All is done; tells in any case. */
void chip_meter_finish(struct chip_meter *meter, int64_t duration_ms);
