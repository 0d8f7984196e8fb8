#include "nn/rotary.h"

#include <math.h>
#include <stdlib.h>

enum chip_status chip_rotary_init(struct chip_rotary *r, size_t n_positions, size_t dims,
                                  double theta, struct chip_err *err)
{
    *r = (struct chip_rotary){.n_positions = n_positions, .dims = dims};
    r->cos = malloc(n_positions * dims * sizeof *r->cos);
    r->sin = malloc(n_positions * dims * sizeof *r->sin);
    if (!r->cos || !r->sin) {
        chip_rotary_done(r);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu positions", n_positions);
    }
    for (size_t p = 0; p < n_positions; p++) {
        for (size_t i = 0; i < dims; i += 2) {
            double angle = (double)p * pow(theta, -(double)i / (double)dims);
            float *c = r->cos + p * dims + i, *s = r->sin + p * dims + i;
            c[0] = c[1] = (float)cos(angle);
            s[0] = -(float)sin(angle);
            s[1] = (float)sin(angle);
        }
    }
    return CHIP_OK;
}

void chip_rotary_done(struct chip_rotary *r)
{
    free(r->cos);
    free(r->sin);
    *r = (struct chip_rotary){0};
}

void chip_rotary_apply(const struct chip_rotary *r, const struct chip_kernels *kernels,
                       size_t position, size_t n_heads, size_t head_dim, float *row)
{
    const float *cos = r->cos + position * r->dims, *sin = r->sin + position * r->dims;
    for (size_t h = 0; h < n_heads; h++)
        kernels->rotate(row + h * head_dim, cos, sin, r->dims);
}
