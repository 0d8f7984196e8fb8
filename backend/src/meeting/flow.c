#include "meeting/flow.h"

#include <stdlib.h>
#include <string.h>

#include "meeting/text.h"

#define CLAUSE_PAUSE_MS 300
#define SEGMENT_PAUSE_MS 500 /* between segments this is enough to keep them apart */
#define SENTENCE_PAUSE_MS 1000
#define LONG_PAUSE_MS 2000

#define JOINER 0x200D /* zero width joiner, as inside family emoji */

void chip_flow_done(struct chip_flow *flow)
{
    free(flow->words);
    chip_pool_done(&flow->titles);
    *flow = (struct chip_flow){0};
}

static bool push(struct chip_flow *flow, const struct chip_flow_word *word)
{
    if (flow->n_words == flow->cap) {
        size_t cap = flow->cap ? flow->cap * 2 : 256;
        struct chip_flow_word *words = realloc(flow->words, cap * sizeof *words);
        if (!words)
            return false;
        flow->words = words;
        flow->cap = cap;
    }
    flow->words[flow->n_words++] = *word;
    return true;
}

void chip_flow_add_speaker(const struct chip_transcript *t, int speaker, struct chip_str *out)
{
    const char *name = t->speakers[speaker].name;
    if (*name)
        chip_str_add(out, name);
    else
        chip_str_addf(out, "Speaker %d", speaker + 1);
}

/* Characters that stay with the one before them. */
static bool combines(uint32_t cp)
{
    return (cp >= 0x300 && cp <= 0x36F) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == JOINER ||
           (cp >= 0x1F3FB && cp <= 0x1F3FF);
}

static bool separates(uint32_t cp)
{
    return cp < 0x80 && cp && strchr("-/_.,:;=&?+@|", (int)cp);
}

/* done/total of length, without overflow for any text that fits into memory. */
static int64_t share(int64_t length, int64_t done, int64_t total)
{
    return length / total * done + length % total * done / total;
}

/*
 * Bytes of the first piece of a word that is longer than a line: up to the last separator in the
 * second half of the line, else such that all pieces get about the same length; not between a
 * letter and its accents if there is any other place.
 */
static size_t piece_bytes(const char *text, size_t n_bytes, size_t n_chars, size_t max_chars)
{
    size_t n_pieces = (n_chars + max_chars - 1) / max_chars;
    size_t even = (n_chars + n_pieces - 1) / n_pieces;
    size_t at = 0, best = 0, whole = 0;
    uint32_t before = 0, cp;
    for (size_t chars = 0; at < n_bytes; chars++) {
        size_t n = chip_text_decode(text + at, text + n_bytes, &cp);
        if (at && !combines(cp) && before != JOINER) {
            if (separates(before) && chars > max_chars / 2)
                best = at;
            if (chars <= even)
                whole = at;
        }
        if (chars == max_chars)
            break;
        before = cp;
        at += n;
    }
    return best ? best : whole ? whole : at;
}

/* Pushes a word, in pieces if it is longer than a line; its time is shared out by characters. */
static bool push_word(struct chip_flow *flow, struct chip_flow_word word, size_t max_chars)
{
    if (flow->n_words && word.start_ms < flow->words[flow->n_words - 1].start_ms)
        word.start_ms = flow->words[flow->n_words - 1].start_ms;
    if (word.end_ms < word.start_ms)
        word.end_ms = word.start_ms;

    int64_t start_ms = word.start_ms, length = word.end_ms - start_ms;
    size_t total = chip_text_chars(word.text, word.n_bytes), done = 0;
    for (const char *end = word.text + word.n_bytes; word.text < end; word.text += word.n_bytes) {
        word.n_chars = total - done;
        word.n_bytes = (size_t)(end - word.text);
        if (max_chars && word.n_chars > max_chars) {
            word.n_bytes = piece_bytes(word.text, word.n_bytes, word.n_chars, max_chars);
            word.n_chars = chip_text_chars(word.text, word.n_bytes);
        }
        word.start_ms = start_ms + share(length, (int64_t)done, (int64_t)total);
        done += word.n_chars;
        word.end_ms = start_ms + share(length, (int64_t)done, (int64_t)total);
        if (!push(flow, &word))
            return false;
        word.blank_before = false;
        word.piece = true;
    }
    return true;
}

/* The segment's words; where its text shows two of them without a blank between, so do we. */
static bool push_words(struct chip_flow *flow, const struct chip_transcript *t,
                       const struct chip_segment *seg, size_t max_chars)
{
    const char *at = seg->text; /* NULL as soon as the text says something else than the words */
    for (size_t i = 0; i < seg->n_words; i++) {
        const struct chip_word *w = &t->words[seg->first_word + i];
        size_t n = strlen(w->text);
        bool blank = true;
        if (at) {
            size_t blanks = strspn(at, " ");
            bool found = strncmp(at + blanks, w->text, n) == 0;
            blank = !found || blanks || i == 0;
            at = found ? at + blanks + n : NULL;
        }
        const struct chip_flow_word word = {
            .text = w->text,
            .n_bytes = n,
            .start_ms = w->start_ms,
            .end_ms = w->end_ms,
            .speaker = seg->speaker,
            .blank_before = blank,
        };
        if (!push_word(flow, word, max_chars))
            return false;
    }
    return true;
}

