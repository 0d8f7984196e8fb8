#include <stdlib.h>
#include <string.h>

#include "api/model.h"
#include "api/reader.h"
#include "api/suggest_names.h"
#include "base/clock.h"
#include "media/media.h"
#include "meeting/assign.h"
#include "meeting/transcript.h"
#include "models/store.h"
#include "nn/cpu.h"
#include "speech/diarize/tracklets.h"
#include "speech/recognizer.h"

enum {
    QUEUE_SAMPLES = 120 * 16000, /* the reader stays at most this far ahead */
    PROGRESS_MS = 100,
    MAX_THREADS = 64,
    SAMPLES_PER_MS = 16,
};

/* One call of chip_transcribe_*(). */
struct run {
    const struct chip_model *model;
    struct chip_options options;
    struct chip_reader reader;
    struct chip_transcript *transcript;
    struct chip_diarizer *diarizer;   /* NULL: speakers are not told apart */
    struct chip_community *community; /* says who speaks when; NULL: the diarizer does */
    int64_t total_ms;                 /* of the recording; -1 unknown */
    int64_t done_ms, started_ns, last_progress_ns;
    enum chip_status status; /* of building the transcript */
    struct chip_err err;
};

/* ---- options ---- */

static enum chip_status check_options(const struct chip_model *model,
                                      const struct chip_options *options, struct chip_options *out,
                                      struct chip_err *err)
{
    *out = options ? *options : (struct chip_options){0};
    if (!out->threads)
        out->threads = chip_cpu_count();
    if (out->threads < 1 || out->threads > MAX_THREADS)
        return chip_fail(err, CHIP_E_INVAL, "threads: %d is not from 1 to %d", out->threads,
                         MAX_THREADS);
    if (out->batch < 0 || out->batch > CHIP_MOONSHINE_MAX_SLOTS)
        return chip_fail(err, CHIP_E_INVAL, "batch: %d is not from 1 to %d", out->batch,
                         CHIP_MOONSHINE_MAX_SLOTS);
    if (out->n_speakers < 0 || out->n_speakers > CHIP_CLUSTER_MAX_SPEAKERS ||
        out->min_speakers < 0 || out->min_speakers > CHIP_CLUSTER_MAX_SPEAKERS ||
        out->max_speakers < 0 || out->max_speakers > CHIP_CLUSTER_MAX_SPEAKERS)
        return chip_fail(err, CHIP_E_INVAL, "no more than %d speakers can be told apart",
                         CHIP_CLUSTER_MAX_SPEAKERS);
    if (out->max_speakers && out->min_speakers > out->max_speakers)
        return chip_fail(err, CHIP_E_INVAL, "at least %d speakers but at most %d cannot be met",
                         out->min_speakers, out->max_speakers);
    if (out->track < 0)
        return chip_fail(err, CHIP_E_INVAL, "track: %d is no number of a track", out->track);
    if (out->language && strcmp(out->language, "en") != 0)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "model '%s' knows English only (en), not '%s'",
                         model->name, out->language);
    return CHIP_OK;
}

/* ---- progress ---- */

static void report(struct run *run, bool last)
{
    int64_t now = chip_clock_ns();
    if (!run->options.on_progress ||
        (!last && now - run->last_progress_ns < (int64_t)PROGRESS_MS * 1000000))
        return;
    run->last_progress_ns = now;
    double elapsed = (double)(now - run->started_ns) / 1e9;
    double speed = elapsed > 0.0 ? (double)run->done_ms / 1e3 / elapsed : 0.0;
    const struct chip_progress progress = {
        .done_ms = run->done_ms,
        .total_ms = run->total_ms,
        .elapsed_s = elapsed,
        .speed = speed,
        .remaining_s = run->total_ms >= 0 && speed > 0.0
                           ? (double)(run->total_ms - run->done_ms) / 1e3 / speed
                           : -1.0,
    };
    run->options.on_progress(run->options.user, &progress);
}

/* ---- results ---- */

static enum chip_status add_result(struct run *run, const struct chip_recognized *result)
{
    for (size_t i = 0; i < result->n_segments; i++) {
        const struct chip_segment *s = &result->segments[i];
        const struct chip_word *words = result->words + s->first_word;
        enum chip_status status =
            chip_transcript_add_segment(run->transcript, s, words, s->n_words, &run->err);
        if (status != CHIP_OK)
            return status;
        if (run->options.on_segment)
            run->options.on_segment(run->options.user, s, words);
    }
    for (size_t i = 0; i < result->n_audit; i++) {
        enum chip_status status =
            chip_transcript_add_audit(run->transcript, &result->audit[i], &run->err);
        if (status != CHIP_OK)
            return status;
    }
    if (!run->diarizer)
        return CHIP_OK;
    return chip_diarizer_add(run->diarizer, &result->piece->speech, result->windows,
                             result->n_windows, &run->err);
}

