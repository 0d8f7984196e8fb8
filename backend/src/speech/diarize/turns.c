#include "speech/diarize/turns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP = 1600,   /* samples: 0.1 s */
    REACH = 12800, /* 0.8 s: further windows have no say */
    MIN_RUN = 3,   /* steps */
    JOIN_MS = 1000,
    SAMPLES_PER_MS = 16,
};

/* ---- voices ---- */

void chip_voice_centers(const struct chip_window *windows, const int *label, size_t n,
                        size_t n_speakers, float (*centers)[CHIP_VOICE_DIM])
{
    memset(centers, 0, n_speakers * sizeof *centers);
    for (size_t i = 0; i < n; i++) {
        if (label[i] < 0)
            continue;
        float seconds = (float)(windows[i].end - windows[i].start) / 16000.0f;
        for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
            centers[label[i]][d] += seconds * windows[i].voice[d];
    }
    for (size_t s = 0; s < n_speakers; s++) {
        float square = 1e-12f;
        for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
            square += centers[s][d] * centers[s][d];
        for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
            centers[s][d] /= sqrtf(square);
    }
}

/* How alike each window and each speaker are: [n_windows][n_speakers]. */
static void compare(const struct chip_turns_input *in, const float (*centers)[CHIP_VOICE_DIM],
                    float *alike)
{
    for (size_t i = 0; i < in->n_windows; i++)
        for (size_t s = 0; s < in->n_speakers; s++) {
            float sum = 0.0f;
            for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
                sum += in->windows[i].voice[d] * centers[s][d];
            alike[i * in->n_speakers + s] = sum;
        }
}

/* ---- steps of one span ---- */

struct labels {
    const struct chip_turns_input *in;
    const float *alike;
    float *score;      /* [n_speakers] */
    int *speaker;      /* [steps of the longest span] */
    float *confidence; /* [the same] */
    size_t first;      /* window: those before it are out of reach for good */
};

static int64_t middle(const struct chip_window *w)
{
    return (w->start + w->end) / 2;
}

/* The window whose middle is nearest to a time. */
static size_t nearest(const struct chip_turns_input *in, int64_t at)
{
    size_t best = 0;
    for (size_t i = 1; i < in->n_windows; i++)
        if (llabs(middle(&in->windows[i]) - at) < llabs(middle(&in->windows[best]) - at))
            best = i;
    return best;
}

static void label_step(struct labels *l, int64_t at, int *speaker, float *confidence)
{
    const struct chip_turns_input *in = l->in;
    float total = 0.0f, sure = 0.0f;
    memset(l->score, 0, in->n_speakers * sizeof *l->score);
    while (l->first < in->n_windows && in->windows[l->first].end + REACH <= at)
        l->first++;
    for (size_t i = l->first; i < in->n_windows && in->windows[i].start < at; i++) {
        const struct chip_window *w = &in->windows[i];
        float weight = 1.0f - (float)llabs(middle(w) - at) / (float)REACH;
        if (at >= w->end || weight <= 0.0f)
            continue;
        for (size_t s = 0; s < in->n_speakers; s++)
            l->score[s] += weight * l->alike[i * in->n_speakers + s];
        total += weight;
        sure += weight * in->confidence[i];
    }
    if (total <= 0.0f) { /* speech too short for a window of its own */
        size_t i = nearest(in, at);
        *speaker = in->label[i];
        *confidence = 0.0f;
        return;
    }
    size_t best = 0;
    for (size_t s = 1; s < in->n_speakers; s++)
        best = l->score[s] > l->score[best] ? s : best;
    *speaker = (int)best;
    *confidence = sure / total;
}

/* Gives the shortest run of less than MIN_RUN steps to its longer neighbour, until there is none.
 */
static void remove_flicker(int *speaker, size_t n)
{
    for (;;) {
        size_t shortest = n, from = 0, before = 0, previous = 0;
        bool to_next = false;
        for (size_t at = 0; at < n;) {
            size_t end = at;
            while (end < n && speaker[end] == speaker[at])
                end++;
            size_t next = end;
            while (next < n && speaker[next] == speaker[end])
                next++;
            bool has_neighbour = previous || next > end;
            if (end - at < MIN_RUN && end - at < shortest && has_neighbour) {
                shortest = end - at;
                from = at;
                before = previous;
                to_next = next - end > before;
            }
            previous = end - at;
            at = end;
        }
        if (shortest == n || shortest >= MIN_RUN)
            return;
        int heir = to_next ? speaker[from + shortest] : speaker[from - 1];
        for (size_t i = from; i < from + shortest; i++)
            speaker[i] = heir;
    }
}

static size_t step_count(struct chip_span span)
{
    return (size_t)((span.end - span.start + STEP - 1) / STEP);
}

