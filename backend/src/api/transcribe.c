#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "api/meter.h"
#include "api/model.h"
#include "api/reader.h"
#include "api/source.h"
#include "api/tracks.h"
#include "api/tell_speakers.h"
#include "media/media.h"
#include "meeting/transcript.h"
#include "nn/cpu.h"
#include "speech/recognizer.h"

enum {
    QUEUE_SAMPLES = 120 * 16000, /* the reader stays at most this far ahead */
    MAX_THREADS = 64,
    SAMPLES_PER_MS = 16,
};

/* One call of chip_transcribe_*(). */
struct run {
    const struct chip_model *model;
    struct chip_options options;
    struct chip_reader reader;
    struct chip_diarizer *diarizer;   /* NULL: speakers are not told apart */
    struct chip_hotwords *hotwords;   /* NULL: none */
    struct chip_community *community; /* says who speaks when; NULL: the diarizer does */

    pthread_mutex_t lock; /* guards all below; also held during callbacks: one at a time */
    struct chip_transcript *transcript;
    struct chip_meter meter;
    size_t n_taken;          /* pieces done */
    enum chip_status status; /* of building the transcript */
    struct chip_err err;
};

/* ---- options ---- */

/* What is to be gone on with must be what on_piece told. */
static enum chip_status check_known(const struct chip_model *model,
                                    const struct chip_options *options, struct chip_err *err)
{
    const struct chip_transcript *known = options->known;
    if (options->known_ms < 0 || (options->known_ms > 0 && !known))
        return chip_fail(err, CHIP_E_INVAL, "known_ms says %" PRId64 " ms, but nothing is known",
                         options->known_ms);
    if (!known)
        return CHIP_OK;
    if (strcmp(known->model, model->name) != 0)
        return chip_fail(err, CHIP_E_INVAL,
                         "what is known was recognised by '%s', which '%s' cannot go on with",
                         known->model, model->name);
    if (known->n_speakers)
        return chip_fail(err, CHIP_E_INVAL,
                         "what is known has speakers already: give what on_piece told");
    if (known->n_segments && known->segments[known->n_segments - 1].start_ms > options->known_ms)
        return chip_fail(err, CHIP_E_INVAL,
                         "what is known goes beyond the %" PRId64 " ms up to which it is finished",
                         options->known_ms);
    return CHIP_OK;
}

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
    enum chip_status s = chip_hotwords_check(out->hotwords, err);
    return s == CHIP_OK ? check_known(model, out, err) : s;
}

/* Whether channels may be people: the community model listens to their mix alone. */
static bool wants_channels(const struct chip_options *options)
{
    return !options->no_speakers && !options->diarize_model;
}

/* ---- results ---- */

static enum chip_status add_result(struct run *run, const struct chip_recognized *result)
{
    const struct chip_transcript piece = {
        .model = run->model->name,
        .language = "en",
        /* The struct is for builders too, and so its arrays are not const; nobody writes to these.
         */
        .segments = (struct chip_segment *)result->segments,
        .n_segments = result->n_segments,
        .words = (struct chip_word *)result->words,
        .n_words = result->n_words,
        .audit = (struct chip_audit *)result->audit,
        .n_audit = result->n_audit,
    };
    const struct chip_options *o = &run->options;
    enum chip_status s = chip_transcript_append(run->transcript, &piece, &run->err);
    if (s == CHIP_OK && run->diarizer)
        s = chip_diarizer_add(run->diarizer, &result->piece->speech, result->windows,
                              result->n_windows, &run->err);
    if (s != CHIP_OK)
        return s;
    const int64_t end_ms = chip_speech_end_ms(&result->piece->speech);
    if (end_ms <= o->known_ms) {
        chip_meter_skip(&run->meter, end_ms);
        return CHIP_OK;
    }
    for (size_t i = 0; o->on_segment && i < piece.n_segments; i++)
        o->on_segment(o->user, &piece.segments[i], piece.words + piece.segments[i].first_word);
    if (o->on_piece)
        o->on_piece(o->user, &piece, end_ms);
    chip_meter_move(&run->meter, end_ms);
    return CHIP_OK;
}

static bool take_result(void *user, const struct chip_recognized *result)
{
    struct run *run = user;
    pthread_mutex_lock(&run->lock);
    run->status = add_result(run, result);
    run->n_taken++;
    pthread_mutex_unlock(&run->lock);
    return run->status == CHIP_OK;
}

static void take_work(void *user, double ms)
{
    struct run *run = user;
    pthread_mutex_lock(&run->lock);
    chip_meter_work(&run->meter, ms);
    pthread_mutex_unlock(&run->lock);
}

/* In the reading thread: where nothing is being recognised, all that was read is done. */
static void take_heard(void *user, size_t n_pieces, int64_t pieces_ms, int64_t settled_ms)
{
    struct run *run = user;
    pthread_mutex_lock(&run->lock);
    chip_meter_hear(&run->meter, settled_ms, pieces_ms);
    if (n_pieces == run->n_taken)
        chip_meter_move(&run->meter, settled_ms);
    pthread_mutex_unlock(&run->lock);
}

static enum chip_status add_breaks(struct chip_transcript *transcript,
                                   const struct chip_sound_source *source, struct chip_err *err)
{
    struct chip_sound_break at;
    for (size_t i = 0; source->get_break && source->get_break(source->user, i, &at); i++) {
        const struct chip_audit audit = {
            .kind = CHIP_AUDIT_MEDIA_BREAK,
            .start_ms = at.at_ms,
            .end_ms = at.end_ms,
            .detail = at.message,
        };
        enum chip_status s = chip_transcript_add_audit(transcript, &audit, err);
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
            .hotwords = run->hotwords,
            .known_ms = run->options.known_ms,
            .cancel = run->options.cancel,
            .worked = take_work};
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
    const struct chip_reader *r = &run->reader;
    if (r->n_read == 0 && r->status == CHIP_OK)
        return chip_fail(err, CHIP_E_NO_AUDIO, "there are no samples");
    enum chip_status s = chip_transcript_set_durations(run->transcript, r->n_read / SAMPLES_PER_MS,
                                                       r->speech / SAMPLES_PER_MS, err);
    return s == CHIP_OK ? add_breaks(run->transcript, r->source, err) : s;
}