static bool take_result(void *user, const struct chip_recognized *result)
{
    struct run *run = user;
    run->status = add_result(run, result);
    const struct chip_speech *speech = &result->piece->speech;
    run->done_ms = (speech->start + (int64_t)speech->n_samples) / SAMPLES_PER_MS;
    if (run->total_ms >= 0 && run->done_ms > run->total_ms)
        run->done_ms = run->total_ms;
    report(run, false);
    return run->status == CHIP_OK;
}

static enum chip_status add_breaks(struct run *run, const struct chip_media *media)
{
    size_t n;
    const struct chip_media_break *breaks = chip_media_breaks(media, &n);
    for (size_t i = 0; i < n; i++) {
        const struct chip_audit audit = {
            .kind = CHIP_AUDIT_MEDIA_BREAK,
            .start_ms = breaks[i].at_ms,
            .end_ms = breaks[i].end_ms,
            .detail = breaks[i].message,
        };
        enum chip_status s = chip_transcript_add_audit(run->transcript, &audit, &run->err);
        if (s != CHIP_OK)
            return s;
    }
    return CHIP_OK;
}

/* ---- running ---- */

/* Reads and recognises until the end, a failure or cancellation; all threads are joined after it.
 */
static enum chip_status recognize(struct run *run, struct chip_err *err)
{
    struct chip_pieces *pieces;
    enum chip_status s = chip_pieces_new(&pieces, QUEUE_SAMPLES, err);
    if (s != CHIP_OK)
        return s;
    run->reader.pieces = pieces;
    s = chip_reader_start(&run->reader, err);
    if (s == CHIP_OK) {
        const struct chip_recognizer_options options = {
            .threads = run->options.threads,
            .batch = run->options.batch,
            .embedder = run->diarizer ? run->model->embedder : NULL,
            .cancel = run->options.cancel};
        s = chip_recognize(run->model->asr, run->model->tokenizer, pieces, &options, take_result,
                           run, err);
        enum chip_status reading = chip_reader_join(&run->reader);
        if (run->status != CHIP_OK) { /* the transcript's failure, seen here as a cancellation */
            s = run->status;
            if (err)
                *err = run->err;
        } else if (s == CHIP_OK && reading != CHIP_OK) {
            s = reading;
            if (err)
                *err = run->reader.err;
        }
    }
    chip_pieces_free(pieces);
    return s;
}

static enum chip_status finish(struct run *run, struct chip_err *err)
{
    int64_t read_ms = run->reader.n_read / SAMPLES_PER_MS;
    enum chip_status s = chip_transcript_set_durations(run->transcript, read_ms,
                                                       run->reader.speech / SAMPLES_PER_MS, err);
    if (s == CHIP_OK && run->reader.media) {
        s = add_breaks(run, run->reader.media);
        if (s != CHIP_OK && err)
            *err = run->err;
    }
    return s;
}

static enum chip_status finish_community(struct run *run,
                                         const struct chip_cluster_options *options,
                                         struct chip_diarization *out, struct chip_err *err)
{
    struct chip_turn *turns;
    size_t n_turns, n_speakers;
    enum chip_status s =
        chip_community_finish(run->community, options, &turns, &n_turns, &n_speakers, err);
    return s == CHIP_OK
               ? chip_diarizer_finish_turns(run->diarizer, turns, n_turns, n_speakers, out, err)
               : s;
}

