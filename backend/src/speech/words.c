#include "speech/words.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "speech/asr/moonshine.h"

enum {
    SAMPLES_PER_MS = 16,
    PAUSE_MS = 800,        /* a longer one ends a segment */
    MIN_WORD_MS = 20,      /* no word is shorter, unless the next one starts before that */
    MAX_SYLLABLE_MS = 400, /* a word is not longer than this for each of its letters' pairs + 2 */
};

void chip_words_done(struct chip_words *words)
{
    free(words->words);
    free(words->segments);
    free(words->text);
    free(words->lines);
    *words = (struct chip_words){0};
}

/* ---- grouping tokens ---- */

/* A word under construction; offsets into the text, since that still moves. */
struct draft {
    size_t at;       /* of its text */
    size_t first, n; /* tokens */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* Appends the words' texts, each NUL-terminated, to `text`. Returns how many there are. A word
 * begins with the token of its blank, which may stand alone (before a number, for example). */
static size_t group(const struct chip_tokenizer *tokenizer, const int32_t *tokens, size_t n_tokens,
                    struct draft *drafts, struct chip_str *text)
{
    size_t n = 0, from = 0;
    bool starts = true;
    for (size_t i = 0; i < n_tokens; i++) {
        size_t len;
        const char *bytes = chip_tokenizer_bytes(tokenizer, tokens[i], &len);
        for (size_t b = 0; b < len; b++) {
            if (is_blank(bytes[b])) {
                from = starts ? from : i;
                starts = true;
                continue;
            }
            if (starts) {
                chip_str_add_n(text, "", 1); /* ends the word before */
                drafts[n++] = (struct draft){.at = text->len, .first = from};
                starts = false;
            }
            chip_str_add_n(text, bytes + b, 1);
            drafts[n - 1].n = i + 1 - drafts[n - 1].first;
        }
    }
    chip_str_add_n(text, "", 1);
    return n;
}

/* ---- times ---- */

static int64_t frame_ms(const struct chip_speech *speech, int32_t frame)
{
    return (speech->start + (int64_t)frame * CHIP_MOONSHINE_FRAME) / SAMPLES_PER_MS;
}

static int64_t span_start_ms(const struct chip_speech *speech, size_t i)
{
    return (speech->start + speech->spans[i].start) / SAMPLES_PER_MS;
}

static int64_t span_end_ms(const struct chip_speech *speech, size_t i)
{
    return (speech->start + speech->spans[i].end) / SAMPLES_PER_MS;
}

/* A word that runs from silence into speech starts with the speech, one that runs into silence ends
 * there. One that lies in silence as a whole stays: the detector may have missed it. */
static void clamp_to_speech(const struct chip_speech *speech, struct chip_word *word)
{
    for (size_t i = 0; i < speech->n_spans; i++) {
        int64_t start = span_start_ms(speech, i), end = span_end_ms(speech, i);
        if (word->start_ms >= end)
            continue;
        if (word->start_ms < start && word->end_ms > start)
            word->start_ms = start;
        if (word->start_ms >= start && word->end_ms > end)
            word->end_ms = end;
        return;
    }
}

static void set_times(const struct chip_speech *speech, const int32_t *start,
                      const struct draft *drafts, size_t n, struct chip_word *words)
{
    for (size_t i = 0; i < n; i++) {
        struct chip_word *w = &words[i];
        w->start_ms = frame_ms(speech, start[drafts[i].first]);
        w->end_ms = frame_ms(speech, i + 1 < n ? start[drafts[i + 1].first]
                                               : start[drafts[i].first + drafts[i].n]);
        clamp_to_speech(speech, w);
    }
    for (size_t i = 0; i < n; i++) { /* words made longer may reach into the next */
        struct chip_word *w = &words[i];
        if (i > 0 && words[i - 1].end_ms > w->start_ms)
            words[i - 1].end_ms = w->start_ms;
        int64_t longest = MAX_SYLLABLE_MS * ((int64_t)strlen(w->text) / 2 + 2);
        if (w->end_ms > w->start_ms + longest)
            w->end_ms = w->start_ms + longest;
        if (w->end_ms < w->start_ms + MIN_WORD_MS)
            w->end_ms = w->start_ms + MIN_WORD_MS;
    }
}

/* ---- segments ---- */

/* "Mr." and "J." end no sentence, and "No." only as an answer: not before a number. */
static bool is_abbreviation(const char *word, const char *next)
{
    static const char *const known[] = {"mr.",   "mrs.", "ms.",  "dr.", "st.",
                                        "prof.", "vs.",  "e.g.", "i.e."};
    if (strcasecmp(word, "no.") == 0)
        return isdigit((unsigned char)next[0]);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcasecmp(word, known[i]) == 0)
            return true;
    return isalpha((unsigned char)word[0]) && strcmp(word + 1, ".") == 0;
}

