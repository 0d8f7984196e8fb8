/* Search by words (docs/STORE.md, "Search"), by FTS5. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/sqlite_call.h"

/* Marks that highlight() sets around what matches; no passage holds them (sqlite_2_search.sql). */
enum { MARK_FROM = 1, MARK_TO = 2 };

#define OF_SPEAKER                                 \
    "($2 IS NULL OR lower(p.speaker) = lower($2) " \
    "OR instr(lower(p.speaker_name), lower($2)) > 0)"

/* ---- the query --------------------------------------------------------------------------------
 */

/* In quotes FTS5 sees nothing but words. */
static void add_term(struct chip_str *match, const json_t *term)
{
    chip_str_add(match, "\"");
    for (const char *c = json_string_value(json_object_get(term, "text")); *c; c++)
        chip_str_add_n(match, *c == '"' ? " " : c, 1);
    chip_str_add(match, json_is_true(json_object_get(term, "prefix")) ? "\" *" : "\"");
}

/* @return how many there are */
static size_t add_terms(struct chip_str *match, const json_t *terms, bool excluded,
                        const char *between)
{
    size_t n = 0, i;
    const json_t *term;
    json_array_foreach(terms, i, term)
    {
        if (json_is_true(json_object_get(term, "exclude")) != excluded)
            continue;
        if (n++ > 0)
            chip_str_add(match, between);
        add_term(match, term);
    }
    return n;
}

/* ("portland" AND "two weeks") NOT ("price"*)
 * @param match malloc'ed */
static enum chip_status make_match(const json_t *terms, char **match, struct chip_err *err)
{
    struct chip_str wanted = {0}, unwanted = {0};
    chip_str_add(&wanted, "(");
    size_t n = add_terms(&wanted, terms, false, " AND ");
    if (add_terms(&unwanted, terms, true, " OR ") > 0)
        chip_str_addf(&wanted, ") NOT (%s", unwanted.data ? unwanted.data : "");
    chip_str_add(&wanted, ")");
    wanted.failed |= unwanted.failed;
    chip_str_done(&unwanted);
    if (n > 0)
        return chip_str_finish(&wanted, match, err);
    chip_str_done(&wanted);
    return chip_fail(err, CHIP_E_INVAL, "search_meetings: name at least one word to look for");
}

/* ---- the passages of a meeting ----------------------------------------------------------------
 */

/* [[from, to], ...] in characters, of a text with marks. @return a new reference; NULL: no memory
 */
static json_t *matches_of(const char *marked)
{
    json_t *matches = json_array();
    json_int_t at = 0, from = 0;
    for (const char *c = marked; *c; c++) {
        if (*c == MARK_FROM)
            from = at;
        else if (*c == MARK_TO)
            json_array_append_new(matches, json_pack("[I, I]", from, at));
        else
            at += ((unsigned char)*c & 0xc0) != 0x80;
    }
    return matches;
}

static enum chip_status add_hits(struct chip_call *call, const char *match, json_t *meeting,
                                 struct chip_err *err)
{
    struct chip_query q = chip_query_begin(
        call->conn,
        "SELECT p.kind, p.segment, p.start_ms, p.end_ms, p.speaker, p.speaker_name, p.text, "
        "highlight(search_words, 0, char(1), char(2)) AS marked "
        "FROM search_words JOIN search_passages p ON p.id = search_words.rowid "
        "WHERE search_words MATCH $1 AND " OF_SPEAKER " AND search_words.rowid BETWEEN "
        "(SELECT min(id) FROM search_passages WHERE job_id = $3) AND "
        "(SELECT max(id) FROM search_passages WHERE job_id = $3) AND p.job_id = $3 "
        "ORDER BY search_words.rowid LIMIT $4");
    chip_query_text(&q, match);
    chip_query_text(&q, chip_call_text(call, "speaker"));
    chip_query_text(&q, chip_job_text(meeting, "job_id"));
    chip_query_value(&q, chip_call_arg(call, "hits"));
    json_t *hits = NULL, *hit;
    enum chip_status status = chip_query_all(&q, &hits, err);
    if (status != CHIP_OK)
        return status;
    size_t i;
    json_array_foreach(hits, i, hit)
    {
        json_object_set_new(hit, "matches", matches_of(chip_job_text(hit, "marked")));
        json_object_del(hit, "marked");
    }
    return json_object_set_new(meeting, "hits", hits) == 0
               ? CHIP_OK
               : chip_fail(err, CHIP_E_NOMEM, "not enough memory to search");
}

