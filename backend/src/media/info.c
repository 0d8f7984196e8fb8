#include "media/info.h"

#include <libavcodec/avcodec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "media/text.h"

/* Above this a wav's size field is what programs write that do not know it yet. */
static const double unknown_size_bytes = 0x7FFF0000;

static bool is_audio(const AVStream *stream)
{
    return stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
}

AVStream *chip_info_stream(const AVFormatContext *file, int number)
{
    for (unsigned i = 0; i < file->nb_streams; i++)
        if (is_audio(file->streams[i]) && --number == 0)
            return file->streams[i];
    return NULL;
}

static const char *tag(const AVDictionary *tags, const char *key)
{
    const AVDictionaryEntry *e = av_dict_get(tags, key, NULL, 0);
    return e ? e->value : NULL;
}

static void describe_track(struct chip_media_track *track, int number, const AVStream *stream)
{
    const AVCodecParameters *par = stream->codecpar;
    const char *codec =
        par->codec_id == AV_CODEC_ID_NONE ? "unknown" : avcodec_get_name(par->codec_id);
    track->number = number;
    chip_media_clean(track->codec, sizeof track->codec, codec);
    track->channels = par->ch_layout.nb_channels > 0 ? par->ch_layout.nb_channels : 0;
    track->rate_hz = par->sample_rate > 0 ? par->sample_rate : 0;
    const char *language = tag(stream->metadata, "language");
    if (language && strcmp(language, "und") != 0)
        chip_media_clean(track->language, sizeof track->language, language);
    const char *title = tag(stream->metadata, "title");
    const char *handler = tag(stream->metadata, "handler_name"); /* QuickTime's only name */
    if (!title && handler && strcmp(handler, "SoundHandler") != 0)
        title = handler;
    chip_media_clean(track->title, sizeof track->title, title);
    track->is_default = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0;
    track->is_decodable = avcodec_find_decoder(par->codec_id) != NULL;
}

static enum chip_status add_tracks(struct chip_media_info *info, const AVFormatContext *file,
                                   struct chip_err *err)
{
    struct chip_media_track *tracks = calloc(CHIP_MEDIA_MAX_TRACKS, sizeof *tracks);
    if (!tracks)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to list tracks");
    info->tracks = tracks;
    for (unsigned i = 0; i < file->nb_streams; i++) {
        const AVStream *stream = file->streams[i];
        if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
            !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC))
            info->has_video = true;
        if (!is_audio(stream) || info->n_tracks == CHIP_MEDIA_MAX_TRACKS)
            continue;
        describe_track(&tracks[info->n_tracks], (int)info->n_tracks + 1, stream);
        info->n_tracks++;
    }
    return CHIP_OK;
}

static bool has_tag(const struct chip_media_info *info, const char *key)
{
    for (size_t i = 0; i < info->n_tags; i++)
        if (!strcmp(info->tags[i].key, key))
            return true;
    return false;
}

/* Adds what is not listed yet. The list is one block, sized for the most tags at the start. */
static enum chip_status add_tags(struct chip_media_info *info, const AVDictionary *from,
                                 struct chip_err *err)
{
    struct chip_media_tag *tags = (struct chip_media_tag *)info->tags;
    const AVDictionaryEntry *e = NULL;
    while (info->n_tags < CHIP_MEDIA_MAX_TAGS &&
           (e = av_dict_get(from, "", e, AV_DICT_IGNORE_SUFFIX))) {
        char key[64], value[CHIP_MEDIA_MAX_TAG_BYTES];
        chip_media_clean(key, sizeof key, e->key);
        chip_media_clean(value, sizeof value, e->value);
        if (!key[0] || has_tag(info, key))
            continue;
        size_t n_key = strlen(key) + 1, n_value = strlen(value) + 1;
        char *both = malloc(n_key + n_value);
        if (!both)
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory to list tags");
        memcpy(both, key, n_key);
        memcpy(both + n_key, value, n_value);
        tags[info->n_tags++] = (struct chip_media_tag){.key = both, .value = both + n_key};
    }
    return CHIP_OK;
}

