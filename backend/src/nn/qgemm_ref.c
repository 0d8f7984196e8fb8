/* Plain C; the compiler vectorises it as it can. */
#include "nn/qgemm.h"

#include <string.h>

static size_t packed_bytes(size_t n_out, size_t n_in)
{
    (void)n_out;
    (void)n_in;
    return 0;
}

static bool pack(const int8_t *w, size_t n_out, size_t n_in, void *packed, int8_t *offset)
{
    (void)w;
    (void)n_in;
    (void)packed;
    memset(offset, 0, n_out);
    return true;
}

static void run(const int8_t *w, const void *packed, size_t n_out, size_t n_in, const uint8_t *q,
                size_t stride, size_t m, size_t first, size_t n, int32_t *acc, size_t ld)
{
    (void)packed;
    (void)n_out;
    for (size_t j = 0; j < n; j++) {
        const int8_t *column = w + (first + j) * n_in;
        for (size_t i = 0; i < m; i++) {
            const uint8_t *row = q + i * stride;
            int32_t sum = 0;
            for (size_t k = 0; k < n_in; k++)
                sum += (int32_t)row[k] * column[k];
            acc[i * ld + j] = sum;
        }
    }
}

extern const struct chip_qgemm chip_qgemm_ref;
const struct chip_qgemm chip_qgemm_ref = {
    .name = "ref",
    .q_max = 255,
    .center = 0,
    .n_at_once = 128,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .run = run,
};
