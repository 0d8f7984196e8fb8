#include "nn/conv.h"

#include <dnnl.h>
#include <string.h>

enum { TILE = 192 /* patches of one product */ };

static size_t patch_floats(const struct chip_conv *c)
{
    return c->rows * c->columns * c->n_in;
}

size_t chip_conv_cost(const struct chip_conv *c)
{
    return chip_arena_cost(TILE * patch_floats(c) * sizeof(float)) +
           chip_arena_cost(TILE * c->n_out * sizeof(float));
}

/* Patches `first` to `first + n` in order of rows and columns, side by side. */
static void gather(const struct chip_conv *c, struct chip_image in, size_t n_columns, size_t first,
                   size_t n, float *patch)
{
    const size_t run = c->columns * c->n_in;
    for (size_t i = first; i < first + n; i++) {
        const float *from =
            in.data + i / n_columns * c->stride * in.ld + i % n_columns * c->stride * c->n_in;
        for (size_t row = 0; row < c->rows; row++, patch += run)
            memcpy(patch, from + row * in.ld, run * sizeof *patch);
    }
}

static void finish_one(const float *bias, const float *add, bool relu, size_t n, const float *sum,
                       float *out)
{
    for (size_t j = 0; j < n; j++) {
        float y = sum[j] + (bias ? bias[j] : 0.0f) + (add ? add[j] : 0.0f);
        out[j] = relu && y < 0.0f ? 0.0f : y;
    }
}

void chip_conv_run(const struct chip_conv *c, struct chip_arena *arena, struct chip_image in,
                   size_t n_rows, size_t n_columns, const struct chip_image *add, bool relu,
                   struct chip_image out)
{
    const size_t mark = chip_arena_mark(arena), k = patch_floats(c), n = n_rows * n_columns;
    float *patch = chip_arena_take(arena, TILE * k * sizeof *patch);
    float *sum = chip_arena_take(arena, TILE * c->n_out * sizeof *sum);
    for (size_t first = 0; first < n; first += TILE) {
        const size_t m = n - first < TILE ? n - first : TILE;
        gather(c, in, n_columns, first, m, patch);
        dnnl_sgemm('N', 'T', (dnnl_dim_t)m, (dnnl_dim_t)c->n_out, (dnnl_dim_t)k, 1.0f, patch,
                   (dnnl_dim_t)k, c->weight, (dnnl_dim_t)k, 0.0f, sum, (dnnl_dim_t)c->n_out);
        for (size_t i = 0; i < m; i++) {
            const size_t row = (first + i) / n_columns, column = (first + i) % n_columns;
            const float *more = add ? add->data + row * add->ld + column * c->n_out : NULL;
            finish_one(c->bias, more, relu, c->n_out, sum + i * c->n_out,
                       out.data + row * out.ld + column * c->n_out);
        }
    }
    chip_arena_release(arena, mark);
}
