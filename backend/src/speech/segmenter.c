#include "speech/segmenter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "speech/pauses.h"
#include "speech/quiet.h"

enum {
    CHUNK = 512,         /* samples of a probability */
    PER_MS = 16,         /* samples */
    AHEAD = 125 * CHUNK, /* how far samples may run ahead of probabilities */
    MAX_SPANS = 1024     /* joined in a piece */
};

/* All positions are samples of the recording. */
struct chip_segmenter {
    float on, off;
    int64_t min_speech, min_silence, pad, join_gap;
    int64_t max, target; /* of a piece without its padding */
    chip_speech_fn *emit;
    void *user;

    /* The part of the recording that may still be needed, from the start of a chunk on. */
    float *pcm, *probs;
    size_t n_pcm, max_pcm, n_probs, max_probs, n_heard; /* heard: chunks that were looked at */
    int64_t start;                                      /* of pcm[0] */

    /* The span that is being heard. */
    bool open, talking; /* talking: not yet below `off` */
    bool sure;          /* the rest of one that was cut: kept however short it is */
    int64_t open_start, quiet_since;

    /* The piece that waits for something to be joined with. Empty: n_spans is 0. */
    struct chip_span *spans;
    size_t n_spans;

    int64_t last_end; /* of the last piece, with its padding */
    int64_t n_speech;
};

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- opening ---- */

struct chip_segmenter_options chip_segmenter_defaults(void)
{
    return (struct chip_segmenter_options){
        .on = 0.5f,
        .off = 0.35f,
        .min_speech_ms = 250,
        .min_silence_ms = 400,
        .pad_ms = 250,
        .max_ms = 20000,
        .join_gap_ms = 1000,
        .target_ms = 12000,
    };
}

static bool in_range(int x, int low, int high)
{
    return low <= x && x <= high;
}

static enum chip_status check(const struct chip_segmenter_options *o, struct chip_err *err)
{
    if (!(o->off >= 0.0f && o->off <= o->on && o->on <= 1.0f && o->on > 0.0f))
        return chip_fail(err, CHIP_E_INVAL, "speech thresholds must be 0 <= off <= on <= 1");
    if (!in_range(o->max_ms, 1000, 60000))
        return chip_fail(err, CHIP_E_INVAL, "pieces of speech must end after 1 to 60 s, not %d ms",
                         o->max_ms);
    if (!in_range(o->pad_ms, 0, o->max_ms / 4) || !in_range(o->min_speech_ms, 0, o->max_ms / 2) ||
        !in_range(o->min_silence_ms, 0, 10000) || !in_range(o->join_gap_ms, 0, 10000) ||
        o->target_ms < 0)
        return chip_fail(err, CHIP_E_INVAL, "a duration for cutting speech is out of range");
    return CHIP_OK;
}

/*
 * The most that must be kept: a piece, the gap after it, a span that does not yet count as speech,
 * the silence that would close that, and the padding before the piece. Chunks round each of them
 * up.
 */
static size_t history(const struct chip_segmenter *seg)
{
    int64_t n = max64(seg->max, seg->target) + max64(seg->join_gap, 2 * seg->pad) +
                seg->min_speech + seg->min_silence + seg->pad;
    return (size_t)(n / CHUNK + 8) * CHUNK;
}

enum chip_status chip_segmenter_new(struct chip_segmenter **out,
                                    const struct chip_segmenter_options *options,
                                    chip_speech_fn *emit, void *user, struct chip_err *err)
{
    const struct chip_segmenter_options o = options ? *options : chip_segmenter_defaults();
    enum chip_status st = check(&o, err);
    if (st != CHIP_OK)
        return st;
    struct chip_segmenter *seg = calloc(1, sizeof *seg);
    if (!seg)
        goto fail;
    seg->on = o.on;
    seg->off = o.off;
    seg->min_speech = o.min_speech_ms * PER_MS;
    seg->min_silence = o.min_silence_ms * PER_MS;
    seg->pad = o.pad_ms * PER_MS;
    seg->join_gap = o.join_gap_ms * PER_MS;
    seg->max = o.max_ms * PER_MS - 2 * seg->pad;
    seg->target = min64(o.target_ms, o.max_ms) * PER_MS - 2 * seg->pad;
    seg->emit = emit;
    seg->user = user;
    seg->max_pcm = 2 * history(seg) + AHEAD; /* twice: so that it seldom has to be moved */
    seg->max_probs = seg->max_pcm / CHUNK;
    seg->pcm = malloc(seg->max_pcm * sizeof *seg->pcm);
    seg->probs = malloc(seg->max_probs * sizeof *seg->probs);
    seg->spans = malloc(MAX_SPANS * sizeof *seg->spans);
    if (!seg->pcm || !seg->probs || !seg->spans)
        goto fail;
    chip_segmenter_reset(seg);
    *out = seg;
    return CHIP_OK;
fail:
    chip_segmenter_free(seg);
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for cutting speech");
}

void chip_segmenter_free(struct chip_segmenter *seg)
{
    if (!seg)
        return;
    free(seg->pcm);
    free(seg->probs);
    free(seg->spans);
    free(seg);
}