static bool ends_sentence(const char *word, const char *next)
{
    size_t n = strlen(word);
    while (n > 0 && strchr("\"')", word[n - 1]))
        n--;
    return n > 0 && strchr(".?!", word[n - 1]) && !is_abbreviation(word, next);
}

/* Splits words into segments; their texts are appended to `lines`, where they start to line_at. */
static size_t split(const struct chip_word *words, const struct draft *drafts, size_t n,
                    const float *probabilities, struct chip_segment *segments, size_t *line_at,
                    struct chip_str *lines)
{
    size_t n_segments = 0, first = 0;
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n || ends_sentence(words[i].text, words[i + 1].text) ||
                    words[i + 1].start_ms - words[i].end_ms >= PAUSE_MS;
        if (!last)
            continue;
        double log_sum = 0.0;
        size_t tokens = drafts[i].first + drafts[i].n - drafts[first].first;
        for (size_t t = 0; t < tokens; t++)
            log_sum += log((double)probabilities[drafts[first].first + t] + 1e-9);
        segments[n_segments] = (struct chip_segment){
            .start_ms = words[first].start_ms,
            .end_ms = words[i].end_ms,
            .speaker = -1,
            .confidence = (float)exp(log_sum / (double)tokens),
            .first_word = first,
            .n_words = i + 1 - first,
        };
        line_at[n_segments++] = lines->len;
        for (size_t w = first; w <= i; w++) {
            chip_str_add(lines, w > first ? " " : "");
            chip_str_add(lines, words[w].text);
        }
        chip_str_add_n(lines, "", 1);
        first = i + 1;
    }
    return n_segments;
}

/* ---- all of it ---- */

/* Scratch while words are made. */
struct making {
    struct draft *drafts;
    size_t *line_at;
    struct chip_str text, lines;
};

static void set_words(const struct making *m, const float *probabilities, size_t n,
                      struct chip_words *made)
{
    made->n_words = n;
    for (size_t i = 0; i < n; i++) {
        struct chip_word *w = &made->words[i];
        w->speaker = -1;
        w->text = m->text.data + m->drafts[i].at;
        w->confidence = 1.0f;
        for (size_t t = 0; t < m->drafts[i].n; t++)
            w->confidence = fminf(w->confidence, probabilities[m->drafts[i].first + t]);
    }
}

/* A token can hold several words ("a b" as one piece): bytes bound their number. */
static size_t most_words(const struct chip_tokenizer *tokenizer, const int32_t *tokens, size_t n)
{
    size_t most = n + 1;
    for (size_t i = 0; i < n; i++) {
        size_t len;
        (void)chip_tokenizer_bytes(tokenizer, tokens[i], &len);
        most += len / 2;
    }
    return most;
}

enum chip_status chip_words_make(const struct chip_tokenizer *tokenizer, const int32_t *tokens,
                                 const float *probabilities, const int32_t *start, size_t n_tokens,
                                 const struct chip_speech *speech, struct chip_words *out,
                                 struct chip_err *err)
{
    size_t most = most_words(tokenizer, tokens, n_tokens);
    struct chip_words made = {
        .words = calloc(most, sizeof *made.words),
        .segments = calloc(most, sizeof *made.segments),
    };
    struct making m = {
        .drafts = calloc(most, sizeof *m.drafts),
        .line_at = calloc(most, sizeof *m.line_at),
    };
    if (made.words && made.segments && m.drafts && m.line_at) {
        size_t n = group(tokenizer, tokens, n_tokens, m.drafts, &m.text);
        if (!m.text.failed) {
            set_words(&m, probabilities, n, &made);
            set_times(speech, start, m.drafts, n, made.words);
            made.n_segments =
                split(made.words, m.drafts, n, probabilities, made.segments, m.line_at, &m.lines);
        }
    } else {
        m.text.failed = true;
    }
    bool failed = m.text.failed || m.lines.failed;
    if (failed || chip_str_finish(&m.text, &made.text, NULL) != CHIP_OK ||
        chip_str_finish(&m.lines, &made.lines, NULL) != CHIP_OK) {
        failed = true;
    }
    for (size_t i = 0; i < made.n_segments && !failed; i++)
        made.segments[i].text = made.lines + m.line_at[i];
    free(m.drafts);
    free(m.line_at);
    chip_str_done(&m.text);
    chip_str_done(&m.lines);
    if (failed) {
        chip_words_done(&made);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the words of a segment");
    }
    *out = made;
    return CHIP_OK;
}