/* A segment that only has text: its words share the time by characters. */
static bool push_text(struct chip_flow *flow, const struct chip_segment *seg, size_t max_chars)
{
    int64_t length = seg->end_ms - seg->start_ms;
    int64_t total = (int64_t)chip_text_chars(seg->text, strlen(seg->text)), done = 0;
    for (const char *at = seg->text; *at;) {
        size_t n = strcspn(at, " ");
        int64_t chars = (int64_t)chip_text_chars(at, n);
        const struct chip_flow_word word = {
            .text = at,
            .n_bytes = n,
            .start_ms = seg->start_ms + share(length, done, total),
            .end_ms = seg->start_ms + share(length, done + chars, total),
            .speaker = seg->speaker,
            .blank_before = true,
        };
        if (n && !push_word(flow, word, max_chars))
            return false;
        at += n;
        done += chars;
        if (*at) {
            at++;
            done++;
        }
    }
    return true;
}

/* "Ann:" before what she says, as one word or, with blanks in the name, as several. */
static bool push_title(struct chip_flow *flow, const struct chip_transcript *t,
                       const struct chip_segment *seg, size_t max_chars)
{
    struct chip_str title = {0};
    chip_flow_add_speaker(t, seg->speaker, &title);
    chip_str_add(&title, ":");
    const char *at = title.failed ? NULL : chip_pool_add(&flow->titles, title.data, title.len);
    chip_str_done(&title);
    if (!at)
        return false;

    int64_t start_ms = seg->n_words ? t->words[seg->first_word].start_ms : seg->start_ms;
    while (*at) {
        const struct chip_flow_word word = {
            .text = at,
            .n_bytes = strcspn(at, " "),
            .start_ms = start_ms,
            .end_ms = start_ms,
            .speaker = seg->speaker,
            .title = true,
            .blank_before = true,
        };
        if (!push_word(flow, word, max_chars))
            return false;
        at += word.n_bytes + strspn(at + word.n_bytes, " ");
    }
    return true;
}

/* Silence speaks too. */
static enum chip_break raised(enum chip_break sense, int64_t pause_ms, bool segment_ends)
{
    if (pause_ms >= LONG_PAUSE_MS || (segment_ends && pause_ms >= SEGMENT_PAUSE_MS))
        return CHIP_BREAK_PAUSE;
    enum chip_break at_least = pause_ms >= SENTENCE_PAUSE_MS                 ? CHIP_BREAK_SENTENCE
                               : pause_ms >= CLAUSE_PAUSE_MS || segment_ends ? CHIP_BREAK_CLAUSE
                                                                             : CHIP_BREAK_POOR;
    return sense > at_least ? sense : at_least;
}

/* Judges the places behind words [first, last) of one segment. */
static void judge(struct chip_flow *flow, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        struct chip_flow_word *w = &flow->words[i], *next = w + 1;
        if (next == flow->words + flow->n_words) {
            w->sense = chip_break_after(w->text, w->n_bytes, "", 0);
            w->after = CHIP_BREAK_PAUSE;
        } else if (next->piece || w->title) {
            w->sense = w->after = CHIP_BREAK_POOR;
        } else {
            w->pause_ms = next->start_ms > w->end_ms ? next->start_ms - w->end_ms : 0;
            w->sense = chip_break_after(w->text, w->n_bytes, next->text, next->n_bytes);
            w->after = next->speaker == w->speaker ? raised(w->sense, w->pause_ms, i + 1 == last)
                                                   : CHIP_BREAK_PAUSE;
        }
    }
}

enum chip_status chip_flow_make(const struct chip_transcript *t, size_t max_chars, bool titles,
                                struct chip_flow *out, struct chip_err *err)
{
    struct chip_flow flow = {0};
    size_t first = 0; /* word of the segment before; judged once its next word is known */
    for (size_t i = 0; i < t->n_segments; i++) {
        const struct chip_segment *seg = &t->segments[i];
        size_t n_before = flow.n_words;
        bool changes = seg->speaker >= 0 && (i == 0 || seg->speaker != seg[-1].speaker);
        bool complete = !titles || !changes || push_title(&flow, t, seg, max_chars);
        if (!complete || (seg->n_words ? !push_words(&flow, t, seg, max_chars)
                                       : !push_text(&flow, seg, max_chars))) {
            chip_flow_done(&flow);
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory to lay out the transcript");
        }
        judge(&flow, first, n_before);
        first = n_before;
    }
    judge(&flow, first, flow.n_words);
    *out = flow;
    return CHIP_OK;
}

void chip_flow_add_text(const struct chip_flow *flow, size_t first, size_t n, struct chip_str *out)
{
    for (size_t i = first; i < first + n; i++) {
        const struct chip_flow_word *w = &flow->words[i];
        if (w->blank_before && i > first)
            chip_str_add(out, " ");
        chip_str_add_n(out, w->text, w->n_bytes);
    }
}
