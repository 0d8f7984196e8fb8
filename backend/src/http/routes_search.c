/* GET /api/search: passages of all meetings, by words. */

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "http/routes.h"
#include "http/search_query.h"

enum { MAX_MEETINGS = 100, MAX_HITS = 200, TIME_TEXT = 25, TIME_CHARS = 24 };

/* ---- what is asked for ------------------------------------------------------------------------
 */

/* Is it 2026-03-03T09:00:00.000Z, with a day that there is? */
static bool is_time(const char *text)
{
    char date[CHIP_DATE_TEXT];
    int32_t day;
    int hours, minutes, seconds, end = 0;
    if (strlen(text) != TIME_CHARS)
        return false;
    memcpy(date, text, sizeof date - 1);
    date[sizeof date - 1] = '\0';
    return chip_date_parse(date, &day) &&
           sscanf(text + sizeof date - 1, "T%2d:%2d:%2d.%*3[0-9]Z%n", &hours, &minutes, &seconds,
                  &end) == 3 &&
           end == TIME_CHARS - (int)sizeof date + 1 && hours < 24 && minutes < 60 && seconds < 60;
}

/**
 * A day or a moment of the query, as the store has times.
 *
 * @param days_later of a day's beginning
 * @param time       "" when it was not given
 * @return false: it makes no sense, which has been answered
 */
static bool read_time(struct chip_request *req, const char *name, int days_later,
                      char time[TIME_TEXT])
{
    const char *text = chip_request_query(req, name);
    int32_t day;
    char date[CHIP_DATE_TEXT];
    time[0] = '\0';
    if (!text)
        return true;
    if (chip_date_parse(text, &day)) {
        chip_date_format(day + days_later, date);
        snprintf(time, TIME_TEXT, "%sT00:00:00.000Z", date);
        return true;
    }
    if (is_time(text)) {
        memcpy(time, text, TIME_TEXT);
        return true;
    }
    char message[128];
    snprintf(message, sizeof message,
             "%s: must be a day such as 2026-03-03, or a time such as 2026-03-03T09:00:00.000Z",
             name);
    chip_reply_error(req, 400, "invalid", message, NULL);
    return false;
}

/* @return false: it makes no sense, which has been answered */
static bool read_terms(struct chip_request *req, json_t **terms)
{
    const char *q = chip_request_query(req, "q");
    struct chip_err err;
    if (chip_search_parse(q ? q : "", terms, &err) == CHIP_OK)
        return true;
    chip_reply_failure(req, &err);
    return false;
}

/* ---- what is answered -------------------------------------------------------------------------
 */

static json_t *seconds(const json_t *ms)
{
    return json_is_integer(ms) ? json_real((double)json_integer_value(ms) / 1000) : json_null();
}

static json_t *speaker_of(const json_t *hit)
{
    const json_t *id = json_object_get(hit, "speaker"),
                 *name = json_object_get(hit, "speaker_name");
    return json_is_null(id) && json_is_null(name) ? json_null()
                                                  : json_pack("{s:O, s:O}", "id", id, "name", name);
}

static json_t *view_hit(const json_t *hit)
{
    const char *text = json_string_value(json_object_get(hit, "text"));
    const json_t *matches = json_object_get(hit, "matches");
    return json_pack("{s:O, s:O, s:o, s:o, s:o, s:o, s:f}", "kind", json_object_get(hit, "kind"),
                     "segment", json_object_get(hit, "segment"), "start",
                     seconds(json_object_get(hit, "start_ms")), "end",
                     seconds(json_object_get(hit, "end_ms")), "speaker", speaker_of(hit), "pieces",
                     chip_search_pieces(text, matches), "score", chip_search_score(text, matches));
}

/* @return a new reference; NULL: out of memory */
static json_t *view_all(const json_t *list, json_t *(*view)(const json_t *one))
{
    json_t *views = json_array();
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        if (json_array_append_new(views, view(one)) != 0) {
            json_decref(views);
            return NULL;
        }
    }
    return views;
}

static json_t *view_meeting(const json_t *meeting)
{
    return json_pack("{s:O, s:O, s:O, s:O, s:O, s:o}", "jobId", json_object_get(meeting, "job_id"),
                     "title", json_object_get(meeting, "title"), "createdAt",
                     json_object_get(meeting, "created_at"), "durationMs",
                     json_object_get(meeting, "duration_ms"), "total",
                     json_object_get(meeting, "total"), "hits",
                     view_all(json_object_get(meeting, "hits"), view_hit));
}

static void search(struct chip_request *req)
{
    int64_t limit = 20, hits = 5;
    char since[TIME_TEXT], until[TIME_TEXT];
    json_t *terms, *found;
    if (!chip_route_number(req, "limit", 1, MAX_MEETINGS, &limit) ||
        !chip_route_number(req, "hits", 1, MAX_HITS, &hits) || !read_time(req, "from", 0, since) ||
        !read_time(req, "to", 1, until) || !read_terms(req, &terms))
        return;
    json_t *args =
        json_pack("{s:o, s:s?, s:s?, s:s?, s:s?, s:I, s:I}", "terms", terms, "speaker",
                  chip_request_query(req, "speaker"), "since", *since ? since : NULL, "until",
                  *until ? until : NULL, "before", chip_request_query(req, "before"), "limit",
                  (json_int_t)limit, "hits", (json_int_t)hits);
    if (!chip_route_call(req, "search_meetings", args, &found))
        return;
    json_t *meetings = view_all(json_object_get(found, "meetings"), view_meeting);
    json_t *reply = meetings ? json_pack("{s:o, s:O}", "meetings", meetings, "next",
                                         json_object_get(found, "next"))
                             : NULL;
    json_decref(found);
    chip_route_reply(req, 200, reply);
}

static const struct chip_route routes[] = {
    {"GET", "/api/search", .handle = search, .audit = "search"},
};

const struct chip_route_table chip_routes_search = CHIP_ROUTE_TABLE(routes);
