#include "speech/diarize/tracklets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/diarize/relabel.h"
#include "speech/diarize/rotation.h"
#include "speech/diarize/turns.h"

enum {
    SAMPLES_PER_MS = 16,
    LENGTH_MS = 6000, /* of a stretch */
    PAUSE_MS = 1000,  /* that may be in it */
    MAX_SPEAKERS = 255,
};

/* ---- making ---- */

/*
 * Numbers the stretches of all windows, in order of start; -1 for windows that are nobody's.
 * Stretches of LENGTH_MS are speech of one person without interruption; longer ones may have others
 * in between. @return how many
 */
static size_t divide(const struct chip_diarization *d, int64_t length_ms, int *stretch)
{
    int current[MAX_SPEAKERS];
    int64_t start[MAX_SPEAKERS];
    size_t n = 0;
    memset(current, -1, sizeof current);
    for (size_t i = 0; i < d->n_windows; i++) {
        const struct chip_window *w = &d->windows[i];
        int who = d->label[i];
        stretch[i] = -1;
        if (who < 0)
            continue;
        bool goes_on = i && d->label[i - 1] == who &&
                       w->start - w[-1].end <= (int64_t)PAUSE_MS * SAMPLES_PER_MS;
        bool fits = current[who] >= 0 && w->end - start[who] <= length_ms * SAMPLES_PER_MS;
        if (!fits || (!goes_on && length_ms == LENGTH_MS)) {
            current[who] = (int)n++;
            start[who] = w->start;
        }
        stretch[i] = current[who];
    }
    return n;
}

/* Stretches as short as what may be kept permits. */
static size_t divide_within_allowance(const struct chip_diarization *d, int *stretch)
{
    double hours = (double)d->windows[d->n_windows - 1].end / (16000.0 * 3600.0);
    size_t allowed = (size_t)(CHIP_TRACKLETS_PER_HOUR * fmax(hours, 0.1));
    if (allowed > CHIP_RELABEL_MAX_N)
        allowed = CHIP_RELABEL_MAX_N;
    int64_t length_ms = LENGTH_MS;
    size_t n = divide(d, length_ms, stretch);
    while (n > allowed && length_ms < (int64_t)LENGTH_MS << 20) {
        length_ms += length_ms / 2;
        n = divide(d, length_ms, stretch);
    }
    return n;
}

/* A voice as bytes. @return false for one of zero */
static bool pack(const float *voice, int8_t *out)
{
    float largest = 0.0f;
    for (size_t k = 0; k < CHIP_VOICE_DIM; k++)
        largest = fmaxf(largest, fabsf(voice[k]));
    if (!(largest > 1e-6f))
        return false;
    for (size_t k = 0; k < CHIP_VOICE_DIM; k++)
        out[k] = (int8_t)lrintf(voice[k] / largest * 127.0f);
    return true;
}

/* Fills in the tracklets of all stretches; those without a voice are left out. */
static void fill(const struct chip_diarization *d, const int *stretch,
                 const struct chip_rotation *rotation, float (*voice)[CHIP_VOICE_DIM],
                 struct chip_voices *v)
{
    size_t n = v->n;
    for (size_t i = 0; i < d->n_windows; i++) {
        if (stretch[i] < 0)
            continue;
        const struct chip_window *w = &d->windows[i];
        struct chip_tracklet *t = &v->tracklets[stretch[i]];
        if (!t->end_ms)
            t->start_ms = w->start / SAMPLES_PER_MS;
        t->end_ms = w->end / SAMPLES_PER_MS;
        t->speaker = d->label[i];
        for (size_t k = 0; k < CHIP_VOICE_DIM; k++)
            voice[stretch[i]][k] += w->voice[k];
    }
    v->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct chip_tracklet *to = &v->tracklets[v->n];
        *to = v->tracklets[i];
        chip_rotation_apply(rotation, voice[i]);
        if (to->end_ms > to->start_ms && to->end_ms <= UINT32_MAX && pack(voice[i], to->voice))
            v->n++;
    }
}

