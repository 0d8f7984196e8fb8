#include "job/decoder.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "job/decoder_frames.h"
#include "job/decoder_spawn.h"
#include "job/sandbox.h"
#include "media/media.h"
#include "meeting/text.h"
#include "meeting/transcript.h"

enum {
    POLL_MS = 50,
    DEFAULT_PATIENCE_S = 120,
    DEFAULT_CPU_S = 30,
    SOUND_S_PER_CPU_S = 4, /* the slowest that decoding may be; formats known need 1/100 of that */
    CPU_STEP_S = 10,
};

struct chip_decoder {
    struct chip_decoder_process process;
    struct chip_decoder_info info;
    const volatile bool *cancel; /* may be NULL */
    int64_t patience_ms;         /* -1: without limit */
    int64_t cpu_s, cpu_granted_s;
    int64_t n_samples; /* of each channel, that came */

    float *block;            /* [n_channels][n_block], of CHIP_FRAME_SAMPLES_MAX at most */
    size_t n_block, n_given; /* of it, handed on already */
    struct chip_frame_break breaks[CHIP_FRAME_BREAKS_MAX];
    size_t n_breaks;
    bool at_end;
    enum chip_status status; /* once it failed, it stays so */
    struct chip_err err;
};

/* ---- what became of the process ---- */

static const char BLAME[] = "which a damaged or hostile file can cause";

/* The process closed its pipe without saying that this is the end. */
static enum chip_status explain_death(struct chip_decoder *d)
{
    const int status = chip_decoder_process_wait(&d->process);
    struct chip_err *err = &d->err;
    if (!WIFSIGNALED(status))
        return chip_fail(err, CHIP_E_FORMAT,
                         "the recording could not be decoded: its decoder stopped half way, %s",
                         BLAME);
    switch (WTERMSIG(status)) {
    case SIGSYS:
        return chip_fail(err, CHIP_E_FORMAT,
                         "the recording could not be decoded: its decoder tried something that it "
                         "may not and was ended, %s",
                         BLAME);
    case SIGXCPU:
        return chip_fail(err, CHIP_E_LIMIT,
                         "the recording could not be decoded: that took far more processor time "
                         "than sound of its length needs, %s",
                         BLAME);
    case SIGXFSZ:
        return chip_fail(err, CHIP_E_LIMIT,
                         "the recording could not be decoded: it is larger than what may be "
                         "buffered of a recording with its index at the end");
    case SIGKILL:
        return chip_fail(err, CHIP_E_UNAVAILABLE,
                         "the recording was not decoded: its decoder was killed from outside, as a "
                         "machine does that is out of memory; try again with less at once");
    default:
        return chip_fail(err, CHIP_E_FORMAT,
                         "the recording could not be decoded: its decoder crashed (%s), %s",
                         strsignal(WTERMSIG(status)), BLAME);
    }
}

static enum chip_status fail_garbled(struct chip_decoder *d)
{
    return chip_fail(&d->err, CHIP_E_FORMAT,
                     "the recording could not be decoded: its decoder answered with nonsense, %s",
                     BLAME);
}

/* ---- reading from it ---- */

/* Waits until there is something to read. */
static enum chip_status await(struct chip_decoder *d)
{
    const int64_t since = chip_clock_ms();
    for (;;) {
        if (d->cancel && __atomic_load_n(d->cancel, __ATOMIC_RELAXED))
            return chip_fail(&d->err, CHIP_E_CANCELLED, "stopped");
        struct pollfd pipe = {.fd = d->process.out, .events = POLLIN};
        const int n = poll(&pipe, 1, POLL_MS);
        if (n > 0)
            return CHIP_OK;
        if (n < 0 && errno != EINTR)
            return chip_fail(&d->err, CHIP_E_IO, "a decoder cannot be heard: %s", strerror(errno));
        if (d->patience_ms >= 0 && chip_clock_ms() - since > d->patience_ms)
            return chip_fail(&d->err, CHIP_E_LIMIT,
                             "the recording could not be decoded: its decoder has said nothing for "
                             "%d seconds, %s",
                             (int)(d->patience_ms / 1000), BLAME);
    }
}

static enum chip_status read_bytes(struct chip_decoder *d, void *data, size_t n)
{
    unsigned char *at = data;
    while (n > 0) {
        enum chip_status s = await(d);
        if (s != CHIP_OK)
            return s;
        const ssize_t got = read(d->process.out, at, n);
        if (got == 0)
            return explain_death(d);
        if (got < 0 && errno != EINTR)
            return chip_fail(&d->err, CHIP_E_IO, "a decoder cannot be heard: %s", strerror(errno));
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        }
    }
    return CHIP_OK;
}

