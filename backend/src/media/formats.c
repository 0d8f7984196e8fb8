#include "media/formats.h"

#include <string.h>

/* First look, growing while nothing is certain. FFmpeg itself gives up at 1 MiB. Pictures in ID3
 * tags may be larger and are skipped to see the sound behind. */
enum { FIRST_LOOK = 16 << 10, LONGEST_LOOK = 1 << 20, LONGEST_TAG = 32 << 20 };

/* What people record, archive and send. Everything else stays shut, above all what can point to
 * other files: concat, hls, dash, imf, sdp, rtsp. */
static const struct chip_container containers[] = {
    {"mov", "mp4", CHIP_CLOCK_FROM_ZERO, false}, /* seeks only when its index is late */
    {"matroska", "matroska", CHIP_CLOCK_FROM_ZERO, false},
    {"flv", "flv", CHIP_CLOCK_FROM_ZERO, false},
    {"live_flv", "flv", CHIP_CLOCK_FROM_ZERO, false},
    {"asf", "asf", CHIP_CLOCK_FROM_ZERO, false},
    {"wav", "wav", CHIP_CLOCK_NONE, false},
    {"w64", "w64", CHIP_CLOCK_NONE, false},
    {"mp3", "mp3", CHIP_CLOCK_NONE, false},
    {"aac", "aac", CHIP_CLOCK_NONE, false},
    {"loas", "loas", CHIP_CLOCK_NONE, false},
    {"flac", "flac", CHIP_CLOCK_FROM_START, false},
    {"ogg", "ogg", CHIP_CLOCK_FROM_START, false},
    {"amr", "amr", CHIP_CLOCK_NONE, false},
    {"aiff", "aiff", CHIP_CLOCK_NONE, false},
    {"au", "au", CHIP_CLOCK_NONE, false},
    {"caf", "caf", CHIP_CLOCK_NONE, true},
    {"avi", "avi", CHIP_CLOCK_NONE, false},
    {"mpegts", "mpeg-ts", CHIP_CLOCK_FROM_START, false},
    {"mpeg", "mpeg-ps", CHIP_CLOCK_FROM_START, false},
    {"mxf", "mxf", CHIP_CLOCK_FROM_START, true},
    {"dv", "dv", CHIP_CLOCK_FROM_START, true},
    {"nut", "nut", CHIP_CLOCK_FROM_START, false},
    {"rm", "realmedia", CHIP_CLOCK_FROM_START, false},
    {"wtv", "wtv", CHIP_CLOCK_FROM_START, true},
    {"xwma", "xwma", CHIP_CLOCK_NONE, false},
    {"ac3", "ac3", CHIP_CLOCK_NONE, false},
    {"eac3", "eac3", CHIP_CLOCK_NONE, false},
    {"dts", "dts", CHIP_CLOCK_NONE, false},
    {"truehd", "truehd", CHIP_CLOCK_NONE, false},
    {"wv", "wavpack", CHIP_CLOCK_FROM_START, false},
    {"ape", "ape", CHIP_CLOCK_NONE, true},
    {"tta", "tta", CHIP_CLOCK_NONE, false},
    {"tak", "tak", CHIP_CLOCK_NONE, true},
    {"mpc", "mpc", CHIP_CLOCK_NONE, true},
    {"mpc8", "mpc8", CHIP_CLOCK_NONE, true},
    {"shn", "shorten", CHIP_CLOCK_NONE, false},
    {"dsf", "dsf", CHIP_CLOCK_NONE, true},
    {"dss", "dss", CHIP_CLOCK_NONE, false}, /* dictation machines */
    {"voc", "voc", CHIP_CLOCK_NONE, false},
    {"nistsphere", "sphere", CHIP_CLOCK_NONE, false}, /* speech corpora */
    {"ircam", "ircam", CHIP_CLOCK_NONE, false},
    {"sox", "sox", CHIP_CLOCK_NONE, false},
    {"qcp", "qcp", CHIP_CLOCK_NONE, false}, /* old telephones */
};

static const char *const playlists[] = {"hls", "dash", "concat",
                                        "imf", "sdp",  "webm_dash_manifest"};

static bool same_name(const char *lavf_name, const char *name)
{
    size_t n = strcspn(lavf_name, ",");
    return strlen(name) == n && !strncmp(lavf_name, name, n);
}

static size_t id3_bytes(const unsigned char *head, size_t n)
{
    if (n < 10 || memcmp(head, "ID3", 3) != 0)
        return 0;
    return 10 + (((size_t)(head[6] & 0x7F) << 21) | ((head[7] & 0x7F) << 14) |
                 ((head[8] & 0x7F) << 7) | (head[9] & 0x7F));
}

/* Reads further into the source until a format is certain, or all there is has been seen. */
static enum chip_status probe(struct chip_source *source, const char *file_name,
                              const AVInputFormat **format, struct chip_err *err)
{
    size_t want = FIRST_LOOK, skip = 0;
    for (;;) {
        enum chip_status st = chip_source_peek(source, skip + want, err);
        if (st != CHIP_OK)
            return st;
        if (skip == 0) {
            skip = id3_bytes(source->head, source->head_len);
            skip = skip > LONGEST_TAG ? 0 : skip;
            if (skip > 0)
                continue;
        }
        bool last = source->head_len < skip + want || want >= LONGEST_LOOK;
        if (source->head_len <= skip)
            skip = 0; /* nothing but a tag: let FFmpeg judge that */
        AVProbeData data = {.filename = file_name,
                            .buf = source->head + skip,
                            .buf_size = (int)(source->head_len - skip)};
        int score = 0;
        const AVInputFormat *found = av_probe_input_format3(&data, 1, &score);
        if (found && (score > AVPROBE_SCORE_RETRY || (last && score > 0))) {
            *format = found;
            return CHIP_OK;
        }
        if (last) {
            *format = NULL;
            return CHIP_OK;
        }
        want *= 4;
    }
}

enum chip_status chip_container_find(struct chip_source *source, const char *file_name,
                                     const struct chip_container **container,
                                     const AVInputFormat **format, struct chip_err *err)
{
    const AVInputFormat *found;
    enum chip_status st = probe(source, file_name, &found, err);
    if (st != CHIP_OK)
        return st;
    if (source->head_len == 0)
        return chip_fail(err, CHIP_E_FORMAT,
                         "%s is empty (0 bytes): was the recording or upload completed?",
                         source->name);
    if (!found)
        return chip_fail(err, CHIP_E_FORMAT,
                         "%s is not a recording in any known format: give an audio or video file "
                         "such as wav, mp3, m4a, flac, ogg, webm or mp4",
                         source->name);

    for (size_t i = 0; i < sizeof playlists / sizeof playlists[0]; i++)
        if (same_name(found->name, playlists[i]))
            return chip_fail(err, CHIP_E_UNSUPPORTED,
                             "%s is a playlist (%s) that points to other files, which are never "
                             "opened: give the recordings themselves",
                             source->name, playlists[i]);
    for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++)
        if (same_name(found->name, containers[i].demuxer)) {
            *container = &containers[i];
            *format = found;
            return CHIP_OK;
        }
    return chip_fail(err, CHIP_E_UNSUPPORTED,
                     "%s looks like %s, which is not opened: give an audio or video file such as "
                     "wav, mp3, m4a, flac, ogg, webm or mp4",
                     source->name, found->long_name ? found->long_name : found->name);
}