enum chip_status chip_tracklets_make(const struct chip_diarization *d, struct chip_voices **out,
                                     struct chip_err *err)
{
    *out = NULL;
    if (!d->n_windows || d->n_speakers > MAX_SPEAKERS)
        return CHIP_OK;
    struct chip_rotation rotation;
    enum chip_status s =
        chip_rotation_init(&rotation, d->windows, d->n_windows * sizeof *d->windows, err);
    if (s != CHIP_OK)
        return s;
    int *stretch = malloc(d->n_windows * sizeof *stretch);
    size_t n = stretch ? divide_within_allowance(d, stretch) : 0;
    float(*voice)[CHIP_VOICE_DIM] = calloc(n + 1, sizeof *voice);
    struct chip_voices *v = chip_voices_new(n);
    if (stretch && voice && v) {
        fill(d, stretch, &rotation, voice, v);
        *out = v;
    } else {
        chip_voices_free(v);
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory for voices");
    }
    free(voice);
    free(stretch);
    return s;
}

/* ---- turns again ---- */

static bool belongs(const struct chip_tracklet *t, const struct chip_turn *turn)
{
    return t->speaker == turn->speaker && t->start_ms < turn->end_ms && t->end_ms > turn->start_ms;
}

/* The stretch of that speaker whose middle is nearest to a turn that has none of its own. */
static size_t nearest(const struct chip_voices *voices, const struct chip_turn *turn)
{
    size_t best = voices->n;
    int64_t least = INT64_MAX, middle = (turn->start_ms + turn->end_ms) / 2;
    for (size_t i = 0; i < voices->n; i++) {
        const struct chip_tracklet *t = &voices->tracklets[i];
        int64_t distance = llabs((t->start_ms + t->end_ms) / 2 - middle);
        if (t->speaker == turn->speaker && distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

/* Pieces of one turn to `out`, which has room for as many as it has stretches, and one. */
static size_t cut_turn(const struct chip_turn *turn, const struct chip_voices *voices,
                       const int *label, struct chip_turn *out)
{
    size_t n = 0, last = 0;
    for (size_t i = 0; i < voices->n && voices->tracklets[i].start_ms < turn->end_ms; i++) {
        if (!belongs(&voices->tracklets[i], turn))
            continue;
        if (n && out[n - 1].speaker == label[i]) {
            last = i;
            continue;
        }
        if (n) {
            int64_t cut = (voices->tracklets[last].end_ms + voices->tracklets[i].start_ms) / 2;
            cut = cut < turn->end_ms ? cut : turn->end_ms;
            cut = cut > out[n - 1].start_ms ? cut : out[n - 1].start_ms;
            out[n - 1].end_ms = cut;
        }
        out[n] = *turn;
        out[n].start_ms = n ? out[n - 1].end_ms : turn->start_ms;
        out[n++].speaker = label[i];
        last = i;
    }
    if (!n) {
        size_t i = nearest(voices, turn);
        out[n] = *turn;
        out[n++].speaker = i < voices->n ? label[i] : 0;
    }
    return n;
}

enum chip_status chip_tracklets_turns(const struct chip_turn *turns, size_t n_turns,
                                      const struct chip_voices *voices, const int *label,
                                      struct chip_turn **out, size_t *n, struct chip_err *err)
{
    size_t room = n_turns;
    for (size_t i = 0; i < n_turns; i++)
        for (size_t k = 0; k < voices->n; k++)
            room += belongs(&voices->tracklets[k], &turns[i]);
    struct chip_turn *pieces = malloc((room + 1) * sizeof *pieces);
    if (!pieces)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers' turns");
    size_t n_pieces = 0;
    for (size_t i = 0; i < n_turns; i++)
        n_pieces += cut_turn(&turns[i], voices, label, pieces + n_pieces);
    *n = chip_turns_join(pieces, n_pieces);
    *out = pieces;
    return CHIP_OK;
}