static void restart(struct chip_segmenter *seg)
{
    seg->n_pcm = seg->n_probs = seg->n_heard = seg->n_spans = 0;
    seg->start = seg->last_end = 0;
    seg->open = false;
}

void chip_segmenter_reset(struct chip_segmenter *seg)
{
    restart(seg);
    seg->n_speech = 0;
}

int64_t chip_segmenter_speech(const struct chip_segmenter *seg)
{
    return seg->n_speech;
}

void chip_speech_done(struct chip_speech *speech)
{
    free(speech->pcm);
    free(speech->spans);
    free(speech->pauses);
    *speech = (struct chip_speech){0};
}

/* ---- pieces ---- */

static float mean_probability(const struct chip_segmenter *seg)
{
    double sum = 0.0;
    size_t n = 0;
    for (size_t i = 0; i < seg->n_spans; i++) {
        size_t c = (size_t)(seg->spans[i].start - seg->start) / CHUNK;
        for (; (int64_t)c * CHUNK < seg->spans[i].end - seg->start; c++, n++)
            sum += seg->probs[c];
    }
    return n ? (float)(sum / (double)n) : 0.0f;
}

/* Emits the waiting piece; nothing that will be kept comes after it before `next`. */
static enum chip_status emit_piece(struct chip_segmenter *seg, int64_t next, struct chip_err *err)
{
    const struct chip_span *first = seg->spans, *last = seg->spans + seg->n_spans - 1;
    const int64_t start = max64(first->start - seg->pad, seg->last_end);
    const int64_t end = last->end + min64(seg->pad, (next - last->end) / 2);
    struct chip_speech speech = {
        .start = start,
        .n_samples = (size_t)(end - start),
        .n_spans = seg->n_spans,
        .probability = mean_probability(seg),
    };
    speech.pcm = malloc(speech.n_samples * sizeof *speech.pcm);
    speech.spans = malloc(speech.n_spans * sizeof *speech.spans);
    speech.pauses = malloc((speech.n_samples / CHUNK / 4 + seg->n_spans) * sizeof *speech.pauses);
    if (!speech.pcm || !speech.spans || !speech.pauses) {
        chip_speech_done(&speech);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu samples of speech",
                         (size_t)(end - start));
    }
    memcpy(speech.pcm, seg->pcm + (start - seg->start), speech.n_samples * sizeof *speech.pcm);
    for (size_t i = 0; i < seg->n_spans; i++) {
        const struct chip_span *s = &seg->spans[i];
        speech.spans[i] = (struct chip_span){s->start - start, s->end - start};
        speech.n_pauses += chip_pauses_find(seg->probs, seg->start, *s, seg->on, start,
                                            speech.pauses + speech.n_pauses);
        seg->n_speech += s->end - s->start;
    }
    seg->n_spans = 0;
    seg->last_end = end;
    return seg->emit(seg->user, &speech, err);
}

/* May start..end become part of the waiting piece? */
static bool joins(const struct chip_segmenter *seg, int64_t start, int64_t end)
{
    return start - seg->spans[seg->n_spans - 1].end <= seg->join_gap &&
           end - seg->spans[0].start <= seg->target && seg->n_spans < MAX_SPANS;
}

static enum chip_status add_span(struct chip_segmenter *seg, int64_t start, int64_t end,
                                 struct chip_err *err)
{
    if (seg->n_spans > 0 && !joins(seg, start, end)) {
        enum chip_status st = emit_piece(seg, start, err);
        if (st != CHIP_OK)
            return st;
    }
    seg->spans[seg->n_spans++] = (struct chip_span){start, end};
    return CHIP_OK;
}

/* ---- spans ---- */

static enum chip_status close_span(struct chip_segmenter *seg, int64_t end, struct chip_err *err)
{
    seg->open = false;
    if (!seg->sure && end - seg->open_start < seg->min_speech)
        return CHIP_OK;
    return add_span(seg, seg->open_start, end, err);
}

/* Ends the open span, which has become too long, in the middle of speech; the rest stays open. */
static enum chip_status cut_span(struct chip_segmenter *seg, int64_t now, struct chip_err *err)
{
    const int64_t from = seg->open_start - seg->start, to = from + seg->max;
    const size_t at = chip_quietest(seg->pcm, (size_t)(now - seg->start), seg->probs,
                                    (size_t)(from + seg->max / 2), (size_t)to);
    const int64_t start = seg->open_start;
    seg->open_start = seg->start + (int64_t)at;
    seg->sure = true;
    return add_span(seg, start, seg->open_start, err);
}

/* Emits the waiting piece as soon as it is clear that nothing will be joined to it. */
static enum chip_status settle(struct chip_segmenter *seg, int64_t now, struct chip_err *err)
{
    if (seg->n_spans == 0)
        return CHIP_OK;
    if (seg->open) {
        const int64_t end = seg->talking ? now : seg->quiet_since;
        const bool speech = seg->sure || end - seg->open_start >= seg->min_speech;
        return speech && !joins(seg, seg->open_start, end) ? emit_piece(seg, seg->open_start, err)
                                                           : CHIP_OK;
    }
    /* The next span starts now at the earliest. */
    const bool clear = now - seg->spans[seg->n_spans - 1].end >= 2 * seg->pad;
    return clear && !joins(seg, now, now + seg->min_speech) ? emit_piece(seg, now, err) : CHIP_OK;
}

