/**
 * Watches the recogniser from inside, without a line of it being written for that: the linker puts
 * probe.c between its parts (`-Wl,--wrap`), which reads the clock, calls the real function, and
 * adds up. One recogniser thread at a time.
 */
#pragma once

#include <stddef.h>

enum bench_part { BENCH_ENCODER, BENCH_DECODER, BENCH_N_PARTS };

struct bench_products_seen {
    double seconds, macs;
};

struct bench_seen {
    double seconds[BENCH_N_PARTS];                  /* of chip_moonshine_encode() and _step() */
    struct bench_products_seen int8[BENCH_N_PARTS]; /* linear layers and convolutions in int8 */
    struct bench_products_seen wide[BENCH_N_PARTS]; /* those in two parts; both are counted */
    struct bench_products_seen float32[BENCH_N_PARTS];
    double prepare_s[BENCH_N_PARTS]; /* preparing rows: quantisation */
    double attention_s[BENCH_N_PARTS];
    size_t n_segments, n_steps;
    size_t n_tokens; /* computed: slots over all steps, end tokens included */
};

/** Forgets what was seen. */
void bench_probe_reset(void);
struct bench_seen bench_probe_seen(void);