/* A text of the process, whatever it may hold, as one clean line. */
static void clean(char *out, size_t size, char *text, size_t n)
{
    struct chip_str line = {0};
    text[n - 1] = '\0';
    chip_text_clean(&line, text);
    snprintf(out, size, "%s", line.data ? line.data : "");
    chip_str_done(&line);
}

static enum chip_status take_error(struct chip_decoder *d)
{
    struct chip_frame_error frame;
    enum chip_status s = read_bytes(d, &frame, sizeof frame);
    if (s != CHIP_OK)
        return s;
    if (frame.status == CHIP_E_NOMEM)
        return chip_fail(&d->err, CHIP_E_LIMIT,
                         "the recording could not be decoded: that takes more memory than a "
                         "decoder may use, %s",
                         BLAME);
    if (frame.status <= CHIP_OK || frame.status > CHIP_E_UNAVAILABLE)
        return fail_garbled(d);
    d->err.code = (enum chip_status)frame.status;
    clean(d->err.message, sizeof d->err.message, frame.message, sizeof frame.message);
    return d->err.code;
}

/* Processor time is granted in proportion to the sound that came. */
static void grant_cpu(struct chip_decoder *d)
{
    const int64_t due = d->cpu_s + d->n_samples / 16000 / SOUND_S_PER_CPU_S;
    if (due < d->cpu_granted_s + CPU_STEP_S || due >= CHIP_SANDBOX_MAX_CPU_S)
        return;
    const struct rlimit more = {.rlim_cur = (rlim_t)due, .rlim_max = CHIP_SANDBOX_MAX_CPU_S};
    (void)prlimit(d->process.pid, RLIMIT_CPU, &more, NULL);
    d->cpu_granted_s = due;
}

static enum chip_status take_samples(struct chip_decoder *d, size_t n_bytes)
{
    const size_t sample = d->info.n_channels * sizeof *d->block;
    const size_t n = n_bytes / sample;
    if (n < 1 || n > CHIP_FRAME_SAMPLES_MAX || n_bytes % sample)
        return fail_garbled(d);
    enum chip_status s = read_bytes(d, d->block, n_bytes);
    if (s != CHIP_OK)
        return s;
    for (size_t i = 0; i < n * d->info.n_channels; i++)
        if (!(fabsf(d->block[i]) <= 1.0f))
            return fail_garbled(d);
    d->n_block = n;
    d->n_given = 0;
    d->n_samples += (int64_t)n;
    grant_cpu(d);
    return CHIP_OK;
}

static enum chip_status take_break(struct chip_decoder *d)
{
    if (d->n_breaks == CHIP_FRAME_BREAKS_MAX)
        return fail_garbled(d);
    struct chip_frame_break *at = &d->breaks[d->n_breaks];
    enum chip_status s = read_bytes(d, at, sizeof *at);
    if (s != CHIP_OK)
        return s;
    const int64_t last_ms = d->n_breaks ? at[-1].at_ms : 0;
    if (at->at_ms < last_ms || at->end_ms < at->at_ms || at->end_ms > CHIP_TRANSCRIPT_MAX_MS)
        return fail_garbled(d);
    char text[sizeof at->message];
    clean(text, sizeof text, at->message, sizeof at->message);
    memcpy(at->message, text, sizeof text);
    d->n_breaks++;
    return CHIP_OK;
}

/* Reads one frame after the header. */
static enum chip_status take_frame(struct chip_decoder *d)
{
    struct chip_frame frame;
    enum chip_status s = read_bytes(d, &frame, sizeof frame);
    if (s != CHIP_OK)
        return s;
    if (frame.kind == CHIP_FRAME_SAMPLES && !d->n_breaks)
        return take_samples(d, frame.n_bytes);
    if (frame.kind == CHIP_FRAME_BREAK && frame.n_bytes == sizeof(struct chip_frame_break))
        return take_break(d);
    if (frame.kind == CHIP_FRAME_ERROR && frame.n_bytes == sizeof(struct chip_frame_error))
        return take_error(d);
    if (frame.kind != CHIP_FRAME_END || frame.n_bytes != 0)
        return fail_garbled(d);
    d->at_end = true;
    return CHIP_OK;
}

/* ---- starting ---- */

