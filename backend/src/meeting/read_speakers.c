#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meeting/json_place.h"
#include "meeting/voices.h"

/* The index of the speaker with that label. */
enum chip_status chip_json_get_speaker(const struct chip_json_place *at,
                                       const struct chip_transcript *t, const json_t *object,
                                       int *out)
{
    const char *label = NULL;
    enum chip_status st = chip_json_get_text(at, object, "speaker", &label);
    if (st != CHIP_OK)
        return st;
    for (size_t i = 0; i < t->n_speakers; i++)
        if (strcmp(t->speakers[i].label, label) == 0) {
            *out = (int)i;
            return CHIP_OK;
        }
    return chip_json_refuse(at, "speaker", "is not among the speakers");
}

static enum chip_status read_list(struct chip_transcript *t, const json_t *array,
                                  struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    size_t n = json_array_size(array);
    if (n > CHIP_MAX_SPEAKERS)
        return chip_json_refuse(&at, "speakers", "are more than anybody can tell apart");
    struct chip_speaker *speakers = calloc(n + 1, sizeof *speakers);
    if (!speakers)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers");
    enum chip_status st = CHIP_OK;
    for (size_t i = 0; st == CHIP_OK && i < n; i++) {
        const json_t *json = json_array_get(array, i);
        snprintf(at.path, sizeof at.path, "speakers[%zu]", i);
        st = chip_json_get_spoken(&at, json, "id", &speakers[i].label);
        if (st == CHIP_OK)
            st = chip_json_get_text(&at, json, "name", &speakers[i].name);
        if (st == CHIP_OK && json_object_get(json, "suggestion")) {
            st = chip_json_get_spoken(&at, json, "suggestion", &speakers[i].suggestion);
            if (st == CHIP_OK)
                st = chip_json_get_share(&at, json, "similarity", &speakers[i].similarity);
        }
    }
    at.path[0] = '\0';
    struct chip_err why = {0};
    if (st == CHIP_OK)
        st = chip_json_built(&at, "speakers", chip_transcript_set_speakers(t, speakers, n, &why),
                             &why);
    free(speakers);
    return st;
}

static enum chip_status read_turns(struct chip_transcript *t, const json_t *array,
                                   struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    size_t n = json_array_size(array);
    struct chip_turn *turns = calloc(n + 1, sizeof *turns);
    if (!turns)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers' turns");
    enum chip_status st = CHIP_OK;
    for (size_t i = 0; st == CHIP_OK && i < n; i++) {
        const json_t *json = json_array_get(array, i);
        snprintf(at.path, sizeof at.path, "turns[%zu]", i);
        st = chip_json_get_ms(&at, json, "start", &turns[i].start_ms);
        if (st == CHIP_OK)
            st = chip_json_get_ms(&at, json, "end", &turns[i].end_ms);
        if (st == CHIP_OK)
            st = chip_json_get_speaker(&at, t, json, &turns[i].speaker);
        if (st == CHIP_OK)
            st = chip_json_get_share(&at, json, "confidence", &turns[i].confidence);
    }
    at.path[0] = '\0';
    struct chip_err why = {0};
    if (st == CHIP_OK)
        st = chip_json_built(&at, "turns", chip_transcript_set_turns(t, turns, n, &why), &why);
    free(turns);
    return st;
}

static enum chip_status read_voices(struct chip_transcript *t, const json_t *root,
                                    struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    const char *base64;
    struct chip_voices *voices;
    struct chip_err why = {0};
    if (!json_object_get(root, "voices"))
        return CHIP_OK;
    enum chip_status st = chip_json_get_text(&at, root, "voices", &base64);
    if (st != CHIP_OK)
        return st;
    st = chip_voices_decode(base64, &voices, &why);
    for (size_t i = 0; st == CHIP_OK && i < voices->n; i++)
        if ((size_t)voices->tracklets[i].speaker >= t->n_speakers) {
            chip_voices_free(voices);
            return chip_json_refuse(&at, "voices", "name a speaker who is not there");
        }
    if (st == CHIP_E_FORMAT)
        return chip_json_refuse(&at, "voices", why.message);
    if (st == CHIP_OK)
        chip_transcript_set_voices(t, voices);
    else
        st = chip_fail(err, st, "%s", why.message);
    return st;
}

enum chip_status chip_json_read_speakers(struct chip_transcript *t, const json_t *root,
                                         struct chip_err *err)
{
    struct chip_json_place at = {.err = err};
    const json_t *speakers, *turns;
    enum chip_status st = chip_json_get_array(&at, root, "speakers", &speakers);
    if (st == CHIP_OK)
        st = chip_json_get_array(&at, root, "turns", &turns);
    if (st == CHIP_OK)
        st = read_list(t, speakers, err);
    if (st == CHIP_OK)
        st = read_turns(t, turns, err);
    return st == CHIP_OK ? read_voices(t, root, err) : st;
}