/* The turns of one span to `out`, which has room for as many as there are steps. */
static size_t label_span(struct labels *l, struct chip_span span, struct chip_turn *out)
{
    size_t n = step_count(span), n_turns = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t from = span.start + (int64_t)i * STEP;
        int64_t to = from + STEP < span.end ? from + STEP : span.end;
        label_step(l, (from + to) / 2, &l->speaker[i], &l->confidence[i]);
    }
    remove_flicker(l->speaker, n);
    for (size_t at = 0; at < n;) {
        size_t end = at;
        float sure = 0.0f;
        for (; end < n && l->speaker[end] == l->speaker[at]; end++)
            sure += l->confidence[end];
        int64_t last = end < n ? span.start + (int64_t)end * STEP : span.end;
        out[n_turns++] = (struct chip_turn){
            .start_ms = (span.start + (int64_t)at * STEP) / SAMPLES_PER_MS,
            .end_ms = last / SAMPLES_PER_MS,
            .speaker = l->speaker[at],
            .confidence = sure / (float)(end - at),
        };
        at = end;
    }
    return n_turns;
}

/* A turn for each second speaker; one that is heard there already will be joined with it. */
static size_t add_overlaps(const struct chip_turns_input *in, struct chip_turn *out)
{
    for (size_t i = 0; i < in->n_overlaps; i++) {
        const struct chip_overlap *o = &in->overlaps[i];
        out[i] = (struct chip_turn){.start_ms = o->start / SAMPLES_PER_MS,
                                    .end_ms = o->end / SAMPLES_PER_MS,
                                    .speaker = o->speaker,
                                    .confidence = o->confidence};
    }
    return in->n_overlaps;
}

/* ---- joining ---- */

static int by_start(const void *a, const void *b)
{
    const struct chip_turn *x = a, *y = b;
    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return x->speaker - y->speaker;
}

static float mean_confidence(const struct chip_turn *a, const struct chip_turn *b)
{
    float x = (float)(a->end_ms - a->start_ms), y = (float)(b->end_ms - b->start_ms);
    return x + y > 0.0f ? (a->confidence * x + b->confidence * y) / (x + y) : a->confidence;
}

/* Whether somebody else speaks between two pieces; pieces are sorted, `until` is the later one. */
static bool is_interrupted(const struct chip_turn *pieces, size_t n_kept, size_t until,
                           const struct chip_turn *turn)
{
    int64_t from = turn->end_ms, to = pieces[until].start_ms;
    for (size_t i = 0; i < n_kept; i++)
        if (pieces[i].speaker != turn->speaker && pieces[i].start_ms < to &&
            pieces[i].end_ms > from)
            return true;
    return false;
}

size_t chip_turns_join(struct chip_turn *pieces, size_t n)
{
    qsort(pieces, n, sizeof *pieces, by_start);
    size_t kept = 0, recent = 0; /* turns before `recent` ended long ago */
    for (size_t i = 0; i < n; i++) {
        struct chip_turn piece = pieces[i], *turn = NULL;
        while (recent < kept && pieces[recent].end_ms + JOIN_MS < piece.start_ms)
            recent++;
        for (size_t k = kept; k-- > recent && !turn;)
            if (pieces[k].speaker == piece.speaker)
                turn = &pieces[k];
        bool touches = turn && piece.start_ms <= turn->end_ms;
        bool near = turn && piece.start_ms - turn->end_ms < JOIN_MS;
        if (touches ||
            (near && !is_interrupted(pieces + recent, kept - recent, i - recent, turn))) {
            turn->confidence = mean_confidence(turn, &piece);
            turn->end_ms = piece.end_ms > turn->end_ms ? piece.end_ms : turn->end_ms;
        } else {
            pieces[kept++] = piece;
        }
    }
    return kept;
}

/* ---- all of it ---- */

enum chip_status chip_turns_make(const struct chip_turns_input *in, struct chip_turn **turns,
                                 size_t *n, struct chip_err *err)
{
    *turns = NULL;
    *n = 0;
    size_t total = 0, longest = 0;
    for (size_t i = 0; i < in->n_spans; i++) {
        size_t steps = step_count(in->spans[i]);
        total += steps;
        longest = steps > longest ? steps : longest;
    }
    if (!total || !in->n_windows)
        return CHIP_OK;

    float(*centers)[CHIP_VOICE_DIM] = malloc(in->n_speakers * sizeof *centers);
    float *alike = malloc(in->n_windows * in->n_speakers * sizeof *alike);
    struct labels l = {.in = in,
                       .alike = alike,
                       .score = malloc(in->n_speakers * sizeof *l.score),
                       .speaker = malloc(longest * sizeof *l.speaker),
                       .confidence = malloc(longest * sizeof *l.confidence)};
    struct chip_turn *out = malloc((total + in->n_overlaps) * sizeof *out);
    enum chip_status s = CHIP_OK;
    if (centers && alike && l.score && l.speaker && l.confidence && out) {
        chip_voice_centers(in->windows, in->label, in->n_windows, in->n_speakers, centers);
        compare(in, (const float(*)[CHIP_VOICE_DIM])centers, alike);
        size_t n_out = 0;
        for (size_t i = 0; i < in->n_spans; i++)
            n_out += label_span(&l, in->spans[i], out + n_out);
        n_out += add_overlaps(in, out + n_out);
        *n = chip_turns_join(out, n_out);
        *turns = out;
        out = NULL;
    } else {
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers' turns");
    }
    free(centers);
    free(alike);
    free(l.score);
    free(l.speaker);
    free(l.confidence);
    free(out);
    return s;
}
