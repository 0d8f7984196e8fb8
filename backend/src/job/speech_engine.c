#include "job/speech_engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/model.h"
#include "job/decoders.h"
#include "models/manifest.h"
#include "models/name.h"
#include "models/store.h"

enum { NO_SPOOL = 1 }; /* byte */

struct opened {
    char *asked; /* by this name; NULL: the default's default */
    struct chip_model *model;
};

struct chip_speech_engine {
    struct opened usual, other;
    int32_t recorded_day; /* of the last recording */
};

static void close_model(struct opened *opened)
{
    chip_model_close(opened->model);
    opened->model = NULL;
}

enum chip_status chip_speech_engine_new(struct chip_speech_engine **out, const char *model,
                                        struct chip_err *err)
{
    struct chip_speech_engine *e = calloc(1, sizeof *e);
    char *asked = model ? strdup(model) : NULL;
    if (!e || (model && !asked)) {
        free(e);
        free(asked);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a speech engine");
    }
    e->usual.asked = asked;
    e->recorded_day = -1;
    *out = e;
    return CHIP_OK;
}

void chip_speech_engine_free(struct chip_speech_engine *e)
{
    if (!e)
        return;
    close_model(&e->usual);
    close_model(&e->other);
    free(e->usual.asked);
    free(e->other.asked);
    free(e);
}

static enum chip_status prepare(void *user, struct chip_err *err)
{
    struct chip_speech_engine *e = user;
    return e->usual.model ? CHIP_OK : chip_model_open(&e->usual.model, e->usual.asked, err);
}

static bool is_usual(const struct chip_speech_engine *e, const char *name)
{
    return !name || (e->usual.model && strcmp(name, e->usual.model->name) == 0);
}

static enum chip_status open_other(struct chip_speech_engine *e, const char *name,
                                   struct chip_err *err)
{
    if (e->other.model && strcmp(e->other.asked, name) == 0)
        return CHIP_OK;
    close_model(&e->other);
    free(e->other.asked);
    e->other.asked = strdup(name);
    if (!e->other.asked)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a model");
    return chip_model_open(&e->other.model, name, err);
}

/* Formats whose samples are the same, to the last one, when nobody can look at the end first.
 * tests/media/test_source.c has this list. */
static bool is_same_forwards(const char *container)
{
    static const char *const known[] = {"wav", "w64", "flac", "mp3",  "aac",  "mp4",      "m4a",
                                        "mov", "3gp", "ogg",  "webm", "aiff", "matroska", "au"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], container) == 0)
            return true;
    return false;
}

/* Whether tracks are people is found out by reading them twice. */
static bool wants_whole(const struct chip_decoder_info *info, const struct chip_options *options)
{
    return !is_same_forwards(info->container) ||
           (!options->track && !options->no_speakers && info->tracks_could_be_people);
}

/* ---- samples on their way to the model also make the waveform ---- */

struct listener {
    struct chip_sound_source source;
    struct chip_waveform *waveform;
};

static enum chip_status listen(void *user, float *const *planes, size_t n, size_t *n_read,
                               struct chip_err *err)
{
    const struct listener *l = user;
    enum chip_status s = l->source.read(l->source.user, planes, n, n_read, err);
    if (s == CHIP_OK)
        chip_waveform_add(l->waveform, (const float *const *)planes, l->source.n_channels, *n_read);
    return s;
}

static bool get_break(void *user, size_t i, struct chip_sound_break *out)
{
    const struct listener *l = user;
    return l->source.get_break && l->source.get_break(l->source.user, i, out);
}

static enum chip_status transcribe_and_draw(const struct chip_model *model,
                                            const struct chip_decoders *decoders,
                                            const struct chip_options *options,
                                            struct chip_waveform *waveform,
                                            struct chip_transcript **out, struct chip_err *err)
{
    struct listener listener = {chip_decoders_source(decoders), waveform};
    struct chip_sound_source source = listener.source;
    source.user = &listener;
    source.read = listen;
    source.get_break = get_break;
    enum chip_status s = chip_transcribe_source(model, &source, options, out, err);
    chip_waveform_end(waveform);
    return s;
}

