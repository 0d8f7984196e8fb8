#include "api/reader.h"

#include "api/sound.h"
#include "nn/threads.h"
#include "speech/segmenter.h"

enum { MAX_PROBS = CHIP_SOUND_READ / CHIP_VAD_CHUNK + 2, SAMPLES_PER_MS = 16 };

/* Takes the pieces from the segmenter. */
static enum chip_status put(void *user, struct chip_speech *speech, struct chip_err *err)
{
    struct chip_reader *r = user;
    size_t n = speech->n_samples;
    if (!chip_pieces_put(r->pieces, speech))
        return chip_fail(err, CHIP_E_CANCELLED, "stopped");
    r->n_pieces++;
    r->n_in_pieces += (int64_t)n;
    return CHIP_OK;
}

static void tell(const struct chip_reader *r, int64_t settled)
{
    if (r->heard)
        r->heard(r->heard_user, r->n_pieces, r->n_in_pieces / SAMPLES_PER_MS,
                 settled / SAMPLES_PER_MS);
}

static enum chip_status next_samples(struct chip_reader *r, struct chip_sound *sound, float *pcm,
                                     size_t *n)
{
    if (r->cancel && __atomic_load_n(r->cancel, __ATOMIC_RELAXED))
        return chip_fail(&r->err, CHIP_E_CANCELLED, "stopped");
    return chip_sound_next(sound, pcm, n, &r->err);
}

static enum chip_status hear(struct chip_reader *r, struct chip_sound *sound, struct chip_vad *vad,
                             struct chip_segmenter *segmenter)
{
    float pcm[CHIP_SOUND_READ], probs[MAX_PROBS];
    for (;;) {
        size_t n = 0, n_probs = 0;
        enum chip_status s = next_samples(r, sound, pcm, &n);
        if (s != CHIP_OK)
            return s;
        if (n == 0)
            break;
        s = chip_vad_push(vad, pcm, n, probs, MAX_PROBS, &n_probs, &r->err);
        if (s == CHIP_OK)
            s = chip_segmenter_push(segmenter, pcm, n, probs, n_probs, &r->err);
        if (s == CHIP_OK && r->community)
            s = chip_community_push(r->community, pcm, n, &r->err);
        if (s != CHIP_OK)
            return s;
        r->n_read += (int64_t)n;
        tell(r, chip_segmenter_settled(segmenter));
    }
    size_t n_probs = chip_vad_flush(vad, probs);
    enum chip_status s = chip_segmenter_push(segmenter, pcm, 0, probs, n_probs, &r->err);
    if (s == CHIP_OK)
        s = chip_segmenter_flush(segmenter, &r->err);
    if (s == CHIP_OK)
        tell(r, r->n_read);
    return s;
}

static void *read_all(void *arg)
{
    struct chip_reader *r = arg;
    chip_threads_single();
    CHIP_AUTO(chip_segmenter) segmenter = NULL;
    CHIP_AUTO(chip_vad) vad = chip_vad_new(r->vad);
    r->status = vad ? chip_segmenter_new(&segmenter, NULL, put, r, &r->err)
                    : chip_fail(&r->err, CHIP_E_NOMEM, "not enough memory for voice detection");
    struct chip_sound sound = {0};
    if (r->status == CHIP_OK)
        r->status = chip_sound_open(&sound, r->source, r->tell_channels ? r->vad : NULL, &r->err);
    if (r->status == CHIP_OK) {
        r->status = hear(r, &sound, vad, segmenter);
        r->speech = chip_segmenter_speech(segmenter);
    }
    if (r->status == CHIP_OK && sound.channels)
        r->status = chip_channels_finish(sound.channels, &r->channel_map, &r->err);
    chip_sound_done(&sound);
    if (r->status == CHIP_OK)
        chip_pieces_end(r->pieces);
    else /* what is queued is of no use any more */
        chip_pieces_stop(r->pieces);
    return NULL;
}

enum chip_status chip_reader_start(struct chip_reader *r, struct chip_err *err)
{
    if (pthread_create(&r->thread, NULL, read_all, r) != 0)
        return chip_fail(err, CHIP_E_NOMEM, "cannot start a thread");
    return CHIP_OK;
}

enum chip_status chip_reader_join(struct chip_reader *r)
{
    pthread_join(r->thread, NULL);
    return r->status;
}
