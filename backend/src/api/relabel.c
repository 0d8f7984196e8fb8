#include <stdlib.h>
#include <string.h>

#include "meeting/assign.h"
#include "meeting/voices.h"
#include "speech/diarize/relabel.h"
#include "speech/diarize/tracklets.h"

/* New labels for the stretches of a transcript. */
static enum chip_status find_labels(const struct chip_transcript *t, size_t k, int *label,
                                    size_t *found, struct chip_err *err)
{
    const struct chip_voices *v = t->voices;
    float *seconds = malloc((v->n + 1) * sizeof *seconds);
    int *before = malloc((v->n + 1) * sizeof *before);
    enum chip_status s = CHIP_OK;
    if (!seconds || !before)
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    for (size_t i = 0; s == CHIP_OK && i < v->n; i++) {
        seconds[i] = (float)(v->tracklets[i].end_ms - v->tracklets[i].start_ms) / 1000.0f;
        before[i] = v->tracklets[i].speaker;
    }
    if (s == CHIP_OK) {
        const struct chip_relabel_input in = {
            .voices = v->tracklets[0].voice,
            .pitch = sizeof v->tracklets[0],
            .seconds = seconds,
            .label = before,
            .n = v->n,
            .dim = CHIP_TRACKLET_DIM,
            .n_speakers = t->n_speakers,
        };
        s = chip_relabel(&in, k, label, found, err);
    }
    free(seconds);
    free(before);
    return s;
}

/* A speaker keeps the name of the one that most of its speech comes from, if most of that one's
 * goes there. */
static enum chip_status carry_names(const struct chip_transcript *from, const int *label,
                                    size_t found, struct chip_transcript *t, struct chip_err *err)
{
    size_t n = from->n_speakers;
    int64_t *shared = calloc(n * found + 1, sizeof *shared);
    if (!shared)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers");
    for (size_t i = 0; i < from->voices->n; i++) {
        const struct chip_tracklet *k = &from->voices->tracklets[i];
        shared[(size_t)k->speaker * found + (size_t)label[i]] += k->end_ms - k->start_ms;
    }
    enum chip_status s = CHIP_OK;
    for (size_t to = 0; s == CHIP_OK && to < found && to < t->n_speakers; to++) {
        size_t best = 0, goes = 0;
        for (size_t i = 1; i < n; i++)
            best = shared[i * found + to] > shared[best * found + to] ? i : best;
        for (size_t i = 1; i < found; i++)
            goes = shared[best * found + i] > shared[best * found + goes] ? i : goes;
        if (goes == to && *from->speakers[best].name)
            s = chip_transcript_name_speaker(t, to, from->speakers[best].name, err);
    }
    free(shared);
    return s;
}

enum chip_status chip_transcript_relabel(const struct chip_transcript *from, int n_speakers,
                                         struct chip_transcript **out, struct chip_err *err)
{
    if (n_speakers < 1 || n_speakers > CHIP_CLUSTER_MAX_SPEAKERS)
        return chip_fail(err, CHIP_E_INVAL, "speakers: %d is not from 1 to %d", n_speakers,
                         CHIP_CLUSTER_MAX_SPEAKERS);
    if (!from->voices || !from->voices->n)
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "this transcript holds no voices, so its speakers cannot be told apart "
                         "again; transcribe the recording with --speakers %d",
                         n_speakers);
    size_t found = 0, n_turns = 0;
    struct chip_turn *turns = NULL;
    struct chip_transcript *t = NULL;
    struct chip_voices *voices = chip_voices_copy(from->voices);
    int *label = malloc((from->voices->n + 1) * sizeof *label);
    enum chip_status s = CHIP_OK;
    if (!voices || !label)
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    if (s == CHIP_OK)
        s = find_labels(from, (size_t)n_speakers, label, &found, err);
    if (s == CHIP_OK)
        s = chip_tracklets_turns(from->turns, from->n_turns, from->voices, label, &turns, &n_turns,
                                 err);
    if (s == CHIP_OK)
        s = chip_transcript_with_turns(from, turns, n_turns, found, &t, err);
    if (s == CHIP_OK)
        s = carry_names(from, label, found, t, err);
    if (s == CHIP_OK) {
        for (size_t i = 0; i < voices->n; i++)
            voices->tracklets[i].speaker = label[i];
        chip_transcript_set_voices(t, voices);
        voices = NULL;
        *out = t;
        t = NULL;
    }
    chip_transcript_free(t);
    chip_voices_free(voices);
    free(label);
    free(turns);
    return s;
}
