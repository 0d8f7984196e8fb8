#include "minutes/said.h"

#include <stdlib.h>
#include <string.h>

#include "minutes/plain.h"

void chip_said_done(struct chip_said *talk)
{
    free(talk->tokens);
    free(talk->words);
    free(talk->sentences);
    free(talk->room);
    *talk = (struct chip_said){0};
}

int chip_said_speaker(const struct chip_said *talk, size_t token)
{
    return talk->transcript->segments[talk->tokens[token].segment].speaker;
}

/* ---- tokens -----------------------------------------------------------------------------------
 */

static size_t count_words(const char *text)
{
    size_t n = 0;
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        n++;
        text += strcspn(text, " ");
    }
    return n;
}

/* @param n_bytes of all words, for the room. @return tokens */
static size_t count_tokens(const struct chip_transcript *t, size_t *n_bytes)
{
    size_t n = 0;
    *n_bytes = 0;
    for (size_t i = 0; i < t->n_segments; i++) {
        const struct chip_segment *s = &t->segments[i];
        n += s->n_words ? s->n_words : count_words(s->text);
        *n_bytes += s->n_words ? 0 : strlen(s->text) + 1;
        for (size_t k = 0; k < s->n_words; k++)
            *n_bytes += strlen(t->words[s->first_word + k].text);
    }
    return n;
}

static char mark_of(const char *text)
{
    size_t n = strlen(text);
    while (n && strchr("\"')]", text[n - 1]))
        n--;
    char last = n ? text[n - 1] : 0;
    return last == ';' || last == ':' ? ',' : last && strchr(".?!,", last) ? last : 0;
}

/* Somebody may have taken the words out; then each is as long as its segment. */
static void add_text(struct chip_said *talk, size_t segment, char **room)
{
    const struct chip_segment *s = &talk->transcript->segments[segment];
    for (const char *at = s->text + strspn(s->text, " "); *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        memcpy(*room, at, n);
        (*room)[n] = '\0';
        talk->tokens[talk->n_tokens++] =
            (struct chip_token){*room, segment, s->start_ms, s->end_ms, mark_of(*room), 0, 0};
        *room += n + 1;
        at += n;
    }
}

static void add_segment(struct chip_said *talk, size_t segment, char **room)
{
    const struct chip_segment *s = &talk->transcript->segments[segment];
    for (size_t i = 0; i < s->n_words; i++) {
        const struct chip_word *w = &talk->transcript->words[s->first_word + i];
        talk->tokens[talk->n_tokens++] =
            (struct chip_token){w->text, segment, w->start_ms, w->end_ms, mark_of(w->text), 0, 0};
    }
    if (s->n_words == 0)
        add_text(talk, segment, room);
}

/* ---- stems ------------------------------------------------------------------------------------
 */

struct stem {
    char text[CHIP_PLAIN_STEM];
    bool used;
    int id;
};

static int stem_id(struct stem *table, size_t size, const char *word, size_t *n_stems)
{
    char text[CHIP_PLAIN_STEM];
    chip_plain_stem(word, text);
    size_t hash = 5381;
    for (const char *c = text; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    for (size_t i = hash % size;; i = (i + 1) % size) {
        if (!table[i].used) {
            table[i] = (struct stem){.used = true, .id = (int)(*n_stems)++};
            memcpy(table[i].text, text, sizeof text);
        }
        if (strcmp(table[i].text, text) == 0)
            return table[i].id;
    }
}

static bool find_stems(struct chip_said *talk)
{
    size_t size = 2 * talk->n_words + 1;
    struct stem *table = calloc(size, sizeof *table);
    if (!table)
        return false;
    for (size_t i = 0; i < talk->n_words; i++) {
        struct chip_plain *w = &talk->words[i];
        if (chip_plain_is_content(w->text))
            w->stem = stem_id(table, size, w->text, &talk->n_stems);
    }
    free(table);
    return true;
}

/* ---- all of it --------------------------------------------------------------------------------
 */

/* "Could you, um, send it": sounds that are no words. */
static bool is_sound(const char *plain)
{
    static const char *const sounds[] = {"um",  "uh",  "erm", "er", "uhm",
                                         "ehm", "umm", "uhh", "hmm"};
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++)
        if (strcmp(plain, sounds[i]) == 0)
            return true;
    return false;
}

/* "I, I will", "we could, could we": who begins again says it once. */
static bool is_stutter(const struct chip_said *talk, const char *plain)
{
    static const char *const words[] = {"i",  "we",  "you",   "the",  "a",     "to",  "and", "it",
                                        "is", "can", "could", "will", "would", "he",  "she", "they",
                                        "if", "so",  "but",   "let",  "my",    "then"};
    if (talk->n_words == 0 || strcmp(talk->words[talk->n_words - 1].text, plain) != 0)
        return false;
    size_t last = talk->words[talk->n_words - 1].token;
    if (talk->tokens[last].mark && talk->tokens[last].mark != ',')
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(plain, words[i]) == 0)
            return true;
    return false;
}

static void add_plain(struct chip_said *talk, size_t token, char **room)
{
    const char *out[CHIP_PLAIN_WORDS];
    size_t used;
    struct chip_token *t = &talk->tokens[token];
    t->first = talk->n_words;
    size_t n = chip_plain_word(t->text, strlen(t->text), *room, out, &used);
    *room += used;
    if (n == 1 && (is_sound(out[0]) || is_stutter(talk, out[0])))
        n = 0;
    t->n = n;
    for (size_t i = 0; i < n; i++)
        talk->words[talk->n_words++] = (struct chip_plain){out[i], token, -1};
}

enum chip_status chip_said_read(const struct chip_transcript *transcript, struct chip_said *talk,
                                struct chip_err *err)
{
    struct chip_said made = {.transcript = transcript};
    size_t n_bytes, n = count_tokens(transcript, &n_bytes);
    made.tokens = calloc(n + 1, sizeof *made.tokens);
    made.words = calloc(n * CHIP_PLAIN_WORDS + 1, sizeof *made.words);
    made.room = malloc(3 * n_bytes + 16 * n + 1);
    if (!made.tokens || !made.words || !made.room) {
        chip_said_done(&made);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read the transcript");
    }
    char *room = made.room;
    for (size_t i = 0; i < transcript->n_segments; i++)
        add_segment(&made, i, &room);
    for (size_t i = 0; i < made.n_tokens; i++)
        add_plain(&made, i, &room);
    if (!find_stems(&made)) {
        chip_said_done(&made);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read the transcript");
    }
    enum chip_status status = chip_said_cut(&made, err);
    if (status == CHIP_OK)
        *talk = made;
    else
        chip_said_done(&made);
    return status;
}
