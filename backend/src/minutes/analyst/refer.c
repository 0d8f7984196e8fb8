#include "minutes/analyst/refer.h"

#include <ctype.h>
#include <string.h>

#include "minutes/analyst/calendar.h"
#include "minutes/analyst/numbers.h"

enum {
    BACK = 5,    /* sentences in which a thing can have been named */
    FRONT = 4,   /* words of a task in which its object is */
    LONGEST = 4, /* words of a name after its article */
};

enum kind { THING, THINGS, ONE, PERSON };

static bool at(const struct chip_reading *r, size_t from, size_t to, const char *pattern,
               size_t *end)
{
    return chip_pattern_at(&r->talk, (struct chip_range){from, to}, pattern, end);
}

/* ---- the pronoun ------------------------------------------------------------------------------
 */

static const char AFTER_ONE[] = "by|for|until|before|today|tomorrow|tonight|this|next|then|on|in|"
                                "and|with|at|up|out|please|again|too|to|right";

/* @return SIZE_MAX: none */
static size_t find_pronoun(const struct chip_reading *r, struct chip_range task, enum kind *kind)
{
    for (size_t w = task.from + 1; w < task.to && w <= task.from + FRONT; w++) {
        if (r->talk.tokens[r->talk.words[w].token].n > 1)
            continue; /* "it's" */
        bool ends = w + 1 == task.to || r->talk.tokens[r->talk.words[w].token].mark;
        bool over = ends || at(r, w + 1, task.to, AFTER_ONE, NULL);
        static const struct {
            const char *word;
            enum kind kind;
            bool must_end; /* else it says something of what follows: "one week", "her desk" */
        } known[] = {{"it", THING, false},    {"them", THINGS, false}, {"those", THINGS, true},
                     {"one", ONE, true},      {"him", PERSON, false},  {"her", PERSON, true},
                     {"these", THINGS, true}, {"both", THINGS, true}};
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strcmp(known[i].word, r->texts[w]) == 0 && (over || !known[i].must_end)) {
                *kind = known[i].kind;
                return w;
            }
    }
    return SIZE_MAX;
}

/* ---- what was named ---------------------------------------------------------------------------
 */

static const char ARTICLES[] = "the|a|an|our|my|your|their|his|this|that|these|those|another";
static const char BEFORE_SEVERAL[] = "to|for|of|with|about|from|no|some|any|all|both|many|few|more|"
                                     "several|two|three|four|five|six|ten|current";
static const char ADJECTIVES[] =
    "whole|own|last|next|first|other|same|new|old|right|little|good|right|nice|whole|great";
static const char NO_THING[] =
    "thousand|hundred|million|dozen|week|weeks|month|months|year|years|day|days|morning|afternoon|"
    "evening|night|hour|hours|"
    "minute|minutes|second|moment|time|times|bit|lot|way|point|question|idea|chance|kind|sort|"
    "pounds|dollars|euros|percent|while|couple|end|beginning|middle|start|rest|top|case|fact|"
    "problem|reason|meeting|agenda|future|past|people|half|quarter|opportunity|sense|difference|"
    "truth|alone|moment|hand|head|quarter|today|tomorrow|thing|things|matter|news|deal|pleasure";

static bool is_noun(const struct chip_reading *r, size_t word)
{
    const char *text = r->texts[word];
    struct chip_number number;
    return r->talk.words[word].stem >= 0 && isalpha((unsigned char)text[0]) &&
           !chip_number_read(&text, 1, &number) && chip_calendar_weekday_named(text) < 0 &&
           !chip_calendar_month_named(text);
}

static bool is_several(const char *text)
{
    size_t n = strlen(text);
    return (n > 3 && text[n - 1] == 's' && text[n - 2] != 's' && text[n - 2] != 'u') ||
           strcmp(text, "people") == 0 || strcmp(text, "staff") == 0;
}

/* Words from `from` on that are one name of a thing. @return one past the last; from: none */
static size_t name_end(const struct chip_reading *r, size_t from, size_t to)
{
    static const char after_verb[] =
        "the|a|an|me|us|him|it|them|you|we|i|they|off|up|out|back|away|over|that|this|our|my|your";
    size_t end = from, nouns = 0;
    while (end < to && end - from < LONGEST) {
        bool noun = is_noun(r, end);
        if (!noun && !(nouns == 0 && at(r, end, to, ADJECTIVES, NULL)))
            break;
        nouns += noun;
        end++;
        if (r->talk.tokens[r->talk.words[end - 1].token].mark)
            break;
    }
    while (nouns && end > from + 1 && at(r, end - 1, end, "anymore|anyway|alone|already", NULL)) {
        end--;
        nouns--;
    }
    /* "The dispatchers ring the drivers" */
    bool marked = end > from && r->talk.tokens[r->talk.words[end - 1].token].mark;
    if (nouns >= 2 && !marked && end < to && at(r, end, to, after_verb, NULL)) {
        end--;
        nouns--;
    }
    /* "the bigger one" */
    bool one = nouns && !marked && end < to && at(r, end, to, "one|ones", NULL);
    return nouns ? end + one : from;
}

