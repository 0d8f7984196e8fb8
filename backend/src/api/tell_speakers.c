#include "api/tell_speakers.h"

#include "api/suggest_names.h"
#include "meeting/assign.h"
#include "models/store.h"
#include "speech/diarize/tracklets.h"

enum chip_status chip_open_community(const struct chip_options *options,
                                     struct chip_community_model **model,
                                     struct chip_community **community, struct chip_err *err)
{
    char dir[CHIP_STORE_PATH_MAX];
    if (options->no_speakers || !options->diarize_model)
        return CHIP_OK;
    enum chip_status s = chip_store_find(options->diarize_model, dir, sizeof dir, err);
    if (s == CHIP_OK)
        s = chip_community_model_open(model, dir, err);
    return s == CHIP_OK ? chip_community_new(community, *model, options->threads, err) : s;
}

static enum chip_status finish_community(const struct chip_heard_speakers *heard,
                                         const struct chip_cluster_options *options,
                                         struct chip_diarization *out, struct chip_err *err)
{
    struct chip_turn *turns;
    size_t n_turns, n_speakers;
    enum chip_status s =
        chip_community_finish(heard->community, options, &turns, &n_turns, &n_speakers, err);
    return s == CHIP_OK
               ? chip_diarizer_finish_turns(heard->diarizer, turns, n_turns, n_speakers, out, err)
               : s;
}

enum chip_status chip_tell_speakers(const struct chip_heard_speakers *heard,
                                    const struct chip_options *options,
                                    struct chip_transcript **transcript, struct chip_err *err)
{
    const struct chip_cluster_options wanted = {.n_speakers = options->n_speakers,
                                                .min_speakers = options->min_speakers,
                                                .max_speakers = options->max_speakers};
    struct chip_diarization d;
    enum chip_status s = heard->community ? finish_community(heard, &wanted, &d, err)
                                          : chip_diarizer_finish(heard->diarizer, &wanted,
                                                                 heard->channel_map, &d, err);
    if (s != CHIP_OK)
        return s;
    struct chip_transcript *told;
    struct chip_voices *voices = NULL;
    s = chip_transcript_with_turns(*transcript, d.turns, d.n_turns, d.n_speakers, &told, err);
    if (s == CHIP_OK) {
        told->overlap_modelled = heard->community || d.from_channels;
        s = chip_tracklets_make(&d, &voices, err);
        chip_transcript_set_voices(told, voices);
        if (s == CHIP_OK && options->voices_dir)
            s = chip_suggest_names(options->voices_dir, &d, told, err);
        if (s != CHIP_OK)
            chip_transcript_free(told);
    }
    chip_diarization_done(&d);
    if (s != CHIP_OK)
        return s;
    chip_transcript_free(*transcript);
    *transcript = told;
    return CHIP_OK;
}
