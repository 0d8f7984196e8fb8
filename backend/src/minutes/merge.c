#include "minutes/merge.h"

#include <ctype.h>
#include <string.h>

#include "base/date.h"
#include "minutes/provider/json.h"

enum { MAX_WORDS = 64, MAX_WORD = 32, ALIKE_PERCENT = 80 };

json_t *chip_merge_start(void)
{
    return json_pack("{s:s, s:s, s:{s:s, s:s, s:[]}, s:[], s:[], s:[], s:[], s:[], s:[], s:[]}",
                     "schema", CHIP_MINUTES_SCHEMA, "title", "", "summary", "short", "", "long", "",
                     "evidence", "topics", "decisions", "action_items", "open_questions", "risks",
                     "figures", "values");
}

/* ---- what several parts found -----------------------------------------------------------------
 */

struct words {
    char text[MAX_WORDS][MAX_WORD];
    size_t n;
};

/* Letters and digits of any script, in lower case where that is ASCII. */
static void split(const char *text, struct words *words)
{
    words->n = 0;
    for (size_t n = 0; text && words->n < MAX_WORDS; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x80 || isalnum(c)) {
            if (n + 1 < MAX_WORD)
                words->text[words->n][n++] = (char)(c < 0x80 ? tolower(c) : c);
        } else if (n > 0) {
            words->text[words->n++][n] = '\0';
            n = 0;
        }
        if (!c)
            break;
    }
}

static bool has_word(const struct words *words, const char *word)
{
    for (size_t i = 0; i < words->n; i++)
        if (strcmp(words->text[i], word) == 0)
            return true;
    return false;
}

/* Is nearly every word of the shorter one in the other, and are they about as long? */
static bool alike(const char *a, const char *b)
{
    struct words x, y;
    split(a, &x);
    split(b, &y);
    size_t common = 0, more = x.n > y.n ? x.n : y.n;
    for (size_t i = 0; i < x.n; i++)
        common += has_word(&y, x.text[i]);
    return more > 0 && common * 100 >= more * ALIKE_PERCENT;
}

static const char *text_of(const json_t *item)
{
    const char *text = chip_llm_text_of(item, "text");
    if (!text)
        text = chip_llm_text_of(item, "what");
    return text ? text : chip_llm_text_of(item, "title");
}

/* Do both begin with the same quote of the same segment? */
static bool same_quote(const json_t *a, const json_t *b)
{
    const json_t *x = json_array_get(json_object_get(a, "evidence"), 0);
    const json_t *y = json_array_get(json_object_get(b, "evidence"), 0);
    return x && y && json_equal(json_object_get(x, "segment"), json_object_get(y, "segment")) &&
           alike(chip_llm_text_of(x, "quote"), chip_llm_text_of(y, "quote"));
}

/* Two figures may be of one sentence; two topics begin where they begin. */
static bool is_same(const json_t *a, const json_t *b)
{
    const json_t *value = json_object_get(a, "value");
    if (json_object_get(a, "score"))
        return false; /* scores of values are averaged */
    if (value)
        return json_equal(value, json_object_get(b, "value")) && same_quote(a, b);
    return alike(text_of(a), text_of(b)) || (same_quote(a, b) && !json_object_get(a, "keywords"));
}

/* A topic that goes on over the border of a part becomes one. */
static void join(json_t *earlier, const json_t *later)
{
    const json_t *end = json_object_get(later, "end");
    if (end && json_number_value(end) > json_number_value(json_object_get(earlier, "end")))
        json_object_set(earlier, "end", (json_t *)end);
}

/* Did an earlier part find it? What one part tells apart stays apart, however alike. */
static bool is_known(json_t *list, size_t n_earlier, const json_t *item)
{
    for (size_t i = 0; i < n_earlier; i++) {
        json_t *earlier = json_array_get(list, i);
        if (is_same(earlier, item)) {
            join(earlier, item);
            return true;
        }
    }
    return false;
}

/* ---- one part ---------------------------------------------------------------------------------
 */

/* A number of a segment that there is. */
static size_t segment_of(const json_t *number, const struct chip_transcript *t)
{
    json_int_t n = json_integer_value(number);
    if (n < 0 || t->n_segments == 0)
        return 0;
    return (size_t)n < t->n_segments ? (size_t)n : t->n_segments - 1;
}

static json_t *evidence_of(const json_t *item, const struct chip_transcript *t)
{
    json_t *out = json_array();
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(item, "evidence"), i, one)
    {
        size_t n = segment_of(json_object_get(one, "segment"), t);
        if (n < t->n_segments)
            json_array_append_new(out, json_pack("{s:I, s:f, s:f, s:O}", "segment", (json_int_t)n,
                                                 "start", (double)t->segments[n].start_ms / 1000,
                                                 "end", (double)t->segments[n].end_ms / 1000,
                                                 "quote", json_object_get(one, "quote")));
    }
    return out;
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static json_t *confidence_of(const json_t *item)
{
    return json_real(clamp(json_number_value(json_object_get(item, "confidence")), 0, 1));
}