/* Who spoke when, and so who said each word: a new transcript takes the place of the old one. */
static enum chip_status tell_speakers(struct run *run, struct chip_transcript **transcript,
                                      struct chip_err *err)
{
    const struct chip_cluster_options options = {.n_speakers = run->options.n_speakers,
                                                 .min_speakers = run->options.min_speakers,
                                                 .max_speakers = run->options.max_speakers};
    struct chip_diarization d;
    enum chip_status s = run->community ? finish_community(run, &options, &d, err)
                                        : chip_diarizer_finish(run->diarizer, &options,
                                                               &run->reader.channel_map, &d, err);
    if (s != CHIP_OK)
        return s;
    struct chip_transcript *told;
    struct chip_voices *voices = NULL;
    s = chip_transcript_with_turns(*transcript, d.turns, d.n_turns, d.n_speakers, &told, err);
    if (s == CHIP_OK) {
        told->overlap_modelled = run->community || d.from_channels;
        s = chip_tracklets_make(&d, &voices, err);
        chip_transcript_set_voices(told, voices);
        if (s == CHIP_OK && run->options.voices_dir)
            s = chip_suggest_names(run->options.voices_dir, &d, told, err);
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

/* Opens the model that the options ask for; without one both stay NULL. */
static enum chip_status open_community(const struct chip_options *options,
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

/* Runs on media, or on pcm when that is NULL. */
static enum chip_status transcribe(const struct chip_model *model, struct chip_media *media,
                                   const float *pcm, size_t n_pcm,
                                   const struct chip_options *options, struct chip_transcript **out,
                                   struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) transcript = NULL;
    enum chip_status s = chip_transcript_new(&transcript, err);
    if (s == CHIP_OK)
        s = chip_transcript_set_model(transcript, model->name, err);
    if (s == CHIP_OK)
        s = chip_transcript_set_language(transcript, "en", err);
    if (s != CHIP_OK)
        return s;
    CHIP_AUTO(chip_diarizer) diarizer = options->no_speakers ? NULL : chip_diarizer_new();
    if (!options->no_speakers && !diarizer)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");

    CHIP_AUTO(chip_community_model) community_model = NULL;
    CHIP_AUTO(chip_community) community = NULL;
    s = open_community(options, &community_model, &community, err);
    if (s != CHIP_OK)
        return s;

    struct run run = {
        .model = model,
        .options = *options,
        .reader = {.media = media,
                   .pcm = pcm,
                   .n_pcm = n_pcm,
                   .vad = model->vad,
                   .tell_channels = diarizer && !community,
                   .community = community,
                   .cancel = options->cancel},
        .transcript = transcript,
        .diarizer = diarizer,
        .community = community,
        .total_ms = media ? chip_media_info(media)->duration_ms : (int64_t)(n_pcm / SAMPLES_PER_MS),
        .started_ns = chip_clock_ns(),
    };
    s = recognize(&run, err);
    if (s != CHIP_OK && s != CHIP_E_CANCELLED) {
        chip_channel_map_done(&run.reader.channel_map);
        return s;
    }
    enum chip_status finished = finish(&run, err);
    if (finished == CHIP_OK && diarizer)
        finished = tell_speakers(&run, &transcript, err);
    chip_channel_map_done(&run.reader.channel_map);
    if (finished != CHIP_OK)
        return finished;
    if (s == CHIP_OK) {
        run.done_ms = transcript->duration_ms;
        run.total_ms = run.done_ms;
        report(&run, true);
    }
    *out = transcript;
    transcript = NULL;
    return s;
}

static struct chip_media_options media_options(const struct chip_options *options)
{
    return (struct chip_media_options){.track = options->track, .cancel = options->cancel};
}

enum chip_status chip_transcribe_file(const struct chip_model *model, const char *path,
                                      const struct chip_options *options,
                                      struct chip_transcript **out, struct chip_err *err)
{
    struct chip_options o;
    enum chip_status s = check_options(model, options, &o, err);
    if (s != CHIP_OK)
        return s;
    const struct chip_media_options m = media_options(&o);
    CHIP_AUTO(chip_media) media = NULL;
    s = chip_media_open(&media, path, &m, err);
    return s == CHIP_OK ? transcribe(model, media, NULL, 0, &o, out, err) : s;
}

enum chip_status chip_transcribe_stream(const struct chip_model *model, chip_read_fn *read,
                                        void *read_user, const struct chip_options *options,
                                        struct chip_transcript **out, struct chip_err *err)
{
    struct chip_options o;
    enum chip_status s = check_options(model, options, &o, err);
    if (s != CHIP_OK)
        return s;
    const struct chip_media_options m = media_options(&o);
    CHIP_AUTO(chip_media) media = NULL;
    s = chip_media_open_stream(&media, read, read_user, &m, err);
    return s == CHIP_OK ? transcribe(model, media, NULL, 0, &o, out, err) : s;
}

enum chip_status chip_transcribe_pcm(const struct chip_model *model, const float *pcm, size_t n_pcm,
                                     const struct chip_options *options,
                                     struct chip_transcript **out, struct chip_err *err)
{
    struct chip_options o;
    enum chip_status s = check_options(model, options, &o, err);
    if (s != CHIP_OK)
        return s;
    if (n_pcm == 0)
        return chip_fail(err, CHIP_E_NO_AUDIO, "there are no samples");
    return transcribe(model, NULL, pcm, n_pcm, &o, out, err);
}
