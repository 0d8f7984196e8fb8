#include <math.h>
#include <string.h>

#include "speech/asr/moonshine.h"
#include "speech/asr/moonshine_bias.h"

enum { NO_REPEAT = 4 }; /* n of the n-grams that a slot with no_repeat never gives twice */

/* Scratch of one step; rows are slots. */
struct step {
    struct chip_rows rows;
    float *x, *normed, *q, *k, *v, *mixed; /* [n][width] */
    float *hidden;                         /* [n][2 ff] */
};

static size_t widest(const struct chip_moonshine *m)
{
    return m->ff > m->width ? m->ff : m->width;
}

size_t chip_moonshine_step_cost(const struct chip_moonshine *m,
                                const struct chip_hotwords *hotwords, size_t n)
{
    size_t n_picks = 0;
    if (hotwords)
        chip_hotwords_tokens(hotwords, &n_picks);
    size_t frames = chip_moonshine_frames(CHIP_MOONSHINE_MAX_SAMPLES);
    size_t rows = 6 * m->width + 2 * m->ff + m->width;
    return chip_rows_cost(n, widest(m)) + n * rows * sizeof(float) +
           chip_linear_cost(n, 2 * m->ff, widest(m)) + chip_linear_argmax_cost(n, m->width) +
           chip_arena_cost(n * n_picks * sizeof(float)) + chip_linear_cost(1, m->vocab, m->width) +
           m->vocab * sizeof(float) + chip_attention_row_cost(m->heads, frames) + 64 * 64;
}

static struct step step_take(const struct chip_moonshine *m, struct chip_arena *arena, size_t n)
{
    struct step s;
    size_t bytes = n * m->width * sizeof(float);
    chip_rows_init(&s.rows, arena, n, widest(m));
    s.x = chip_arena_take(arena, bytes);
    s.normed = chip_arena_take(arena, bytes);
    s.q = chip_arena_take(arena, bytes);
    s.k = chip_arena_take(arena, bytes);
    s.v = chip_arena_take(arena, bytes);
    s.mixed = chip_arena_take(arena, bytes);
    s.hidden = chip_arena_take(arena, n * 2 * m->ff * sizeof(float));
    return s;
}

/* normed = norm(x), prepared for `lin`. */
static void norm(const struct chip_moonshine *m, struct step *s, const float *weight,
                 const struct chip_linear *lin, size_t n)
{
    for (size_t i = 0; i < n; i++)
        m->kernels->layer_norm(s->x + i * m->width, weight, NULL, m->norm_eps, m->width,
                               s->normed + i * m->width);
    chip_rows_set(&s->rows, lin, s->normed, m->width, n);
}

/* x += o(mixed) */
static void add_output(const struct chip_moonshine *m, struct chip_arena *arena, struct step *s,
                       const struct chip_linear *o, size_t n)
{
    chip_rows_set(&s->rows, o, s->mixed, m->width, n);
    chip_linear_run(o, &s->rows, arena, true, s->x, m->width);
}

static void self_attention(const struct chip_moonshine *m, size_t layer, struct chip_arena *arena,
                           struct step *s, struct chip_moonshine_slot *const *slots, size_t n)
{
    const struct chip_moonshine_layer *l = &m->decoder[layer];
    size_t d = m->width, heads = m->heads.n_heads, head_dim = m->heads.head_dim;
    norm(m, s, l->input_norm, &l->self.q, n);
    chip_linear_run(&l->self.q, &s->rows, arena, false, s->q, d);
    chip_linear_run(&l->self.k, &s->rows, arena, false, s->k, d);
    chip_linear_run(&l->self.v, &s->rows, arena, false, s->v, d);
    for (size_t i = 0; i < n; i++) {
        const struct chip_kept *kept = &slots[i]->self[layer];
        size_t at = slots[i]->n_tokens;
        float *q = s->q + i * d, *k = s->k + i * d;
        chip_rotary_apply(&m->rotary, m->kernels, at, heads, head_dim, q);
        chip_rotary_apply(&m->rotary, m->kernels, at, heads, head_dim, k);
        m->kernels->affine(q, m->attention_scale, 0.0f, d, q);
        chip_kept_put(kept, m->heads, m->kernels, at, 1, k, s->v + i * d, d);
        chip_attention_row(m->heads, m->kernels, arena, q, kept, at + 1, NULL, s->mixed + i * d);
    }
    add_output(m, arena, s, &l->self.o, n);
}

static void cross_attention(const struct chip_moonshine *m, size_t layer, struct chip_arena *arena,
                            struct step *s, struct chip_moonshine_slot *const *slots, size_t n)
{
    const struct chip_moonshine_layer *l = &m->decoder[layer];
    size_t d = m->width;
    norm(m, s, l->post_norm, &l->cross.q, n);
    chip_linear_run(&l->cross.q, &s->rows, arena, false, s->q, d);
    m->kernels->affine(s->q, m->attention_scale, 0.0f, n * d, s->q);
    for (size_t i = 0; i < n; i++) {
        const struct chip_moonshine_slot *slot = slots[i];
        float *weights[64] = {0};
        for (size_t h = 0; h < m->heads.n_heads; h++)
            if (m->aligns[layer] >> h & 1)
                weights[h] = slot->attention + slot->n_tokens * slot->n_frames;
        chip_attention_row(m->heads, m->kernels, arena, s->q + i * d, &slot->cross[layer],
                           slot->n_frames, weights, s->mixed + i * d);
    }
    add_output(m, arena, s, &l->cross.o, n);
}

