/* What minutes say, held against what was said. */
#include <stdlib.h>
#include <string.h>

#include "minutes/analyst/numbers.h"
#include "minutes/evidence.h"
#include "minutes/minutes.h"
#include "minutes/plain.h"
#include "minutes/quotes.h"

static const double SUPPORTED = 0.4; /* of an item's content words are said where its quotes are */

/* Lists whose items need evidence. */
static const char *const lists[] = {"decisions", "action_items", "open_questions", "risks",
                                    "figures"};

struct check {
    struct chip_said talk;
    bool compares_words; /* minutes in another language share none with the transcript */
    json_int_t verified, unverified, dropped;
};

/* ---- quotes -----------------------------------------------------------------------------------
 */

static enum chip_status check_quote(const struct check *c, const json_t *entry, json_t *out,
                                    struct chip_err *err)
{
    const char *quote = json_string_value(json_object_get(entry, "quote"));
    json_int_t segment = json_integer_value(json_object_get(entry, "segment"));
    struct chip_range tokens;
    enum chip_status status = chip_quote_find(&c->talk, segment < 0 ? 0 : (size_t)segment,
                                              quote ? quote : "", &tokens, err);
    if (status != CHIP_OK)
        return status == CHIP_E_NOT_FOUND ? CHIP_OK : status;
    return chip_evidence_add(out, &c->talk, tokens)
               ? CHIP_OK
               : chip_fail(err, CHIP_E_NOMEM, "not enough memory to check the minutes");
}

/* Leaves only what was said, in the words and at the times at which it was. */
static enum chip_status check_quotes(const struct check *c, json_t *item, struct chip_err *err)
{
    json_t *kept = json_array();
    enum chip_status status =
        kept ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory to check the minutes");
    size_t i;
    const json_t *entry;
    json_array_foreach(json_object_get(item, "evidence"), i, entry)
    {
        if (status == CHIP_OK)
            status = check_quote(c, entry, kept, err);
    }
    if (status == CHIP_OK)
        json_object_set(item, "evidence", kept);
    json_decref(kept);
    return status;
}

/* ---- what they support ------------------------------------------------------------------------
 */

/* Is a word's token in a segment of the evidence, or beside one? */
static bool is_near(const struct check *c, const json_t *evidence, size_t word)
{
    json_int_t segment = (json_int_t)c->talk.tokens[c->talk.words[word].token].segment;
    size_t i;
    const json_t *entry;
    json_array_foreach(evidence, i, entry)
    {
        json_int_t of = json_integer_value(json_object_get(entry, "segment"));
        if (segment >= of - 1 && segment <= of + 1)
            return true;
    }
    return false;
}

/* The words around the evidence. @return how many; [talk.n_words] out */
static size_t words_near(const struct check *c, const json_t *evidence, const char **out)
{
    size_t n = 0;
    for (size_t i = 0; i < c->talk.n_words; i++)
        if (is_near(c, evidence, i))
            out[n++] = c->talk.words[i].text;
    return n;
}

static bool has_stem(const char *const *words, size_t n, const char *word)
{
    char want[CHIP_PLAIN_STEM], stem[CHIP_PLAIN_STEM];
    chip_plain_stem(word, want);
    for (size_t i = 0; i < n; i++) {
        chip_plain_stem(words[i], stem);
        if (strcmp(stem, want) == 0)
            return true;
    }
    return false;
}

static bool has_number(const char *const *words, size_t n, double value)
{
    struct chip_number number;
    for (size_t i = 0; i < n; i++)
        if (chip_number_read(words + i, n - i, &number) && number.value == value)
            return true;
    return false;
}

