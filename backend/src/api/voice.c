#include "api/voice.h"

#include <stdlib.h>
#include <string.h>

#include "media/media.h"
#include "models/store.h"
#include "speech/asr/moonshine.h"
#include "speech/diarize/diarizer.h"
#include "speech/segmenter.h"
#include "speech/vad.h"

enum { READ = 16000, MAX_PROBS = READ / CHIP_VAD_CHUNK + 2 };

/* What hears the recording. */
struct hearing {
    struct chip_vad_model *vad_model;
    struct chip_embedder *embedder;
    struct chip_media *media;
    struct chip_vad *vad;
    struct chip_segmenter *segmenter;
    struct chip_diarizer *diarizer;
    struct chip_arena arena;
};

static void hearing_done(struct hearing *h)
{
    chip_segmenter_free(h->segmenter);
    chip_vad_free(h->vad);
    chip_media_free(h->media);
    chip_diarizer_free(h->diarizer);
    chip_embedder_close(h->embedder);
    chip_vad_model_close(h->vad_model);
    chip_arena_done(&h->arena);
}

static enum chip_status take_piece(void *user, struct chip_speech *speech, struct chip_err *err)
{
    struct hearing *h = user;
    struct chip_window *windows = NULL;
    size_t n = 0;
    enum chip_status s = chip_windows_make(h->embedder, &h->arena, speech, &windows, &n, err);
    if (s == CHIP_OK)
        s = chip_diarizer_add(h->diarizer, speech, windows, n, err);
    free(windows);
    chip_speech_done(speech);
    return s;
}

static enum chip_status hearing_init(struct hearing *h, const char *path,
                                     const volatile bool *cancel, struct chip_err *err)
{
    char dir[CHIP_STORE_PATH_MAX];
    const struct chip_media_options options = {.cancel = cancel};
    enum chip_status s = chip_store_find("silero-vad", dir, sizeof dir, err);
    if (s == CHIP_OK)
        s = chip_vad_model_open(&h->vad_model, dir, err);
    if (s == CHIP_OK)
        s = chip_embedder_open(&h->embedder, NULL, err);
    if (s == CHIP_OK)
        s = chip_arena_init(&h->arena, chip_embedder_cost(CHIP_MOONSHINE_MAX_SAMPLES), err);
    if (s == CHIP_OK)
        s = chip_media_open(&h->media, path, &options, err);
    if (s == CHIP_OK)
        s = chip_segmenter_new(&h->segmenter, NULL, take_piece, h, err);
    if (s != CHIP_OK)
        return s;
    h->vad = chip_vad_new(h->vad_model);
    h->diarizer = chip_diarizer_new();
    if (!h->vad || !h->diarizer)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a voice");
    return CHIP_OK;
}

static enum chip_status hear(struct hearing *h, struct chip_err *err)
{
    float pcm[READ], probs[MAX_PROBS];
    size_t n = 0, n_probs = 0;
    enum chip_status s;
    do {
        s = chip_media_read(h->media, pcm, READ, &n, err);
        if (s == CHIP_OK && n)
            s = chip_vad_push(h->vad, pcm, n, probs, MAX_PROBS, &n_probs, err);
        if (s == CHIP_OK && n)
            s = chip_segmenter_push(h->segmenter, pcm, n, probs, n_probs, err);
    } while (s == CHIP_OK && n);
    if (s != CHIP_OK)
        return s;
    n_probs = chip_vad_flush(h->vad, probs);
    s = chip_segmenter_push(h->segmenter, pcm, 0, probs, n_probs, err);
    return s == CHIP_OK ? chip_segmenter_flush(h->segmenter, err) : s;
}

static enum chip_status judge(struct hearing *h, float voice[CHIP_VOICE_DIM], double *seconds,
                              struct chip_err *err)
{
    struct chip_diarization d;
    enum chip_status s = chip_diarizer_finish(h->diarizer, NULL, NULL, &d, err);
    if (s != CHIP_OK)
        return s;
    double speech = (double)chip_segmenter_speech(h->segmenter) / 16000.0;
    if (d.n_speakers > 1)
        s = chip_fail(err, CHIP_E_UNSUPPORTED,
                      "%zu people seem to speak in this recording; give one of a single person",
                      d.n_speakers);
    else if (speech < CHIP_VOICE_MIN_SECONDS)
        s = chip_fail(err, CHIP_E_NO_AUDIO,
                      "there are only %.1f seconds of speech in this recording; %d are needed, and "
                      "30 are better",
                      speech, (int)CHIP_VOICE_MIN_SECONDS);
    if (s == CHIP_OK) {
        memset(voice, 0, CHIP_VOICE_DIM * sizeof *voice);
        for (size_t i = 0; i < d.n_windows; i++)
            for (size_t k = 0; k < CHIP_VOICE_DIM; k++)
                voice[k] += d.windows[i].voice[k];
        *seconds = speech;
    }
    chip_diarization_done(&d);
    return s;
}

enum chip_status chip_voice_of_file(const char *path, const volatile bool *cancel,
                                    float voice[CHIP_VOICE_DIM], double *seconds,
                                    struct chip_err *err)
{
    struct hearing h = {0};
    enum chip_status s = hearing_init(&h, path, cancel, err);
    if (s == CHIP_OK)
        s = hear(&h, err);
    if (s == CHIP_OK)
        s = judge(&h, voice, seconds, err);
    hearing_done(&h);
    return s;
}