static void set_container(struct chip_media_info *info, const AVFormatContext *file,
                          const struct chip_container *container, bool is_webm)
{
    const char *label = container->label;
    const char *brand = tag(file->metadata, "major_brand");
    if (!strcmp(label, "mp4") && (!brand || !strncmp(brand, "qt", 2)))
        label = "mov";
    else if (!strcmp(label, "mp4") && !strncmp(brand, "M4A", 3))
        label = "m4a";
    else if (!strcmp(label, "mp4") && !strncmp(brand, "3g", 2))
        label = "3gp";
    else if (!strcmp(label, "matroska") && is_webm)
        label = "webm";
    snprintf(info->container, sizeof info->container, "%s", label);
}

enum chip_status chip_info_new(struct chip_media_info **out, const AVFormatContext *file,
                               const struct chip_container *container, bool is_webm,
                               struct chip_err *err)
{
    CHIP_AUTO(chip_media_info) info = calloc(1, sizeof *info);
    if (!info)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to describe a recording");
    info->duration_ms = -1;
    set_container(info, file, container, is_webm);
    info->tags = calloc(CHIP_MEDIA_MAX_TAGS, sizeof *info->tags);
    if (!info->tags)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to list tags");
    enum chip_status st = add_tracks(info, file, err);
    if (st == CHIP_OK)
        st = add_tags(info, file->metadata, err);
    if (st != CHIP_OK)
        return st;
    *out = info;
    info = NULL;
    return CHIP_OK;
}

void chip_media_info_free(struct chip_media_info *info)
{
    if (!info)
        return;
    for (size_t i = 0; i < info->n_tags; i++)
        free((char *)info->tags[i].key); /* key and value are one block */
    free((struct chip_media_tag *)info->tags);
    free((struct chip_media_track *)info->tracks);
    free(info);
}

/* Decodable before not, default before not, more channels before fewer, then in order. */
static bool is_better(const struct chip_media_track *a, const struct chip_media_track *b)
{
    if (a->is_decodable != b->is_decodable)
        return a->is_decodable;
    if (a->is_default != b->is_default)
        return a->is_default;
    return a->channels > b->channels;
}

static enum chip_status fail_track(const struct chip_media_info *info, const char *name, int track,
                                   struct chip_err *err)
{
    struct chip_str list = {0};
    for (size_t i = 0; i < info->n_tracks; i++) {
        const struct chip_media_track *t = &info->tracks[i];
        chip_str_addf(&list, "%s%d: %s", i ? ", " : "", t->number, t->codec);
        if (t->channels)
            chip_str_addf(&list, " %d channel%s", t->channels, t->channels == 1 ? "" : "s");
        if (t->language[0])
            chip_str_addf(&list, " %s", t->language);
        if (t->title[0])
            chip_str_addf(&list, " '%s'", t->title);
    }
    char *text;
    enum chip_status st = chip_str_finish(&list, &text, err);
    if (st != CHIP_OK)
        return st;
    st = chip_fail(err, CHIP_E_NOT_FOUND, "%s has no audio track %d; it has %s", name, track, text);
    free(text);
    return st;
}

static int64_t to_ms(int64_t us)
{
    return av_rescale(us, 1000, AV_TIME_BASE);
}

/* A header may claim more than the file holds; with a constant bit rate that can be seen. */
static void limit_to_size(struct chip_media_info *info, const AVStream *stream, int64_t size,
                          int64_t *end_ms)
{
    int64_t rate = stream->codecpar->bit_rate;
    if (info->duration_ms < 0 || size < 0 || rate <= 0 ||
        av_get_exact_bits_per_sample(stream->codecpar->codec_id) <= 0)
        return;
    int64_t most_ms = av_rescale(size, 8000, rate);
    if (info->duration_ms <= most_ms + most_ms / 20)
        return;
    if ((double)info->duration_ms / 8000 * (double)rate >= unknown_size_bytes)
        *end_ms = -1;
    info->duration_ms = most_ms;
    info->duration_is_estimate = true;
}

