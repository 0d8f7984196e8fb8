#include "speech/diarize/tracklets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/diarize/rotation.h"
#include "speech/diarize/turns.h"

enum {
    SAMPLES_PER_MS = 16,
    LENGTH_MS = 6000, /* of a stretch, and the pause that may be in it */
    MAX_SPEAKERS = 255,
};

/* ---- making ---- */

/* The windows from `first` on that make one stretch. */
static size_t stretch_end(const struct chip_diarization *d, size_t first, int64_t length_ms)
{
    const struct chip_window *w = d->windows;
    size_t end = first + 1;
    while (end < d->n_windows && d->label[end] == d->label[first] &&
           w[end].end - w[first].start <= length_ms * SAMPLES_PER_MS &&
           w[end].start - w[end - 1].end <= length_ms / LENGTH_MS * 1000 * SAMPLES_PER_MS)
        end++;
    return end;
}

static size_t count_stretches(const struct chip_diarization *d, int64_t length_ms)
{
    size_t n = 0;
    for (size_t at = 0; at < d->n_windows; n++)
        at = stretch_end(d, at, length_ms);
    return n;
}

/* Stretches as short as the hourly allowance permits. */
static int64_t choose_length(const struct chip_diarization *d)
{
    double hours = (double)d->windows[d->n_windows - 1].end / (16000.0 * 3600.0);
    size_t allowed = (size_t)(CHIP_TRACKLETS_PER_HOUR * fmax(hours, 0.1));
    int64_t length_ms = LENGTH_MS;
    while (count_stretches(d, length_ms) > allowed && length_ms < (int64_t)LENGTH_MS << 10)
        length_ms *= 2;
    return length_ms;
}

/* The mean voice of windows first .. end - 1, rotated, as bytes. @return false for a mean of zero
 */
static bool mean_voice(const struct chip_window *windows, size_t first, size_t end,
                       const struct chip_rotation *rotation, int8_t *out)
{
    float sum[CHIP_VOICE_DIM] = {0}, largest = 0.0f;
    for (size_t i = first; i < end; i++)
        for (size_t k = 0; k < CHIP_VOICE_DIM; k++)
            sum[k] += windows[i].voice[k];
    chip_rotation_apply(rotation, sum);
    for (size_t k = 0; k < CHIP_VOICE_DIM; k++)
        largest = fmaxf(largest, fabsf(sum[k]));
    if (!(largest > 1e-6f))
        return false;
    for (size_t k = 0; k < CHIP_VOICE_DIM; k++)
        out[k] = (int8_t)lrintf(sum[k] / largest * 127.0f);
    return true;
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
    int64_t length_ms = choose_length(d);
    struct chip_voices *v = chip_voices_new(count_stretches(d, length_ms));
    if (!v)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for voices");
    v->n = 0;
    for (size_t at = 0, end; at < d->n_windows; at = end) {
        end = stretch_end(d, at, length_ms);
        struct chip_tracklet *t = &v->tracklets[v->n];
        t->start_ms = d->windows[at].start / SAMPLES_PER_MS;
        t->end_ms = d->windows[end - 1].end / SAMPLES_PER_MS;
        t->speaker = d->label[at];
        if (d->label[at] >= 0 && t->end_ms > t->start_ms && t->end_ms <= UINT32_MAX &&
            v->n < CHIP_MAX_TRACKLETS && mean_voice(d->windows, at, end, &rotation, t->voice))
            v->n++;
    }
    *out = v;
    return CHIP_OK;
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
