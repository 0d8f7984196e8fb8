/* `chip probe`: what is in a media file, without decoding it. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/json_text.h"
#include "cli/term.h"
#include "media/media.h"
#include "meeting/stamp.h"

/* ---- for people ------------------------------------------------------------------------------ */

static void add_track(struct chip_str *out, const struct chip_media_info *info,
                      const struct chip_media_track *track)
{
    chip_str_addf(out, "  track %-4d %s", track->number, track->codec);
    if (track->channels > 0)
        chip_str_addf(out, ", %d channel%s", track->channels, track->channels == 1 ? "" : "s");
    if (track->rate_hz > 0)
        chip_str_addf(out, ", %d Hz", track->rate_hz);
    if (track->language[0]) {
        chip_str_add(out, ", ");
        chip_term_add(out, track->language, SIZE_MAX);
    }
    if (track->title[0]) {
        chip_str_add(out, ", \"");
        chip_term_add(out, track->title, SIZE_MAX);
        chip_str_add(out, "\"");
    }
    if (track->is_default)
        chip_str_add(out, ", default");
    if (!track->is_decodable)
        chip_str_add(out, ", no decoder");
    chip_str_add(out, track->number == info->track ? "  <- used\n" : "\n");
}

static void add_text(struct chip_str *out, const char *file, const struct chip_media_info *info)
{
    chip_term_add(out, file, SIZE_MAX);
    chip_str_addf(out, "\n  container  %s%s\n", info->container,
                  info->has_video ? ", with video" : "");
    chip_str_add(out, "  duration   ");
    if (info->duration_ms >= 0) {
        chip_stamp_add(out, info->duration_ms, '.');
        chip_str_add(out, info->duration_is_estimate ? " (estimated)\n" : "\n");
    } else {
        chip_str_add(out, "not known before the end\n");
    }
    for (size_t i = 0; i < info->n_tracks; i++)
        add_track(out, info, &info->tracks[i]);
    if (info->n_tracks == 0)
        chip_str_add(out, "  no audio track\n");
    for (size_t i = 0; i < info->n_tags; i++) {
        chip_str_add(out, i ? "             " : "  tags       ");
        chip_term_add(out, info->tags[i].key, SIZE_MAX);
        chip_str_add(out, ": ");
        chip_term_add(out, info->tags[i].value, 120);
        chip_str_add(out, "\n");
    }
}

/* ---- for programs ---------------------------------------------------------------------------- */

static json_t *text_or_null(const char *s)
{
    return *s ? chip_json_text(s) : json_null();
}

static json_t *known(int64_t n, bool is_known)
{
    return is_known ? json_integer(n) : json_null();
}

static json_t *track_json(const struct chip_media_track *track)
{
    json_t *o = json_object();
    json_object_set_new(o, "number", json_integer(track->number));
    json_object_set_new(o, "codec", text_or_null(track->codec));
    json_object_set_new(o, "channels", known(track->channels, track->channels > 0));
    json_object_set_new(o, "rate_hz", known(track->rate_hz, track->rate_hz > 0));
    json_object_set_new(o, "language", text_or_null(track->language));
    json_object_set_new(o, "title", text_or_null(track->title));
    json_object_set_new(o, "default", json_boolean(track->is_default));
    json_object_set_new(o, "decodable", json_boolean(track->is_decodable));
    return o;
}

static void add_json(struct chip_str *out, const char *file, const struct chip_media_info *info)
{
    json_t *o = json_object(), *tracks = json_array(), *tags = json_object();
    for (size_t i = 0; i < info->n_tracks; i++)
        json_array_append_new(tracks, track_json(&info->tracks[i]));
    /* The file's own tags come first and win over the track's. */
    for (size_t i = info->n_tags; i-- > 0;)
        json_object_set_new(tags, info->tags[i].key, json_string(info->tags[i].value));
    json_object_set_new(o, "file", text_or_null(file));
    json_object_set_new(o, "container", text_or_null(info->container));
    json_object_set_new(o, "duration_ms", known(info->duration_ms, info->duration_ms >= 0));
    json_object_set_new(o, "duration_is_estimate", json_boolean(info->duration_is_estimate));
    json_object_set_new(o, "video", json_boolean(info->has_video));
    json_object_set_new(o, "track", known(info->track, info->track > 0));
    json_object_set_new(o, "tracks", tracks);
    json_object_set_new(o, "tags", tags);
    char *line = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (line)
        chip_str_addf(out, "%s\n", line);
    else
        out->failed = true;
    free(line);
}

/* ---------------------------------------------------------------------------------------------- */

static enum chip_exit probe(const char *file, const struct chip_parsed *args)
{
    const struct chip_media_options options = {
        .track = (int)args->values[CHIP_PROBE_TRACK].number,
        .cancel = chip_interrupt_flag(),
    };
    CHIP_AUTO(chip_media_info) info = NULL;
    struct chip_err err;
    enum chip_status st = chip_media_probe(&info, file, &options, &err);
    struct chip_str text = {0};
    if (st != CHIP_OK) {
        chip_str_add(&text, "chip: ");
        chip_term_add(&text, err.message, SIZE_MAX);
        fprintf(stderr, "%s\n", text.failed ? "chip: out of memory" : text.data);
        chip_str_done(&text);
        return chip_exit_code(st, CHIP_STAGE_INPUT);
    }
    if (args->values[CHIP_PROBE_JSON].number)
        add_json(&text, file, info);
    else
        add_text(&text, file, info);
    return chip_command_print(&text);
}

int chip_cmd_probe(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("probe", argc, argv, &args);
    if (code >= 0)
        return code;
    code = chip_command_check_files("probe", &args);
    if (code >= 0)
        return code;

    chip_interrupt_install();
    enum chip_exit worst = CHIP_EXIT_OK;
    for (int i = 0; i < args.n_operands && !*chip_interrupt_flag(); i++) {
        enum chip_exit one = probe(args.operands[i], &args);
        worst = one > worst ? one : worst;
    }
    if (chip_interrupt_signal())
        return 128 + chip_interrupt_signal();
    return worst;
}