static bool fits(const struct chip_reading *r, struct chip_range name, enum kind kind,
                 bool indefinite)
{
    const char *last = r->texts[name.to - 1];
    if (at(r, name.to - 1, name.to, NO_THING, NULL) || chip_names_has(&r->names, last))
        return false;
    bool several = is_several(last);
    return kind == THINGS ? several : !several && (kind != ONE || indefinite);
}

/* "the list of the ten drivers" */
static size_t with_tail(const struct chip_reading *r, size_t end, size_t to)
{
    size_t of = end, name;
    if (!at(r, end, to, "of|for|from|about|to the|our|a|your|my|an", &of))
        return end;
    name = name_end(r, of, to);
    return name > of && !at(r, name - 1, name, NO_THING, NULL) ? name : end;
}

/* "A box at my place", "that was a drama": not what is spoken about. */
static bool is_a_place(const struct chip_reading *r, size_t first, size_t word)
{
    return word > first &&
           (at(r, word - 1, word, "at|in|on|by|near|under|into|over|behind", NULL) ||
            at(r, word - 1, word, "is|was|are|were|been|like|as", NULL));
}

static bool is_numbered(const struct chip_reading *r, size_t word, size_t to)
{
    struct chip_number number;
    return word + 1 < to && is_noun(r, word) && !at(r, word, word + 1, NO_THING, NULL) &&
           !is_several(r->texts[word]) && !r->talk.tokens[r->talk.words[word].token].mark &&
           chip_number_read(r->texts + word + 1, to - word - 1, &number) && number.n == 1 &&
           number.kind == CHIP_NUMBER_CARDINAL && number.value <= 20 &&
           (word + 2 == to || !is_noun(r, word + 2));
}

static const char IS_SUBJECT[] =
    "is|are|was|were|has|have|had|will|can|could|should|must|needs|need";

/* The name in words [from, to) that fits: the subject, else the last one. */
static bool find_name(const struct chip_reading *r, struct chip_range in, enum kind kind,
                      struct chip_range *out)
{
    size_t opening = chip_pattern_opening(&r->talk, in);
    bool found = false;
    for (size_t w = in.from; w < in.to; w++) {
        bool article = at(r, w, in.to, ARTICLES, NULL);
        bool several = at(r, w, in.to, BEFORE_SEVERAL, NULL);
        if (kind == THING && is_numbered(r, w, in.to)) { /* "chapter two" */
            *out = (struct chip_range){w, w + 2};
            found = true;
            continue;
        }
        if ((!article && !several) || is_a_place(r, in.from, w))
            continue;
        size_t end = name_end(r, w + 1, in.to);
        if (end == w + 1)
            continue;
        struct chip_range name = {w + (several && !article), end};
        bool indefinite = at(r, w, in.to, "a|an|another", NULL);
        if (several && !is_several(r->texts[end - 1]))
            continue;
        if (fits(r, name, kind, indefinite)) {
            end = with_tail(r, end, in.to);
            *out = (struct chip_range){name.from, end};
            found = true;
            /* "The pool is not on the dashboard", but "the printer wants the logo". */
            if (w == opening && at(r, end, in.to, IS_SUBJECT, NULL))
                return true;
        }
        w = end - 1;
    }
    return found;
}

static bool find_person(const struct chip_reading *r, struct chip_range in, int speaker,
                        struct chip_range *out)
{
    size_t called = chip_names_called(&r->names, in);
    for (size_t w = in.to; w-- > in.from;) {
        /* "She is in Spain": no person */
        bool place = w > in.from && at(r, w - 1, w, "in|from|at|near", NULL) &&
                     chip_names_speaker(&r->names, r->texts[w]) < 0;
        if (w != called && !place &&
            (chip_names_has(&r->names, r->texts[w]) || chip_names_is_proper(&r->names, w)) &&
            chip_names_speaker(&r->names, r->texts[w]) != speaker) {
            *out = (struct chip_range){w, w + 1};
            return true;
        }
    }
    return false;
}

/* "Our lawyer has to see it first": "it" is not the lawyer, and was something before. */
static bool is_carried_on(const struct chip_reading *r, struct chip_range words, enum kind kind)
{
    return kind != PERSON &&
           chip_pattern_find(&r->talk, words, kind == THINGS ? "them|they" : "it", NULL);
}

bool chip_refer_find(const struct chip_reading *r, size_t sentence, struct chip_range task,
                     struct chip_referent *out)
{
    enum kind kind;
    size_t pronoun = find_pronoun(r, task, &kind);
    if (pronoun == SIZE_MAX)
        return false;
    for (size_t i = sentence + 1; i-- > 0 && i + BACK >= sentence;) {
        const struct chip_sentence *s = &r->talk.sentences[i];
        struct chip_range in = {s->words.from, i == sentence ? task.from : s->words.to}, name;
        if (i != sentence && is_carried_on(r, in, kind))
            continue;
        if (kind == PERSON ? find_person(r, in, r->talk.sentences[sentence].speaker, &name)
                           : find_name(r, in, kind, &name)) {
            *out = (struct chip_referent){pronoun, name, i};
            return true;
        }
    }
    return false;
}