/* Nothing of the recording is looked at in this process. */
static enum chip_status transcribe_locked_in(const struct chip_model *model, int fd,
                                             const struct chip_options *options,
                                             struct chip_waveform *waveform, int32_t *recorded_day,
                                             struct chip_transcript **out, struct chip_err *err)
{
    struct stat info;
    bool comes = fstat(fd, &info) == 0 && !S_ISREG(info.st_mode);
    const struct chip_decoder_settings settings = {
        .fd = fd,
        .track = options->track,
        .mix = options->no_speakers,
        .cancel = options->cancel,
        .spool_bytes = comes ? NO_SPOOL : 0, /* the whole is kept elsewhere anyhow */
    };
    CHIP_AUTO(chip_decoders) decoders = NULL;
    enum chip_status s =
        chip_decoders_start(&decoders, &settings, options->no_speakers ? NULL : model->vad, err);
    if (s != CHIP_OK)
        return s;
    *recorded_day = chip_decoders_info(decoders)->recorded_day;
    if (comes && wants_whole(chip_decoders_info(decoders), options))
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "a recording of this kind is transcribed once it is there");
    struct chip_options rest = *options;
    rest.track = 0; /* the decoder has chosen it */
    return transcribe_and_draw(model, decoders, &rest, waveform, out, err);
}

static enum chip_status transcribe(void *user, const char *name, int fd,
                                   const struct chip_options *options,
                                   struct chip_waveform *waveform, struct chip_transcript **out,
                                   struct chip_err *err)
{
    struct chip_speech_engine *e = user;
    enum chip_status s = prepare(e, err);
    if (s == CHIP_OK && !is_usual(e, name)) {
        /* A job's word for a model is a name, never a path. */
        if (!chip_model_name_valid(name))
            return chip_fail(err, CHIP_E_INVAL, "option 'model' is no name of a model");
        s = open_other(e, name, err);
    }
    if (s != CHIP_OK)
        return s;
    const struct chip_model *model = is_usual(e, name) ? e->usual.model : e->other.model;
    return transcribe_locked_in(model, fd, options, waveform, &e->recorded_day, out, err);
}

static int32_t recorded_day(void *user)
{
    const struct chip_speech_engine *e = user;
    return e->recorded_day;
}

static json_t *list_files(const struct chip_manifest *manifest)
{
    json_t *files = json_array();
    for (size_t i = 0; i < manifest->n_files; i++)
        json_array_append_new(files, json_pack("{s:s, s:s}", "name", manifest->files[i].name,
                                               "sha256", manifest->files[i].sha256));
    return files;
}

static json_t *describe(void *user, const char *name)
{
    const struct chip_speech_engine *e = user;
    const char *asked = is_usual(e, name) ? e->usual.asked : name;
    const char *called = is_usual(e, name) && e->usual.model ? e->usual.model->name : name;
    char folder[CHIP_STORE_PATH_MAX];
    struct chip_manifest manifest;
    if (!called)
        return NULL;
    if (chip_store_find(asked ? asked : called, folder, sizeof folder, NULL) != CHIP_OK ||
        chip_manifest_read(&manifest, folder, NULL) != CHIP_OK)
        return json_pack("{s:s}", "name", called);
    json_t *model = json_pack("{s:s, s:o}", "name", called, "files", list_files(&manifest));
    chip_manifest_close(&manifest);
    return model;
}

struct chip_engine chip_speech_engine(struct chip_speech_engine *engine)
{
    return (struct chip_engine){.user = engine,
                                .prepare = prepare,
                                .transcribe = transcribe,
                                .recorded_day = recorded_day,
                                .describe = describe};
}
