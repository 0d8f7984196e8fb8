#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "api/source.h"
#include "api/tracks.h"
#include "job/decoder.h"
#include "job/decoder_frames.h"
#include "job/sandbox.h"
#include "media/day.h"
#include "media/media.h"

/* The process that decodes: its parent is decoder.c. Nobody listens to it but through frames. */

enum { ARGUMENTS = 6, USAGE = 2, SPOOL_FD = 3 };

struct arguments {
    int track;
    bool mix;
    int64_t memory_bytes, spool_bytes, cpu_s;
};

static bool parse_number(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end != text && !*end && *out >= 0;
}

static bool parse(int argc, char **argv, struct arguments *out)
{
    int64_t track, mix;
    if (argc != ARGUMENTS || !parse_number(argv[1], &track) || !parse_number(argv[2], &mix) ||
        !parse_number(argv[3], &out->memory_bytes) || !parse_number(argv[4], &out->spool_bytes) ||
        !parse_number(argv[5], &out->cpu_s) || track > INT32_MAX)
        return false;
    out->track = (int)track;
    out->mix = mix != 0;
    return true;
}

/* Media calls it by the name that it has here. */
static void tell_error(const struct chip_err *err)
{
    static const char name[] = "standard input", better[] = "the recording";
    struct chip_frame_error frame = {.status = (int32_t)err->code};
    const char *at = strstr(err->message, name);
    size_t before = at ? (size_t)(at - err->message) : strlen(err->message);
    memcpy(frame.message, err->message, before);
    if (at) { /* the new name is shorter */
        memcpy(frame.message + before, better, sizeof better - 1);
        strcpy(frame.message + before + sizeof better - 1, at + sizeof name - 1);
    }
    (void)chip_frame_write(STDOUT_FILENO, CHIP_FRAME_ERROR, &frame, sizeof frame);
}

static bool tell_header(const struct chip_media_info *info, const struct chip_sound_source *source,
                        unsigned sandbox)
{
    struct chip_frame_header header = {
        .version = CHIP_FRAME_VERSION,
        .n_channels = (uint32_t)source->n_channels,
        .duration_ms = info->duration_ms,
        .duration_is_estimate = info->duration_is_estimate,
        .has_video = info->has_video,
        .track = info->track,
        .n_tracks = (uint32_t)info->n_tracks,
        .could_be_people = chip_tracks_could_be_people(info),
        .sandbox = sandbox,
        .recorded_day = chip_media_day(info),
    };
    memcpy(header.container, info->container, sizeof header.container);
    for (size_t i = 0; i < info->n_tracks; i++)
        if (info->tracks[i].number == info->track) {
            memcpy(header.codec, info->tracks[i].codec, sizeof header.codec);
            header.source_channels = info->tracks[i].channels;
            header.source_rate_hz = info->tracks[i].rate_hz;
        }
    return chip_frame_write(STDOUT_FILENO, CHIP_FRAME_HEADER, &header, sizeof header);
}

static bool tell_samples(float *const *planes, size_t n_channels, size_t n)
{
    const struct chip_frame frame = {.kind = CHIP_FRAME_SAMPLES,
                                     .n_bytes = (uint32_t)(n_channels * n * sizeof **planes)};
    bool heard = chip_frame_write_bytes(STDOUT_FILENO, &frame, sizeof frame);
    for (size_t c = 0; heard && c < n_channels; c++)
        heard = chip_frame_write_bytes(STDOUT_FILENO, planes[c], n * sizeof **planes);
    return heard;
}

static bool tell_breaks(const struct chip_sound_source *source)
{
    struct chip_sound_break at;
    for (size_t i = 0; source->get_break(source->user, i, &at); i++) {
        struct chip_frame_break frame = {.at_ms = at.at_ms, .end_ms = at.end_ms};
        strncpy(frame.message, at.message, sizeof frame.message - 1);
        if (!chip_frame_write(STDOUT_FILENO, CHIP_FRAME_BREAK, &frame, sizeof frame))
            return false;
    }
    return true;
}

/* Says all of the recording. Returns false with *err filled, or empty when nobody listens. */
static bool tell(const struct chip_sound_source *source, struct chip_err *err)
{
    float samples[CHIP_CHANNELS_MAX][CHIP_FRAME_SAMPLES_MAX];
    float *planes[CHIP_CHANNELS_MAX];
    for (size_t c = 0; c < CHIP_CHANNELS_MAX; c++)
        planes[c] = samples[c];
    size_t n;
    do {
        if (source->read(source->user, planes, CHIP_FRAME_SAMPLES_MAX, &n, err) != CHIP_OK)
            return false;
        if (n > 0 && !tell_samples(planes, source->n_channels, n))
            return false;
    } while (n > 0);
    return tell_breaks(source) && chip_frame_write(STDOUT_FILENO, CHIP_FRAME_END, NULL, 0);
}

int chip_decoder_main(int argc, char **argv)
{
    struct arguments a;
    if (!parse(argc, argv, &a))
        return USAGE;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    const struct chip_sandbox_limits limits = {
        .memory_bytes = a.memory_bytes, .file_bytes = a.spool_bytes, .cpu_s = a.cpu_s};
    const unsigned sandbox = chip_sandbox_enter(&limits);

    const struct chip_media_options options = {.track = a.track,
                                               .spool_limit_bytes = a.spool_bytes,
                                               .spool_fd = a.spool_bytes ? SPOOL_FD : 0};
    struct chip_err err = {.code = CHIP_OK};
    struct chip_media *media = NULL;
    bool told = chip_media_open(&media, "-", &options, &err) == CHIP_OK;
    if (told) {
        const struct chip_sound_source source = chip_source_of_media(media, !a.mix);
        told = tell_header(chip_media_info(media), &source, sandbox) && tell(&source, &err);
    }
    if (!told && err.code != CHIP_OK)
        tell_error(&err);
    _exit(0); /* the kernel frees faster, and nothing that was hurt runs once more */
}
