#include "api/reader.h"

#include <math.h>
#include <string.h>

#include "nn/threads.h"
#include "speech/segmenter.h"

enum { READ = 16000, MAX_PROBS = READ / CHIP_VAD_CHUNK + 2 }; /* samples at a time */

/* Takes the pieces from the segmenter. */
static enum chip_status put(void *user, struct chip_speech *speech, struct chip_err *err)
{
    struct chip_reader *r = user;
    if (!chip_pieces_put(r->pieces, speech))
        return chip_fail(err, CHIP_E_CANCELLED, "stopped");
    return CHIP_OK;
}

/* From the caller's memory, where anything may be; media gives finite samples only. */
static enum chip_status copy_samples(struct chip_reader *r, float *pcm, size_t *n)
{
    size_t at = (size_t)r->n_read;
    *n = r->n_pcm - at < READ ? r->n_pcm - at : READ;
    memcpy(pcm, r->pcm + at, *n * sizeof *pcm);
    for (size_t i = 0; i < *n; i++)
        if (!isfinite(pcm[i]))
            return chip_fail(&r->err, CHIP_E_INVAL, "sample %zu is not a number", at + i);
    return CHIP_OK;
}

static enum chip_status next_samples(struct chip_reader *r, float *pcm, size_t *n)
{
    if (r->cancel && __atomic_load_n(r->cancel, __ATOMIC_RELAXED))
        return chip_fail(&r->err, CHIP_E_CANCELLED, "stopped");
    return r->media ? chip_media_read(r->media, pcm, READ, n, &r->err) : copy_samples(r, pcm, n);
}

static enum chip_status hear(struct chip_reader *r, struct chip_vad *vad,
                             struct chip_segmenter *segmenter)
{
    float pcm[READ], probs[MAX_PROBS];
    for (;;) {
        size_t n = 0, n_probs = 0;
        enum chip_status s = next_samples(r, pcm, &n);
        if (s != CHIP_OK)
            return s;
        if (n == 0)
            break;
        s = chip_vad_push(vad, pcm, n, probs, MAX_PROBS, &n_probs, &r->err);
        if (s == CHIP_OK)
            s = chip_segmenter_push(segmenter, pcm, n, probs, n_probs, &r->err);
        if (s != CHIP_OK)
            return s;
        r->n_read += (int64_t)n;
    }
    size_t n_probs = chip_vad_flush(vad, probs);
    enum chip_status s = chip_segmenter_push(segmenter, pcm, 0, probs, n_probs, &r->err);
    return s == CHIP_OK ? chip_segmenter_flush(segmenter, &r->err) : s;
}

static void *read_all(void *arg)
{
    struct chip_reader *r = arg;
    chip_threads_single();
    CHIP_AUTO(chip_segmenter) segmenter = NULL;
    CHIP_AUTO(chip_vad) vad = chip_vad_new(r->vad);
    r->status = vad ? chip_segmenter_new(&segmenter, NULL, put, r, &r->err)
                    : chip_fail(&r->err, CHIP_E_NOMEM, "not enough memory for voice detection");
    if (r->status == CHIP_OK) {
        r->status = hear(r, vad, segmenter);
        r->speech = chip_segmenter_speech(segmenter);
    }
    r->at_end = true;
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