static void feed_forward(const struct chip_moonshine *m, const struct chip_moonshine_layer *l,
                         struct chip_arena *arena, struct step *s, size_t n)
{
    size_t inner = 2 * m->ff;
    norm(m, s, l->final_norm, &l->fc1, n);
    chip_linear_run(&l->fc1, &s->rows, arena, false, s->hidden, inner);
    for (size_t i = 0; i < n; i++)
        m->kernels->silu_mul(s->hidden + i * inner, s->hidden + i * inner + m->ff, m->ff);
    chip_rows_set(&s->rows, &l->fc2, s->hidden, inner, n);
    chip_linear_run(&l->fc2, &s->rows, arena, true, s->x, m->width);
}

/* Leaves the rows of the output layer in s->rows. */
static void run_layers(const struct chip_moonshine *m, struct chip_arena *arena, struct step *s,
                       struct chip_moonshine_slot *const *slots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct chip_moonshine_slot *slot = slots[i];
        int32_t last = slot->n_tokens ? slot->tokens[slot->n_tokens - 1] : m->bos;
        chip_linear_row(&m->embed, (size_t)last, s->x + i * m->width);
        memset(slot->attention + slot->n_tokens * slot->n_frames, 0,
               slot->n_frames * sizeof *slot->attention);
    }
    for (size_t layer = 0; layer < m->n_decoder_layers; layer++) {
        self_attention(m, layer, arena, s, slots, n);
        cross_attention(m, layer, arena, s, slots, n);
        feed_forward(m, &m->decoder[layer], arena, s, n);
    }
    norm(m, s, m->decoder_norm, &m->embed, n);
}

/* Forbids tokens that would complete an n-gram that is already there. */
static void forbid_repeats(const struct chip_moonshine_slot *slot, float *logits)
{
    if (slot->n_tokens < NO_REPEAT)
        return;
    const int32_t *tail = slot->tokens + slot->n_tokens - (NO_REPEAT - 1);
    for (size_t i = 0; i + NO_REPEAT <= slot->n_tokens; i++)
        if (memcmp(slot->tokens + i, tail, (NO_REPEAT - 1) * sizeof *tail) == 0)
            logits[slot->tokens[i + NO_REPEAT - 1]] = -INFINITY;
}

static void logits_of(const struct chip_moonshine *m, struct chip_arena *arena,
                      const struct step *s, size_t i, float *logits)
{
    struct chip_rows one = s->rows;
    one.m = 1;
    one.x += i * one.ldx;
    one.q += i * one.stride;
    one.row += i;
    chip_linear_run(&m->embed, &one, arena, false, logits, m->vocab);
}

/* The likeliest token that repeats nothing. */
static void choose_fresh(const struct chip_moonshine *m, struct chip_arena *arena,
                         const struct step *s, size_t i, struct chip_moonshine_slot *slot)
{
    size_t mark = chip_arena_mark(arena);
    float *logits = chip_arena_take(arena, m->vocab * sizeof *logits), sum;
    logits_of(m, arena, s, i, logits);
    forbid_repeats(slot, logits);
    int32_t best = (int32_t)m->kernels->argmax(logits, m->vocab, &sum);
    chip_moonshine_add(slot, m->eos, best, 1.0f / sum);
    chip_arena_release(arena, mark);
}

static void choose(const struct chip_moonshine *m, const struct chip_hotwords *hotwords,
                   struct chip_arena *arena, const struct step *s,
                   struct chip_moonshine_slot *const *slots, size_t n)
{
    int32_t best[CHIP_MOONSHINE_MAX_SLOTS];
    float probability[CHIP_MOONSHINE_MAX_SLOTS];
    struct chip_picks picks = {.n = 0};
    if (hotwords) {
        picks.outputs = chip_hotwords_tokens(hotwords, &picks.n);
        picks.below = chip_arena_take(arena, n * picks.n * sizeof *picks.below);
    }
    chip_linear_argmax(&m->embed, &s->rows, arena, best, probability, &picks);
    for (size_t i = 0; i < n; i++) {
        const struct chip_heard_token heard = {best[i], probability[i], picks.below + i * picks.n};
        if (slots[i]->no_repeat)
            choose_fresh(m, arena, s, i, slots[i]);
        else if (hotwords)
            chip_moonshine_add_biased(slots[i], m->eos, hotwords, &heard);
        else
            chip_moonshine_add(slots[i], m->eos, best[i], probability[i]);
    }
}

void chip_moonshine_step(const struct chip_moonshine *m, const struct chip_hotwords *hotwords,
                         struct chip_arena *arena, struct chip_moonshine_slot *const *slots,
                         size_t n)
{
    size_t mark = chip_arena_mark(arena);
    struct step s = step_take(m, arena, n);
    run_layers(m, arena, &s, slots, n);
    choose(m, hotwords, arena, &s, slots, n);
    chip_arena_release(arena, mark);
}

void chip_moonshine_logits(const struct chip_moonshine *m, struct chip_arena *arena,
                           struct chip_moonshine_slot *slot, float *logits)
{
    size_t mark = chip_arena_mark(arena);
    struct step s = step_take(m, arena, 1);
    run_layers(m, arena, &s, &slot, 1);
    logits_of(m, arena, &s, 0, logits);
    chip_arena_release(arena, mark);
}
