/**
 * Reading JSON that may hold anything: members of the kind they must have, or a message that says
 * where in the document what is wrong. Private to the readers of transcripts. Any thread.
 */
#pragma once

#include <jansson.h>

#include "meeting/transcript.h"

/** Where in the document we are, for messages: "segments[3].words[0]". */
struct chip_json_place {
    char path[64];
    struct chip_err *err;
};

/** @return CHIP_E_FORMAT, always */
enum chip_status chip_json_refuse(const struct chip_json_place *at, const char *member,
                                  const char *why);

/** A string. @param out borrowed from the object */
CHIP_MUST_CHECK
enum chip_status chip_json_get_text(const struct chip_json_place *at, const json_t *object,
                                    const char *member, const char **out);

/** A string that shows something. */
CHIP_MUST_CHECK
enum chip_status chip_json_get_spoken(const struct chip_json_place *at, const json_t *object,
                                      const char *member, const char **out);

/** A time in seconds. */
CHIP_MUST_CHECK
enum chip_status chip_json_get_ms(const struct chip_json_place *at, const json_t *object,
                                  const char *member, int64_t *out);

/** A number from 0 to 1. */
CHIP_MUST_CHECK
enum chip_status chip_json_get_share(const struct chip_json_place *at, const json_t *object,
                                     const char *member, float *out);

CHIP_MUST_CHECK
enum chip_status chip_json_get_array(const struct chip_json_place *at, const json_t *object,
                                     const char *member, const json_t **out);

/** The builder's complaint `why` about a member, or "" for all of it, with the place in front. */
enum chip_status chip_json_built(const struct chip_json_place *at, const char *member,
                                 enum chip_status st, const struct chip_err *why);

/** Member "speaker", as the index of the speaker with that label. */
CHIP_MUST_CHECK
enum chip_status chip_json_get_speaker(const struct chip_json_place *at,
                                       const struct chip_transcript *t, const json_t *object,
                                       int *out);

/** Members "speakers", "turns" and "voices" of a transcript. */
CHIP_MUST_CHECK
enum chip_status chip_json_read_speakers(struct chip_transcript *t, const json_t *root,
                                         struct chip_err *err);
