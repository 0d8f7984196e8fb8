#include "speech/diarize/segmentation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"
#include "speech/diarize/powerset.h"
#include "speech/diarize/segmentation_weights.h"

enum {
    FILTERS = CHIP_PYANNET_FILTERS,
    CHANNELS = CHIP_PYANNET_CHANNELS,
    HIDDEN = CHIP_PYANNET_HIDDEN,
    CONVS = CHIP_PYANNET_CONVS,
    LAYERS = CHIP_PYANNET_LAYERS,
    CLASSES = CHIP_POWERSET_CLASSES,
    POOL = 3,
};

struct chip_segmentation {
    struct chip_segmentation_weights w;
    const struct chip_kernels *kernels;
};

enum chip_status chip_segmentation_open(struct chip_segmentation **out,
                                        const struct chip_safetensors *st, struct chip_err *err)
{
    struct chip_segmentation *seg = calloc(1, sizeof *seg);
    if (!seg)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the segmentation network");
    seg->kernels = chip_kernels();
    enum chip_status s = chip_segmentation_weights_load(&seg->w, st, err);
    if (s != CHIP_OK) {
        chip_segmentation_close(seg);
        return s;
    }
    *out = seg;
    return CHIP_OK;
}

void chip_segmentation_close(struct chip_segmentation *seg)
{
    if (!seg)
        return;
    chip_segmentation_weights_done(&seg->w);
    free(seg);
}

/* ---- sizes ---- */

static size_t conv_frames(const struct chip_conv *c, size_t n)
{
    return n < c->columns ? 0 : (n - c->columns) / c->stride + 1;
}

size_t chip_segmentation_frames(size_t n)
{
    static const struct chip_conv kernels[CONVS] = {
        {.columns = 251, .stride = 10}, {.columns = 5, .stride = 1}, {.columns = 5, .stride = 1}};
    for (int i = 0; i < CONVS; i++)
        n = conv_frames(&kernels[i], n) / POOL;
    return n;
}

size_t chip_segmentation_cost(const struct chip_segmentation *seg, size_t n_samples)
{
    const size_t n = chip_segmentation_frames(n_samples);
    size_t cost = chip_arena_cost(n_samples * sizeof(float)), scratch = 0, frames = n_samples;
    for (int i = 0; i < CONVS; i++) {
        const struct chip_conv *c = &seg->w.conv[i];
        frames = conv_frames(c, frames);
        cost += chip_arena_cost(frames * c->n_out * sizeof(float));
        scratch = chip_conv_cost(c) > scratch ? chip_conv_cost(c) : scratch;
        frames /= POOL;
    }
    for (int i = 0; i < LAYERS; i++)
        scratch = chip_lstm_cost(&seg->w.lstm[i][0]) > scratch ? chip_lstm_cost(&seg->w.lstm[i][0])
                                                               : scratch;
    return cost + scratch + 6 * chip_arena_cost(n * 2 * HIDDEN * sizeof(float));
}

/* ---- the front end ---- */

static void normalize_wave(const struct chip_segmentation *seg, const float *pcm, size_t n,
                           float *out)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += pcm[i];
    const double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (pcm[i] - mean) * (pcm[i] - mean);
    const double scale = seg->w.wave.weight[0] / sqrt(squares / (double)n + 1e-5);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)((pcm[i] - mean) * scale) + seg->w.wave.bias[0];
}

/* Over all n frames, for each channel; then leaky ReLU. */
static void normalize(const struct chip_segmentation *seg, const struct chip_instance_norm *norm,
                      size_t n, size_t width, float *x)
{
    double sum[FILTERS] = {0}, squares[FILTERS] = {0};
    float scale[FILTERS], shift[FILTERS];
    for (size_t t = 0; t < n; t++)
        for (size_t c = 0; c < width; c++)
            sum[c] += x[t * width + c];
    for (size_t t = 0; t < n; t++)
        for (size_t c = 0; c < width; c++) {
            const double d = x[t * width + c] - sum[c] / (double)n;
            squares[c] += d * d;
        }
    for (size_t c = 0; c < width; c++) {
        scale[c] = (float)(norm->weight[c] / sqrt(squares[c] / (double)n + 1e-5));
        shift[c] = norm->bias[c] - (float)(sum[c] / (double)n) * scale[c];
    }
    for (size_t t = 0; t < n; t++)
        seg->kernels->scale_shift(scale, shift, width, x + t * width);
}

static void leaky_relu(size_t n, float *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] < 0.0f ? 0.01f * x[i] : x[i];
}

