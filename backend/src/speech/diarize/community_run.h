/**
 * community-1 on one recording: hears chunks as samples come, and says at the end who spoke when,
 * also where several do at once.
 *
 * As in pyannote.audio with exclude_overlap: a person's voice is pooled where nobody else speaks,
 * or if that is too little, where he speaks at all. The last chunk is filled up with silence. What
 * comes out does not depend on the number of threads.
 */
#pragma once

#include "chip/chip.h"
#include "speech/diarize/cluster.h"

/** Both networks and PLDA's arrays. Read-only once open: any thread. */
struct chip_community_model;

/**
 * @param dir model folder, as models/import_community.h writes it
 * @return CHIP_OK; CHIP_E_NOT_FOUND, CHIP_E_IO; CHIP_E_FORMAT if it is another model or damaged;
 *         CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_community_model_open(struct chip_community_model **out, const char *dir,
                                           struct chip_err *err);
/** NULL is accepted. */
void chip_community_model_close(struct chip_community_model *model);
static inline void chip_community_model_freep(struct chip_community_model **model)
{
    chip_community_model_close(*model);
    *model = NULL;
}

/** One thread at a time; it starts threads of its own while it hears, and joins them. */
struct chip_community;

/**
 * @param model     borrowed
 * @param n_threads >= 1; chunks that are heard at once
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_community_new(struct chip_community **out,
                                    const struct chip_community_model *model, int n_threads,
                                    struct chip_err *err);
/** NULL is accepted. */
void chip_community_free(struct chip_community *community);
CHIP_DEFINE_AUTO(chip_community)

/** The next n samples, 16 kHz mono. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_community_push(struct chip_community *community, const float *pcm, size_t n,
                                     struct chip_err *err);

/**
 * @param options how many speakers; NULL: automatic
 * @param turns   malloc'ed [*n_turns] as struct chip_turn promises; speakers are numbered in the
 *                order of their first; NULL when nobody speaks
 * @return CHIP_OK, CHIP_E_INVAL for options that make no sense, CHIP_E_LIMIT, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_community_finish(struct chip_community *community,
                                       const struct chip_cluster_options *options,
                                       struct chip_turn **turns, size_t *n_turns,
                                       size_t *n_speakers, struct chip_err *err);
