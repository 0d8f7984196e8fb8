/* GET /api/jobs/{id}/export: the transcript, its minutes, or both as a file. */

#include <stdlib.h>
#include <string.h>

#include "http/export_minutes.h"
#include "http/export_name.h"
#include "http/routes.h"
#include "meeting/format.h"
#include "meeting/json.h"

static const struct {
    const char *name, *type;
} formats[] = {
    [CHIP_FORMAT_JSON] = {"json", "application/json"},
    [CHIP_FORMAT_WHISPERX] = {"whisperx", "application/json"},
    [CHIP_FORMAT_SRT] = {"srt", "application/x-subrip; charset=utf-8"},
    [CHIP_FORMAT_VTT] = {"vtt", "text/vtt; charset=utf-8"},
    [CHIP_FORMAT_TXT] = {"txt", "text/plain; charset=utf-8"},
    [CHIP_FORMAT_MD] = {"md", "text/markdown; charset=utf-8"},
    [CHIP_FORMAT_TSV] = {"tsv", "text/tab-separated-values; charset=utf-8"},
    [CHIP_FORMAT_RTTM] = {"rttm", "text/plain; charset=utf-8"},
};

/* What is asked for in the query. */
struct wish {
    enum chip_format format;
    struct chip_format_options options;
    bool voices;
    enum chip_export_minutes minutes;
};

static bool is_true(const struct chip_request *req, const char *name)
{
    const char *text = chip_request_query(req, name);
    return text && strcmp(text, "true") == 0;
}

/* Whom a page of Markdown is for wants to know what came out, too.
 * @return false: it makes no sense, which has been answered */
static bool read_minutes(struct chip_request *req, struct wish *wish)
{
    static const char *const names[] = {[CHIP_EXPORT_WITHOUT_MINUTES] = "false",
                                        [CHIP_EXPORT_WITH_MINUTES] = "true",
                                        [CHIP_EXPORT_ONLY_MINUTES] = "only"};
    const char *text = chip_request_query(req, "minutes");
    if (!text) {
        if (wish->format == CHIP_FORMAT_MD)
            wish->minutes = CHIP_EXPORT_WITH_MINUTES;
        return true;
    }
    size_t how = 0;
    while (how < sizeof names / sizeof *names && strcmp(names[how], text) != 0)
        how++;
    if (how == sizeof names / sizeof *names) {
        chip_reply_error(req, 400, "invalid", "minutes: must be true, false or only", NULL);
        return false;
    }
    wish->minutes = (enum chip_export_minutes)how;
    if (wish->minutes == CHIP_EXPORT_WITHOUT_MINUTES || chip_export_has_minutes(wish->format))
        return true;
    chip_reply_error(req, 400, "invalid",
                     "minutes: there are some in files of format md, txt and json", NULL);
    return false;
}

/* @return false: it makes no sense, which has been answered */
static bool read_wish(struct chip_request *req, struct wish *wish)
{
    const char *name = chip_request_query(req, "format");
    *wish = (struct wish){.format = CHIP_FORMAT_JSON, .voices = is_true(req, "voices")};
    if (name && !chip_format_by_name(name, &wish->format)) {
        json_t *known = json_array();
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
            json_array_append_new(known, json_string(formats[i].name));
        chip_reply_error(req, 400, "invalid",
                         "format: there is no such format; there are json, whisperx, srt, vtt, "
                         "txt, md, tsv and rttm",
                         json_pack("{s:o}", "formats", known));
        return false;
    }
    int64_t chars = 0, lines = 0;
    if (!read_minutes(req, wish))
        return false;
    if (!chip_route_number(req, "maxLineChars", 10, 200, &chars) ||
        !chip_route_number(req, "maxLines", 1, 5, &lines))
        return false;
    wish->options.word_cues = is_true(req, "wordCues");
    wish->options.max_line_chars = (int)chars;
    wish->options.max_lines = (int)lines;
    return true;
}

static enum chip_status read_transcript(const json_t *row, struct chip_transcript **out,
                                        struct chip_err *err)
{
    const json_t *json = json_object_get(row, "transcript");
    if (!json_is_object(json))
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no transcript to export");
    enum chip_status st = chip_transcript_from_value(json, out, err);
    if (st == CHIP_E_FORMAT) /* what the store holds was written by us */
        err->code = st = CHIP_E_INTERNAL;
    return st;
}

static enum chip_status write_file(const json_t *row, const struct wish *wish, char **text,
                                   char **disposition, struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    const char *title = json_string_value(json_object_get(row, "title"));
    struct chip_format_options options = wish->options;
    options.source = title;
    enum chip_status st = read_transcript(row, &t, err);
    if (st != CHIP_OK)
        return st;
    if (!wish->voices)
        chip_transcript_set_voices(t, NULL);
    st = chip_export_name(title, chip_format_extension(wish->format), disposition, err);
    if (st == CHIP_OK && wish->minutes != CHIP_EXPORT_ONLY_MINUTES)
        st = chip_format_transcript(t, wish->format, &options, text, err);
    if (st == CHIP_OK && wish->minutes != CHIP_EXPORT_WITHOUT_MINUTES)
        st = chip_export_add_minutes(json_object_get(row, "minutes"), t, wish->format,
                                     wish->minutes, text, err);
    return st;
}

static void export(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT], *text = NULL, *disposition = NULL;
    struct wish wish;
    json_t *row;
    struct chip_err err;
    if (!chip_route_job_id(req, id) || !read_wish(req, &wish) ||
        !chip_route_call(req, "get_analysis", json_pack("{s:s}", "job_id", id), &row))
        return;
    if (write_file(row, &wish, &text, &disposition, &err) == CHIP_OK) {
        chip_reply_header(req, "Content-Disposition", disposition);
        chip_reply_text(req, 200, formats[wish.format].type, text, strlen(text));
    } else {
        free(text);
        chip_reply_failure(req, &err);
    }
    free(disposition);
    json_decref(row);
}

static const struct chip_route routes[] = {
    {"GET", "/api/jobs/{id}/export", .handle = export, .token_in_query = true,
     .audit = "analysis.export"},
};

const struct chip_route_table chip_routes_export = CHIP_ROUTE_TABLE(routes);