/* In place: out[t] is the largest of x[3t .. 3t + 2]. */
static void max_pool(size_t n_out, size_t width, float *x)
{
    for (size_t t = 0; t < n_out; t++)
        for (size_t c = 0; c < width; c++) {
            const float *from = x + POOL * t * width + c;
            x[t * width + c] = fmaxf(fmaxf(from[0], from[width]), from[2 * width]);
        }
}

/* [n][n_in] to [frames][n_out]. @return frames */
static size_t run_conv(const struct chip_segmentation *seg, struct chip_arena *arena, int i,
                       float *x, size_t n, float *out)
{
    const struct chip_conv *c = &seg->w.conv[i];
    const size_t frames = conv_frames(c, n), pooled = frames / POOL;
    chip_conv_run(c, arena, (struct chip_image){x, 0}, 1, frames, NULL, false,
                  (struct chip_image){out, 0});
    if (i == 0) /* the filters' phase does not matter */
        for (size_t k = 0; k < frames * c->n_out; k++)
            out[k] = fabsf(out[k]);
    max_pool(pooled, c->n_out, out);
    normalize(seg, &seg->w.norm[i], pooled, c->n_out, out);
    leaky_relu(pooled * c->n_out, out);
    return pooled;
}

/* ---- the recurrent layers ---- */

static void reverse(const float *x, size_t n, size_t width, float *out)
{
    for (size_t t = 0; t < n; t++)
        memcpy(out + t * width, x + (n - 1 - t) * width, width * sizeof *out);
}

/* [n][n_in] to [n][2 HIDDEN]: what came before each frame, then what comes after it. */
static void run_lstm(const struct chip_lstm lstm[2], struct chip_arena *arena, const float *x,
                     size_t n, float *out)
{
    const size_t mark = chip_arena_mark(arena), n_in = lstm->n_in;
    float *reversed = chip_arena_take(arena, n * n_in * sizeof *reversed);
    float *ahead = chip_arena_take(arena, n * HIDDEN * sizeof *ahead);
    float *back = chip_arena_take(arena, n * HIDDEN * sizeof *back);
    float state[4][HIDDEN] = {{0}};
    reverse(x, n, n_in, reversed);
    chip_lstm_run(&lstm[0], arena, x, n_in, n, state[0], state[1], ahead);
    chip_lstm_run(&lstm[1], arena, reversed, n_in, n, state[2], state[3], back);
    for (size_t t = 0; t < n; t++) {
        memcpy(out + t * 2 * HIDDEN, ahead + t * HIDDEN, HIDDEN * sizeof *out);
        memcpy(out + t * 2 * HIDDEN + HIDDEN, back + (n - 1 - t) * HIDDEN, HIDDEN * sizeof *out);
    }
    chip_arena_release(arena, mark);
}

static void run_linear(const struct chip_conv *layer, struct chip_arena *arena, float *x, size_t n,
                       float *out)
{
    chip_conv_run(layer, arena, (struct chip_image){x, 0}, 1, n, NULL, false,
                  (struct chip_image){out, 0});
}

static void log_softmax(float *x)
{
    float most = x[0], sum = 0.0f;
    for (size_t i = 1; i < CLASSES; i++)
        most = fmaxf(most, x[i]);
    for (size_t i = 0; i < CLASSES; i++)
        sum += expf(x[i] - most);
    for (size_t i = 0; i < CLASSES; i++)
        x[i] -= most + logf(sum);
}

void chip_segmentation_run(const struct chip_segmentation *seg, struct chip_arena *arena,
                           const float *pcm, size_t n_samples, float *out)
{
    const size_t mark = chip_arena_mark(arena);
    float *x = chip_arena_take(arena, n_samples * sizeof *x);
    normalize_wave(seg, pcm, n_samples, x);
    size_t n = n_samples;
    for (int i = 0; i < CONVS; i++) {
        const struct chip_conv *c = &seg->w.conv[i];
        float *next = chip_arena_take(arena, conv_frames(c, n) * c->n_out * sizeof *next);
        n = run_conv(seg, arena, i, x, n, next);
        x = next;
    }
    float *rows[2];
    for (int i = 0; i < 2; i++)
        rows[i] = chip_arena_take(arena, n * 2 * HIDDEN * sizeof *rows[i]);
    for (int i = 0; i < LAYERS; i++) {
        run_lstm(seg->w.lstm[i], arena, x, n, rows[i % 2]);
        x = rows[i % 2];
    }
    for (int i = 0; i < 2; i++) {
        run_linear(&seg->w.linear[i], arena, x, n, rows[i]);
        leaky_relu(n * HIDDEN, rows[i]);
        x = rows[i];
    }
    run_linear(&seg->w.classifier, arena, x, n, out);
    for (size_t t = 0; t < n; t++)
        log_softmax(out + t * CLASSES);
    chip_arena_release(arena, mark);
}