/* The label of a speaker who takes part, or null. A model may give the name instead. */
static json_t *speaker_of(const char *said, const struct chip_transcript *t)
{
    for (size_t i = 0; said && i < t->n_speakers; i++)
        if (strcmp(said, t->speakers[i].label) == 0 || strcmp(said, t->speakers[i].name) == 0)
            return json_string(t->speakers[i].label);
    return json_null();
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *owner_of(const json_t *item, const struct chip_transcript *t)
{
    const char *speaker = chip_llm_text_of(item, "owner_speaker");
    const char *name = chip_llm_text_of(item, "owner_name");
    json_t *label = speaker_of(speaker ? speaker : name, t);
    if (json_is_null(label) && !name)
        return json_null();
    return json_pack("{s:o, s:o}", "speaker", label, "name", text_or_null(name));
}

static json_t *due_of(const json_t *item)
{
    const char *date = chip_llm_text_of(item, "due_date");
    const char *said = chip_llm_text_of(item, "due_said");
    int32_t day;
    if (date && !chip_date_parse(date, &day))
        date = NULL;
    if (!date && !(said && *said))
        return json_null();
    return json_pack("{s:o, s:o}", "date", text_or_null(date), "said", text_or_null(said));
}

static json_t *sentiment_of(const json_t *topic)
{
    const json_t *sentiment = json_object_get(topic, "sentiment");
    const char *label = chip_llm_text_of(sentiment, "label");
    const json_t *score = json_object_get(sentiment, "score");
    if (chip_llm_is(label, "insufficient-evidence") || !json_is_number(score))
        return json_pack("{s:s}", "insufficient_evidence", "too-few-words");
    return json_pack("{s:s, s:f}", "label", label, "score", clamp(json_number_value(score), -1, 1));
}

static json_t *topic_of(const json_t *topic, const struct chip_transcript *t)
{
    size_t first = segment_of(json_object_get(topic, "first_segment"), t);
    size_t last = segment_of(json_object_get(topic, "last_segment"), t);
    if (t->n_segments == 0)
        return NULL;
    if (last < first)
        last = first;
    return json_pack(
        "{s:O, s:f, s:f, s:O, s:O, s:o, s:o}", "title", json_object_get(topic, "title"), "start",
        (double)t->segments[first].start_ms / 1000, "end", (double)t->segments[last].end_ms / 1000,
        "summary", json_object_get(topic, "summary"), "keywords",
        json_object_get(topic, "keywords"), "sentiment", sentiment_of(topic), "evidence",
        evidence_of(topic, t));
}

static json_t *plain_of(const json_t *item, const struct chip_transcript *t)
{
    return json_pack("{s:O, s:o, s:o}", "text", json_object_get(item, "text"), "confidence",
                     confidence_of(item), "evidence", evidence_of(item, t));
}

static json_t *action_of(const json_t *item, const struct chip_transcript *t)
{
    return json_pack("{s:O, s:o, s:o, s:o, s:o}", "what", json_object_get(item, "what"), "owner",
                     owner_of(item, t), "due", due_of(item), "confidence", confidence_of(item),
                     "evidence", evidence_of(item, t));
}

static json_t *question_of(const json_t *item, const struct chip_transcript *t)
{
    return json_pack("{s:O, s:o, s:o, s:o}", "text", json_object_get(item, "text"), "asked_by",
                     speaker_of(chip_llm_text_of(item, "asked_by"), t), "confidence",
                     confidence_of(item), "evidence", evidence_of(item, t));
}

static json_t *figure_of(const json_t *item, const struct chip_transcript *t)
{
    return json_pack("{s:O, s:O, s:O, s:o}", "text", json_object_get(item, "text"), "value",
                     json_object_get(item, "value"), "kind", json_object_get(item, "kind"),
                     "evidence", evidence_of(item, t));
}

static json_t *score_of(const json_t *item, const struct chip_transcript *t)
{
    const json_t *score = json_object_get(item, "score");
    return json_pack("{s:O, s:O, s:o, s:o, s:o, s:o}", "name", json_object_get(item, "name"),
                     "text", json_object_get(item, "name"), "speaker",
                     speaker_of(chip_llm_text_of(item, "speaker"), t), "score",
                     json_is_number(score) ? json_real(clamp(json_number_value(score), -1, 1))
                                           : json_null(),
                     "confidence", confidence_of(item), "evidence", evidence_of(item, t));
}

struct list {
    const char *name;
    json_t *(*convert)(const json_t *item, const struct chip_transcript *t);
};

static const struct list lists[] = {
    {"topics", topic_of},        {"decisions", plain_of},
    {"action_items", action_of}, {"open_questions", question_of},
    {"risks", plain_of},         {"figures", figure_of},
};

static bool convert(json_t *to, const json_t *from, const struct list *list,
                    const struct chip_transcript *t)
{
    size_t i, earlier = json_array_size(to);
    const json_t *item;
    json_array_foreach(from, i, item)
    {
        json_t *made = list->convert(item, t);
        if (made && is_known(to, earlier, made)) {
            json_decref(made);
            continue;
        }
        if (!made && t->n_segments > 0)
            return false;
        if (made && json_array_append_new(to, made) != 0)
            return false;
    }
    return true;
}

enum chip_status chip_merge_part(json_t *minutes, json_t *scores, const json_t *part,
                                 const struct chip_transcript *transcript, struct chip_err *err)
{
    static const struct list values = {"values", score_of};
    bool good = convert(scores, json_object_get(part, values.name), &values, transcript);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        good = good && convert(json_object_get(minutes, lists[i].name),
                               json_object_get(part, lists[i].name), &lists[i], transcript);
    const json_t *said = json_object_get(part, "summary");
    json_t *summary = json_object_get(minutes, "summary");
    json_t *evidence = evidence_of(said, transcript);
    good =
        good && evidence && json_array_extend(json_object_get(summary, "evidence"), evidence) == 0;
    json_decref(evidence);
    /* What one part says holds until there is a summary of all. */
    if (good && !*chip_llm_text_of(minutes, "title")) {
        json_object_set(minutes, "title", json_object_get(part, "title"));
        json_object_set(summary, "short", json_object_get(said, "short"));
        json_object_set(summary, "long", json_object_get(said, "long"));
    }
    return good ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory");
}
