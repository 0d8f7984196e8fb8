#include "minutes/analyst/reading.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "minutes/analyst/verbs.h"

enum { FAR = 200 }; /* sentences; who speaks longer is not answered */

enum chip_status chip_reading_begin(const struct chip_transcript *transcript, int32_t today,
                                    struct chip_reading *r, struct chip_err *err)
{
    *r = (struct chip_reading){.today = today > 0 ? today : 0};
    enum chip_status status = chip_said_read(transcript, &r->talk, err);
    if (status == CHIP_OK)
        status = chip_names_learn(&r->talk, &r->names, err);
    if (status != CHIP_OK)
        return status;
    r->texts = calloc(r->talk.n_words + 1, sizeof *r->texts);
    if (!r->texts)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read the transcript");
    for (size_t i = 0; i < r->talk.n_words; i++)
        r->texts[i] = r->talk.words[i].text;
    return CHIP_OK;
}

void chip_reading_done(struct chip_reading *r)
{
    chip_names_done(&r->names);
    free(r->texts);
    chip_said_done(&r->talk);
    *r = (struct chip_reading){0};
}

/* "Monday, no, sorry, Tuesday" */
static bool is_corrected(const struct chip_reading *r, size_t from, size_t to)
{
    enum { BETWEEN = 5 };
    return to - from <= BETWEEN &&
           chip_pattern_find(&r->talk, (struct chip_range){from, to},
                             "no|sorry|rather|actually|wait|make|correction", NULL);
}

bool chip_reading_when(const struct chip_reading *r, struct chip_range words, struct chip_when *out)
{
    struct chip_when when;
    bool found = false;
    for (size_t at = words.from; chip_when_find(r->texts, words.to, at, r->today, &when);
         at = when.from + when.n) {
        bool corrects = found && is_corrected(r, out->from + out->n, when.from);
        if (when.past || (found && !corrects && (out->deadline || !when.deadline)))
            continue;
        *out = when;
        found = true;
    }
    return found;
}

size_t chip_reading_content(const struct chip_reading *r, struct chip_range words)
{
    size_t n = 0;
    for (size_t i = words.from; i < words.to; i++)
        n += r->talk.words[i].stem >= 0;
    return n;
}

static bool has_stem(const struct chip_reading *r, size_t from, size_t to, int stem)
{
    for (size_t i = from; i < to; i++)
        if (r->talk.words[i].stem == stem)
            return true;
    return false;
}

size_t chip_reading_shared(const struct chip_reading *r, struct chip_range a, struct chip_range b)
{
    size_t n = 0;
    for (size_t i = a.from; i < a.to; i++) {
        int stem = r->talk.words[i].stem;
        n += stem >= 0 && !has_stem(r, a.from, i, stem) && has_stem(r, b.from, b.to, stem);
    }
    return n;
}

size_t chip_reading_next_turn(const struct chip_reading *r, size_t sentence)
{
    size_t turn = r->talk.sentences[sentence].turn;
    for (size_t i = sentence + 1; i < r->talk.n_sentences && i < sentence + FAR; i++)
        if (r->talk.sentences[i].turn != turn)
            return i;
    return r->talk.n_sentences;
}

bool chip_reading_has(const struct chip_reading *r, size_t sentence, const char *pattern)
{
    return chip_pattern_find(&r->talk, r->talk.sentences[sentence].words, pattern, NULL);
}

bool chip_reading_has_verb(const struct chip_reading *r, struct chip_range words)
{
    static const char verbs[] =
        "is|are|was|were|has|have|had|will|would|can|could|should|must|may|"
        "might|do|does|did|need|needs|want|wants|costs|got|went|said|told|stays|stay|goes";
    if (chip_pattern_find(&r->talk, words, verbs, NULL))
        return true;
    for (size_t w = words.from; w < words.to; w++) {
        char base[CHIP_VERB];
        size_t n = strlen(r->texts[w]);
        if (chip_verb_base(r->texts[w], base) || (n > 4 && strcmp(r->texts[w] + n - 2, "ed") == 0))
            return true;
    }
    return false;
}

struct chip_range chip_reading_tokens(const struct chip_reading *r, struct chip_range words)
{
    if (words.from >= words.to)
        return (struct chip_range){0, 0};
    return (struct chip_range){r->talk.words[words.from].token,
                               r->talk.words[words.to - 1].token + 1};
}

/* ---- readable ---------------------------------------------------------------------------------
 */

static bool is_filler(const struct chip_token *t, const struct chip_plain *words)
{
    static const char *const fillers[] = {"um", "uh", "hm", "erm", "mhm", "ah", "oh"};
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        if (t->n == 1 && strcmp(words[t->first].text, fillers[i]) == 0)
            return true;
    return false;
}

/* "I'll send" cut after its first plain word is "send" and not "I'll send": a token that is cut
 * through is left out, unless nothing else is left. */
static size_t first_token(const struct chip_reading *r, struct chip_range words)
{
    size_t token = r->talk.words[words.from].token;
    return r->talk.tokens[token].first < words.from && token < r->talk.words[words.to - 1].token
               ? token + 1
               : token;
}

void chip_reading_add(struct chip_str *out, const struct chip_reading *r, struct chip_range words)
{
    chip_str_add(out, "");
    if (words.from >= words.to)
        return;
    size_t last = r->talk.words[words.to - 1].token;
    for (size_t i = first_token(r, words); i <= last; i++) {
        const struct chip_token *t = &r->talk.tokens[i];
        if (t->n == 0 || is_filler(t, r->talk.words))
            continue;
        chip_str_add(out, out->len ? " " : "");
        chip_str_add(out, t->text);
    }
}

char *chip_reading_text(const struct chip_reading *r, struct chip_range words)
{
    struct chip_str text = {0};
    chip_reading_add(&text, r, words);
    if (text.failed) {
        chip_str_done(&text);
        return NULL;
    }
    while (text.len && strchr(".,;:!", text.data[text.len - 1]))
        text.data[--text.len] = '\0';
    text.data[0] = (char)toupper((unsigned char)text.data[0]);
    return text.data;
}
