#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meeting/owned.h"
#include "meeting/transcript.h"
#include "meeting/voices.h"

/* A label is what turns and words name a speaker by. */
static enum chip_status check_label(const struct chip_speaker *speakers, size_t i,
                                    struct chip_err *err)
{
    if (!*speakers[i].label)
        return chip_fail(err, CHIP_E_INVAL, "speaker %zu has an empty label", i);
    for (size_t k = 0; k < i; k++)
        if (strcmp(speakers[k].label, speakers[i].label) == 0)
            return chip_fail(err, CHIP_E_INVAL, "speakers %zu and %zu are both called '%s'", k, i,
                             speakers[i].label);
    return CHIP_OK;
}

enum chip_status chip_transcript_set_speakers(struct chip_transcript *t,
                                              const struct chip_speaker *speakers, size_t n,
                                              struct chip_err *err)
{
    if (t->n_speakers)
        return chip_fail(err, CHIP_E_INVAL, "the speakers are known already");
    if (n > CHIP_MAX_SPEAKERS)
        return chip_fail(err, CHIP_E_INVAL, "%zu speakers are more than %d", n, CHIP_MAX_SPEAKERS);
    struct chip_speaker *copy = calloc(n + 1, sizeof *copy);
    if (!copy)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers");
    enum chip_status st = CHIP_OK;
    for (size_t i = 0; st == CHIP_OK && i < n; i++) {
        char label[32];
        snprintf(label, sizeof label, "S%zu", i + 1);
        st = chip_transcript_keep(t, speakers[i].label ? speakers[i].label : label, &copy[i].label,
                                  err);
        if (st == CHIP_OK)
            st = check_label(copy, i, err);
        if (st == CHIP_OK)
            st = chip_transcript_keep(t, speakers[i].name ? speakers[i].name : "", &copy[i].name,
                                      err);
        const char *suggestion = speakers[i].suggestion ? speakers[i].suggestion : "";
        if (st == CHIP_OK)
            st = chip_transcript_keep(t, suggestion, &copy[i].suggestion, err);
        copy[i].similarity = *suggestion ? speakers[i].similarity : 0.0f;
    }
    if (st != CHIP_OK) {
        free(copy);
        return st;
    }
    free(t->speakers);
    t->speakers = copy;
    t->n_speakers = n;
    return CHIP_OK;
}

enum chip_status chip_transcript_name_speaker(struct chip_transcript *t, size_t speaker,
                                              const char *name, struct chip_err *err)
{
    if (speaker >= t->n_speakers)
        return chip_fail(err, CHIP_E_INVAL, "there is no speaker %zu", speaker + 1);
    return chip_transcript_keep(t, name, &t->speakers[speaker].name, err);
}

enum chip_status chip_transcript_suggest_name(struct chip_transcript *t, size_t speaker,
                                              const char *name, float similarity,
                                              struct chip_err *err)
{
    if (speaker >= t->n_speakers)
        return chip_fail(err, CHIP_E_INVAL, "there is no speaker %zu", speaker + 1);
    t->speakers[speaker].similarity = similarity;
    return chip_transcript_keep(t, name, &t->speakers[speaker].suggestion, err);
}

static enum chip_status check_turn(const struct chip_transcript *t, const struct chip_turn *turns,
                                   size_t i, int64_t *last_end, struct chip_err *err)
{
    const struct chip_turn *turn = &turns[i];
    if (turn->start_ms < 0 || turn->start_ms > turn->end_ms ||
        turn->end_ms > CHIP_TRANSCRIPT_MAX_MS)
        return chip_fail(err, CHIP_E_INVAL, "turn %zu cannot be from %" PRId64 " to %" PRId64 " ms",
                         i, turn->start_ms, turn->end_ms);
    if (turn->speaker < 0 || (size_t)turn->speaker >= t->n_speakers)
        return chip_fail(err, CHIP_E_INVAL, "turn %zu has no speaker", i);
    if (isnan(turn->confidence))
        return chip_fail(err, CHIP_E_INVAL, "turn %zu: its confidence is not a number", i);
    if (i && turn->start_ms < turns[i - 1].start_ms)
        return chip_fail(err, CHIP_E_INVAL, "turn %zu starts before the turn in front of it", i);
    if (turn->start_ms <= last_end[turn->speaker])
        return chip_fail(err, CHIP_E_INVAL,
                         "turn %zu starts before its speaker's last turn has ended", i);
    last_end[turn->speaker] = turn->end_ms;
    return CHIP_OK;
}

enum chip_status chip_transcript_set_turns(struct chip_transcript *t, const struct chip_turn *turns,
                                           size_t n, struct chip_err *err)
{
    struct chip_turn *copy = calloc(n + 1, sizeof *copy);
    int64_t *last_end = malloc((t->n_speakers + 1) * sizeof *last_end);
    if (!copy || !last_end) {
        free(copy);
        free(last_end);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers' turns");
    }
    enum chip_status st = CHIP_OK;
    for (size_t i = 0; st == CHIP_OK && i < t->n_speakers; i++)
        last_end[i] = -1;
    for (size_t i = 0; st == CHIP_OK && i < n; i++) {
        st = check_turn(t, turns, i, last_end, err);
        copy[i] = turns[i];
        copy[i].confidence = fminf(fmaxf(copy[i].confidence, 0.0f), 1.0f);
    }
    free(last_end);
    if (st != CHIP_OK) {
        free(copy);
        return st;
    }
    free(t->turns);
    t->turns = copy;
    t->n_turns = n;
    return CHIP_OK;
}

void chip_transcript_set_voices(struct chip_transcript *t, struct chip_voices *voices)
{
    chip_voices_free(t->voices);
    t->voices = voices;
}