/* ---- the meetings -----------------------------------------------------------------------------
 */

static enum chip_status find_meetings(struct chip_call *call, const char *match, json_int_t limit,
                                      json_t **meetings, struct chip_err *err)
{
    char before[CHIP_TIME_TEXT] = "9999"; /* later than all */
    const char *place = chip_call_text(call, "before"), *before_id = "";
    if (place) {
        memcpy(before, place, CHIP_TIME_TEXT - 1);
        before_id = place + CHIP_TIME_TEXT;
    }
    struct chip_query q = chip_query_begin(
        call->conn,
        "SELECT j.id AS job_id, coalesce(a.title, j.title) AS title, j.created_at, a.duration_ms, "
        "f.total FROM (SELECT p.job_id, count(*) AS total FROM search_words "
        "JOIN search_passages p ON p.id = search_words.rowid WHERE search_words MATCH $1 "
        "AND " OF_SPEAKER " GROUP BY p.job_id) f "
        "JOIN processing_jobs j ON j.id = f.job_id JOIN meeting_analysis a ON a.job_id = f.job_id "
        "WHERE ($3 IS NULL OR j.user_id = $3) AND ($4 IS NULL OR j.created_at >= $4) "
        "AND ($5 IS NULL OR j.created_at < $5) AND (j.created_at, j.id) < ($6, $7) "
        "ORDER BY j.created_at DESC, j.id DESC LIMIT $8");
    chip_query_text(&q, match);
    chip_query_text(&q, chip_call_text(call, "speaker"));
    chip_query_text(&q, call->user);
    chip_query_text(&q, chip_call_text(call, "since"));
    chip_query_text(&q, chip_call_text(call, "until"));
    chip_query_text(&q, before);
    chip_query_text(&q, before_id);
    chip_query_int(&q, limit + 1);
    return chip_query_all(&q, meetings, err);
}

/* One meeting more than the page says whether there is a next one. */
static json_t *cut_page(json_t *meetings, size_t limit)
{
    if (json_array_size(meetings) <= limit)
        return json_null();
    json_array_remove(meetings, limit);
    const json_t *last = json_array_get(meetings, limit - 1);
    return json_sprintf("%s/%s", chip_job_text(last, "created_at"), chip_job_text(last, "job_id"));
}

enum chip_status chip_sqlite_search_meetings(struct chip_call *call, json_t **result,
                                             struct chip_err *err)
{
    json_int_t limit = json_integer_value(chip_call_arg(call, "limit"));
    char *match = NULL;
    json_t *meetings = NULL, *next = NULL;
    enum chip_status status = make_match(chip_call_arg(call, "terms"), &match, err);
    if (status == CHIP_OK)
        status = find_meetings(call, match, limit, &meetings, err);
    if (status == CHIP_OK)
        next = cut_page(meetings, (size_t)limit);
    for (size_t i = 0; status == CHIP_OK && i < json_array_size(meetings); i++)
        status = add_hits(call, match, json_array_get(meetings, i), err);
    free(match);
    if (status == CHIP_OK) {
        *result = json_pack("{s:O, s:O}", "meetings", meetings, "next", next);
        if (!*result)
            status = chip_fail(err, CHIP_E_NOMEM, "not enough memory to search");
    }
    json_decref(next);
    json_decref(meetings);
    return status;
}