static bool supports(const char *const *near, size_t n_near, const struct chip_plain_text *text)
{
    size_t said = 0, all = 0;
    for (size_t i = 0; i < text->n;) {
        struct chip_number number;
        if (chip_number_read(text->words + i, text->n - i, &number)) {
            /* "One more thing" is no figure. */
            if (number.value > 2 && !has_number(near, n_near, number.value))
                return false;
            i += number.n;
            continue;
        }
        if (chip_plain_is_content(text->words[i])) {
            all++;
            said += has_stem(near, n_near, text->words[i]);
        }
        i++;
    }
    return (double)said >= SUPPORTED * (double)all;
}

static enum chip_status check_support(const struct check *c, const json_t *item, bool *supported,
                                      struct chip_err *err)
{
    const char *said = json_string_value(json_object_get(item, "text"));
    said = said ? said : json_string_value(json_object_get(item, "what"));
    *supported = true;
    if (!said || !c->compares_words)
        return CHIP_OK;
    const char **near = calloc(c->talk.n_words + 1, sizeof *near);
    if (!near)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to check the minutes");
    struct chip_plain_text text;
    enum chip_status status = chip_plain_text_read(said, &text, err);
    if (status == CHIP_OK) {
        size_t n = words_near(c, json_object_get(item, "evidence"), near);
        *supported = supports(near, n, &text);
        chip_plain_text_done(&text);
    }
    free(near);
    return status;
}

/* ---- all of them ------------------------------------------------------------------------------
 */

static enum chip_status check_list(struct check *c, json_t *list, struct chip_err *err)
{
    for (size_t i = 0; i < json_array_size(list);) {
        json_t *item = json_array_get(list, i);
        enum chip_status status = check_quotes(c, item, err);
        if (status != CHIP_OK)
            return status;
        if (json_array_size(json_object_get(item, "evidence")) == 0) {
            json_array_remove(list, i);
            c->dropped++;
            continue;
        }
        bool supported;
        status = check_support(c, item, &supported, err);
        if (status != CHIP_OK)
            return status;
        json_object_del(item, "unverified");
        if (!supported)
            json_object_set_new(item, "unverified", json_true());
        c->verified += supported;
        c->unverified += !supported;
        i++;
    }
    return CHIP_OK;
}

static bool set_audit(const struct check *c, json_t *minutes)
{
    json_t *audit = json_object_get(minutes, "audit");
    if (!json_is_object(audit)) {
        audit = json_object();
        json_object_set_new(minutes, "audit", audit);
    }
    if (!json_is_array(json_object_get(audit, "notes")))
        json_object_set_new(audit, "notes", json_array());
    json_object_set_new(audit, "items", json_integer(c->verified + c->unverified));
    json_object_set_new(audit, "verified", json_integer(c->verified));
    json_object_set_new(audit, "unverified", json_integer(c->unverified));
    return json_object_set_new(audit, "dropped", json_integer(c->dropped)) == 0;
}

static bool is_same_language(const json_t *minutes, const struct chip_transcript *transcript)
{
    const char *of_minutes = json_string_value(json_object_get(minutes, "language"));
    return !of_minutes || !*of_minutes || !transcript->language || !*transcript->language ||
           strncmp(of_minutes, transcript->language, 2) == 0;
}

enum chip_status chip_minutes_verify(json_t *minutes, const struct chip_transcript *transcript,
                                     struct chip_err *err)
{
    struct check c = {.compares_words = is_same_language(minutes, transcript)};
    enum chip_status status = chip_said_read(transcript, &c.talk, err);
    for (size_t i = 0; i < sizeof lists / sizeof *lists && status == CHIP_OK; i++)
        status = check_list(&c, json_object_get(minutes, lists[i]), err);
    json_t *summary = json_object_get(minutes, "summary"), *topics, *topic;
    if (status == CHIP_OK && summary)
        status = check_quotes(&c, summary, err);
    topics = json_object_get(minutes, "topics");
    size_t i;
    json_array_foreach(topics, i, topic)
    {
        if (status == CHIP_OK)
            status = check_quotes(&c, topic, err);
    }
    chip_said_done(&c.talk);
    if (status == CHIP_OK && !set_audit(&c, minutes))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory to check the minutes");
    return status;
}