/* Looks at one chunk, now being its end. */
static enum chip_status hear(struct chip_segmenter *seg, float prob, int64_t now, int64_t n,
                             struct chip_err *err)
{
    const int64_t start = now - n;
    enum chip_status st = CHIP_OK;
    if (prob >= seg->on) {
        if (!seg->open) {
            seg->open = true;
            seg->sure = false;
            seg->open_start = start;
        }
        seg->talking = true;
    } else if (seg->open && seg->talking && prob < seg->off) {
        seg->talking = false;
        seg->quiet_since = start;
    }
    if (seg->open && seg->talking)
        while (st == CHIP_OK && now - seg->open_start > seg->max)
            st = cut_span(seg, now, err);
    else if (seg->open && now - seg->quiet_since >= seg->min_silence)
        st = close_span(seg, seg->quiet_since, err);
    return st == CHIP_OK ? settle(seg, now, err) : st;
}

/* ---- input ---- */

/* Where the next piece starts at the earliest, if it has no neighbour. */
static int64_t next_start(const struct chip_segmenter *seg)
{
    if (seg->n_spans > 0)
        return seg->spans[0].start - seg->pad;
    if (seg->open)
        return seg->open_start - seg->pad;
    return seg->start + (int64_t)(seg->n_heard * CHUNK) - seg->pad;
}

int64_t chip_segmenter_settled(const struct chip_segmenter *seg)
{
    return max64(next_start(seg), seg->last_end);
}

/* Moves what may still be needed to the front of the buffer. */
static void forget(struct chip_segmenter *seg)
{
    const int64_t keep = (next_start(seg) - seg->start) / CHUNK; /* chunks that can go */
    if (keep <= 0)
        return;
    const size_t n = (size_t)keep;
    seg->n_pcm -= n * CHUNK;
    seg->n_probs -= n;
    seg->n_heard -= n;
    seg->start += keep * CHUNK;
    memmove(seg->pcm, seg->pcm + n * CHUNK, seg->n_pcm * sizeof *seg->pcm);
    memmove(seg->probs, seg->probs + n, seg->n_probs * sizeof *seg->probs);
}

static void take(const float **from, size_t *n, float *to, size_t *filled, size_t max)
{
    size_t m = max - *filled < *n ? max - *filled : *n;
    if (m > 0)
        memcpy(to + *filled, *from, m * sizeof *to);
    *from += m;
    *n -= m;
    *filled += m;
}

enum chip_status chip_segmenter_push(struct chip_segmenter *seg, const float *pcm, size_t n,
                                     const float *probs, size_t n_probs, struct chip_err *err)
{
    for (;;) {
        const size_t before = seg->n_heard;
        take(&pcm, &n, seg->pcm, &seg->n_pcm, seg->max_pcm);
        take(&probs, &n_probs, seg->probs, &seg->n_probs, seg->max_probs);
        while (seg->n_heard < seg->n_probs && (seg->n_heard + 1) * CHUNK <= seg->n_pcm) {
            const float prob = seg->probs[seg->n_heard++];
            enum chip_status st =
                hear(seg, prob, seg->start + (int64_t)(seg->n_heard * CHUNK), CHUNK, err);
            if (st != CHIP_OK)
                return st;
        }
        if (n == 0 && n_probs == 0)
            break;
        const size_t heard = seg->n_heard;
        forget(seg);
        if (heard == before && seg->n_heard == heard)
            break; /* full, and nothing can be done */
    }
    const size_t pending = seg->n_pcm - seg->n_heard * CHUNK;
    if (n > 0 || pending > AHEAD)
        return chip_fail(err, CHIP_E_INVAL, "samples run too far ahead of speech probabilities");
    if (n_probs > 0 || seg->n_probs > seg->n_heard + 1)
        return chip_fail(err, CHIP_E_INVAL, "speech probabilities run ahead of the samples");
    return CHIP_OK;
}

enum chip_status chip_segmenter_flush(struct chip_segmenter *seg, struct chip_err *err)
{
    const size_t left = seg->n_pcm - seg->n_heard * CHUNK;
    const int64_t now = seg->start + (int64_t)seg->n_pcm;
    enum chip_status st = CHIP_OK;
    if (left > 0 && seg->n_probs > seg->n_heard)
        st = hear(seg, seg->probs[seg->n_heard], now, (int64_t)left, err);
    if (st == CHIP_OK && seg->open)
        st = close_span(seg, seg->talking ? now : seg->quiet_since, err);
    if (st == CHIP_OK && seg->n_spans > 0) {
        /* The padding ends with the recording, and has no neighbour to share the gap with. */
        int64_t end = seg->spans[seg->n_spans - 1].end;
        st = emit_piece(seg, end + 2 * min64(seg->pad, now - end), err);
    }
    restart(seg);
    return st;
}