/* Says who spoke in the transcript, which is replaced. */
static enum chip_status tell_speakers(struct run *run, struct chip_transcript **transcript,
                                      struct chip_err *err)
{
    const struct chip_heard_speakers heard = {.diarizer = run->diarizer,
                                              .community = run->community,
                                              .channel_map = &run->reader.channel_map};
    return chip_tell_speakers(&heard, &run->options, transcript, err);
}

/* A transcript with what is known. */
static enum chip_status begin_transcript(const struct chip_model *model,
                                         const struct chip_options *options,
                                         struct chip_transcript **out, struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    enum chip_status s = chip_transcript_new(&t, err);
    if (s == CHIP_OK)
        s = chip_transcript_set_model(t, model->name, err);
    if (s == CHIP_OK)
        s = chip_transcript_set_language(t, "en", err);
    if (s == CHIP_OK && options->known)
        s = chip_transcript_append(t, options->known, err);
    if (s != CHIP_OK)
        return s;
    *out = t;
    t = NULL;
    return CHIP_OK;
}

/* Runs on a source; options are checked. */
static enum chip_status transcribe(const struct chip_model *model,
                                   const struct chip_sound_source *source,
                                   const struct chip_options *options, struct chip_transcript **out,
                                   struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) transcript = NULL;
    enum chip_status s = begin_transcript(model, options, &transcript, err);
    if (s != CHIP_OK)
        return s;
    CHIP_AUTO(chip_diarizer) diarizer = options->no_speakers ? NULL : chip_diarizer_new();
    if (!options->no_speakers && !diarizer)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    CHIP_AUTO(chip_community_model) community_model = NULL;
    CHIP_AUTO(chip_community) community = NULL;
    s = chip_open_community(options, &community_model, &community, err);
    if (s != CHIP_OK)
        return s;
    CHIP_AUTO(chip_hotwords) hotwords = NULL;
    if (options->hotwords)
        s = chip_hotwords_new(&hotwords, model->tokenizer, options->hotwords, err);
    if (s != CHIP_OK)
        return s;

    struct run run = {
        .model = model,
        .options = *options,
        .reader = {.source = source,
                   .vad = model->vad,
                   .tell_channels = wants_channels(options),
                   .community = community,
                   .cancel = options->cancel,
                   .heard = take_heard,
                   .heard_user = &run},
        .transcript = transcript,
        .diarizer = diarizer,
        .hotwords = hotwords,
        .community = community,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
    run.meter = chip_meter_start(&run.options, source->duration_ms);
    s = recognize(&run, err);
    enum chip_status finished = s;
    if (s == CHIP_OK || s == CHIP_E_CANCELLED)
        finished = finish(&run, err);
    if (finished == CHIP_OK && diarizer)
        finished = tell_speakers(&run, &transcript, err);
    chip_channel_map_done(&run.reader.channel_map);
    pthread_mutex_destroy(&run.lock);
    if (finished != CHIP_OK)
        return finished;
    if (s == CHIP_OK)
        chip_meter_finish(&run.meter, transcript->duration_ms);
    *out = transcript;
    transcript = NULL;
    return s;
}

static struct chip_media_options media_options(const struct chip_options *options)
{
    return (struct chip_media_options){.track = options->track, .cancel = options->cancel};
}

static enum chip_status transcribe_media(const struct chip_model *model, struct chip_media *media,
                                         const struct chip_options *options,
                                         struct chip_transcript **out, struct chip_err *err)
{
    const struct chip_sound_source source = chip_source_of_media(media, wants_channels(options));
    return transcribe(model, &source, options, out, err);
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
    CHIP_AUTO(chip_tracks) tracks = NULL;
    s = chip_media_open(&media, path, &m, err);
    if (s == CHIP_OK && wants_channels(&o) && !o.track)
        s = chip_tracks_open(&tracks, path, media, model->vad, o.cancel, err);
    if (s != CHIP_OK)
        return s;
    if (!tracks)
        return transcribe_media(model, media, &o, out, err);
    const struct chip_sound_source source = chip_source_of_tracks(tracks);
    return transcribe(model, &source, &o, out, err);
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
    return s == CHIP_OK ? transcribe_media(model, media, &o, out, err) : s;
}

enum chip_status chip_transcribe_pcm(const struct chip_model *model, const float *pcm, size_t n_pcm,
                                     const struct chip_options *options,
                                     struct chip_transcript **out, struct chip_err *err)
{
    struct chip_options o;
    enum chip_status s = check_options(model, options, &o, err);
    if (s != CHIP_OK)
        return s;
    struct chip_pcm samples = {.samples = pcm, .n = n_pcm};
    const struct chip_sound_source source = chip_source_of_pcm(&samples);
    return transcribe(model, &source, &o, out, err);
}

enum chip_status chip_transcribe_source(const struct chip_model *model,
                                        const struct chip_sound_source *source,
                                        const struct chip_options *options,
                                        struct chip_transcript **out, struct chip_err *err)
{
    struct chip_options o;
    enum chip_status s = check_options(model, options, &o, err);
    return s == CHIP_OK ? transcribe(model, source, &o, out, err) : s;
}