/* What a wav's header says; -1 when it does not, or no recording is so long. */
static int64_t claimed_ms(const AVStream *stream, const struct chip_info_wish *wish)
{
    const int64_t sane_ms = INT64_C(1000) * 3600 * 1000;
    if (wish->claimed < 0 || stream->codecpar->bit_rate <= 0)
        return -1;
    int64_t ms = av_rescale(wish->claimed, 8000, stream->codecpar->bit_rate);
    return ms <= sane_ms ? ms : -1;
}

static void set_duration(struct chip_media_info *info, const AVFormatContext *file,
                         const AVStream *stream, const struct chip_info_wish *wish, int64_t *end_ms)
{
    const int64_t sane_us = INT64_C(1000) * 3600 * AV_TIME_BASE;
    int64_t duration = AV_NOPTS_VALUE, start = 0;
    if (stream->duration != AV_NOPTS_VALUE) {
        duration = av_rescale_q(stream->duration, stream->time_base, AV_TIME_BASE_Q);
        if (stream->start_time != AV_NOPTS_VALUE)
            start = av_rescale_q(stream->start_time, stream->time_base, AV_TIME_BASE_Q);
        if (__builtin_sub_overflow(start, wish->origin_us, &start))
            start = 0;
    } else if (file->duration != AV_NOPTS_VALUE) {
        duration = file->duration; /* from time 0, whenever the first track starts */
        if (wish->is_from_zero && wish->origin_us > 0 && duration > wish->origin_us)
            duration -= wish->origin_us;
    }
    if (duration == AV_NOPTS_VALUE) {
        /* FFmpeg does not believe the header of a wav that it cannot seek in. */
        *end_ms = info->duration_ms = claimed_ms(stream, wish);
        info->duration_is_estimate = info->duration_ms >= 0;
        return;
    }
    if (duration <= 0 || duration > sane_us)
        return;
    start = start > 0 && start < sane_us ? start : 0;
    duration += start;
    info->duration_ms = to_ms(duration);
    info->duration_is_estimate = file->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE;
    /* Many containers store but the length of the longest track, and FFmpeg gives it to all. */
    bool is_own = file->nb_streams == 1 || (stream->duration != AV_NOPTS_VALUE &&
                                            to_ms(duration - start) != to_ms(file->duration));
    if (file->duration_estimation_method == AVFMT_DURATION_FROM_STREAM && is_own)
        *end_ms = info->duration_ms;
    limit_to_size(info, stream, wish->size, end_ms);
    if (wish->size >= 0 && wish->claimed > wish->size && claimed_ms(stream, wish) >= 0)
        *end_ms = claimed_ms(stream, wish);
}

enum chip_status chip_info_choose(struct chip_media_info *info, const AVFormatContext *file,
                                  const struct chip_info_wish *wish, int64_t *end_ms,
                                  struct chip_err *err)
{
    int track = wish->track;
    *end_ms = -1;
    if (track > 0 && (size_t)track > info->n_tracks && info->n_tracks > 0)
        return fail_track(info, wish->name, track, err);
    const struct chip_media_track *best = NULL;
    if (track > 0 && (size_t)track <= info->n_tracks)
        best = &info->tracks[track - 1];
    for (size_t i = 0; track == 0 && i < info->n_tracks; i++)
        if (!best || is_better(&info->tracks[i], best))
            best = &info->tracks[i];
    if (!best) {
        if (file->duration != AV_NOPTS_VALUE && file->duration > 0)
            info->duration_ms = to_ms(file->duration);
        return CHIP_OK;
    }
    info->track = best->number;
    const AVStream *stream = chip_info_stream(file, best->number);
    set_duration(info, file, stream, wish, end_ms);
    return add_tags(info, stream->metadata, err);
}