static enum chip_status take_header(struct chip_decoder *d)
{
    struct chip_frame frame;
    struct chip_frame_header h;
    enum chip_status s = read_bytes(d, &frame, sizeof frame);
    if (s != CHIP_OK)
        return s;
    if (frame.kind == CHIP_FRAME_ERROR && frame.n_bytes == sizeof(struct chip_frame_error))
        return take_error(d);
    if (frame.kind != CHIP_FRAME_HEADER || frame.n_bytes != sizeof h)
        return fail_garbled(d);
    s = read_bytes(d, &h, sizeof h);
    if (s != CHIP_OK)
        return s;
    if (h.version != CHIP_FRAME_VERSION || h.n_channels < 1 || h.n_channels > CHIP_CHANNELS_MAX ||
        h.n_tracks > CHIP_MEDIA_MAX_TRACKS || h.duration_ms < -1 ||
        h.duration_ms > CHIP_TRANSCRIPT_MAX_MS || h.recorded_day < -1 ||
        h.recorded_day > CHIP_DATE_LAST)
        return fail_garbled(d);
    d->info = (struct chip_decoder_info){
        .duration_ms = h.duration_ms,
        .duration_is_estimate = h.duration_is_estimate != 0,
        .has_video = h.has_video != 0,
        .track = h.track,
        .n_tracks = h.n_tracks,
        .tracks_could_be_people = h.could_be_people != 0,
        .source_channels = h.source_channels,
        .source_rate_hz = h.source_rate_hz,
        .n_channels = h.n_channels,
        .sandbox = h.sandbox,
        .recorded_day = h.recorded_day,
    };
    clean(d->info.container, sizeof d->info.container, h.container, sizeof h.container);
    clean(d->info.codec, sizeof d->info.codec, h.codec, sizeof h.codec);
    d->block = malloc(h.n_channels * CHIP_FRAME_SAMPLES_MAX * sizeof *d->block);
    return d->block ? CHIP_OK
                    : chip_fail(&d->err, CHIP_E_NOMEM, "not enough memory for %u channels",
                                (unsigned)h.n_channels);
}

enum chip_status chip_decoder_start(struct chip_decoder **out,
                                    const struct chip_decoder_settings *settings,
                                    struct chip_err *err)
{
    struct stat st;
    if (settings->track < 0 || settings->memory_bytes < 0 || settings->cpu_s < 0 ||
        settings->patience_s < 0 || settings->spool_bytes < 0)
        return chip_fail(err, CHIP_E_INVAL, "a track or limit for decoding cannot be negative");
    if (fstat(settings->fd, &st) != 0)
        return chip_fail(err, CHIP_E_IO, "the recording cannot be read: %s", strerror(errno));
    CHIP_AUTO(chip_decoder) d = calloc(1, sizeof *d);
    if (!d)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a decoder");
    const int patience_s = settings->patience_s ? settings->patience_s : DEFAULT_PATIENCE_S;
    d->process = (struct chip_decoder_process){.pidfd = -1, .out = -1};
    d->cancel = settings->cancel;
    d->patience_ms = S_ISREG(st.st_mode) ? patience_s * INT64_C(1000) : -1;
    d->cpu_s = d->cpu_granted_s = settings->cpu_s ? settings->cpu_s : DEFAULT_CPU_S;
    enum chip_status s = chip_decoder_spawn(&d->process, settings, S_ISREG(st.st_mode), err);
    if (s != CHIP_OK)
        return s;
    s = take_header(d);
    if (s == CHIP_OK)
        s = take_frame(d); /* what is said of a recording without a sample is said at the start */
    if (s != CHIP_OK) {
        if (err)
            *err = d->err;
        return s;
    }
    *out = d;
    d = NULL;
    return CHIP_OK;
}

void chip_decoder_free(struct chip_decoder *d)
{
    if (!d)
        return;
    chip_decoder_process_kill(&d->process);
    free(d->block);
    free(d);
}

/* ---- what it gives ---- */

const struct chip_decoder_info *chip_decoder_info(const struct chip_decoder *d)
{
    return &d->info;
}

pid_t chip_decoder_pid(const struct chip_decoder *d)
{
    return d->process.pid;
}

static enum chip_status give_samples(void *user, float *const *planes, size_t n, size_t *n_read,
                                     struct chip_err *err)
{
    struct chip_decoder *d = user;
    while (d->status == CHIP_OK && !d->at_end && d->n_given == d->n_block)
        d->status = take_frame(d);
    if (d->status != CHIP_OK) {
        if (err)
            *err = d->err;
        return d->status;
    }
    const size_t left = d->n_block - d->n_given, take = left < n ? left : n;
    for (size_t c = 0; c < d->info.n_channels; c++)
        memcpy(planes[c], d->block + c * d->n_block + d->n_given, take * sizeof *d->block);
    d->n_given += take;
    *n_read = take;
    return CHIP_OK;
}

static bool give_break(void *user, size_t i, struct chip_sound_break *out)
{
    const struct chip_decoder *d = user;
    if (i >= d->n_breaks)
        return false;
    const struct chip_frame_break *b = &d->breaks[i];
    *out = (struct chip_sound_break){b->at_ms, b->end_ms, b->message};
    return true;
}

struct chip_sound_source chip_decoder_source(struct chip_decoder *d)
{
    return (struct chip_sound_source){
        .user = d,
        .n_channels = d->info.n_channels,
        .duration_ms = d->info.duration_ms,
        .read = give_samples,
        .get_break = give_break,
    };
}
