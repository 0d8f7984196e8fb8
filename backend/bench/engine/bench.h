/**
 * bench_engine: measures the parts of chip that the program cannot show from outside.
 *
 * Each command prints one JSON object, or for `texts` one line of text per piece, and measures the
 * same code that `chip transcribe` runs. bench.py calls them; they are of little use by hand.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"

/** A command: argv[0] is the first argument after its name. */
typedef enum chip_status bench_command_fn(int argc, char **argv, struct chip_err *err);

bench_command_fn bench_machine, bench_cut, bench_texts, bench_stages, bench_products, bench_open,
    bench_relabel, bench_queue, bench_evict;

/** Prints an object on one line and frees it. */
CHIP_MUST_CHECK
enum chip_status bench_print(json_t *object, struct chip_err *err);

/** Seconds of a clock that never goes back. */
double bench_now(void);
