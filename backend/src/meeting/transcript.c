#include "meeting/transcript.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "meeting/owned.h"
#include "meeting/pool.h"
#include "meeting/text.h"
#include "meeting/voices.h"

/* What transcript->owner points to. */
struct owner {
    struct chip_pool pool;
    struct chip_str scratch; /* a text while it is cleaned */
    size_t cap_segments, cap_words, cap_audit;
};

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the transcript");
}

void chip_transcript_free(struct chip_transcript *t)
{
    if (!t)
        return;
    struct owner *owner = t->owner;
    if (owner) {
        chip_pool_done(&owner->pool);
        chip_str_done(&owner->scratch);
    }
    free(owner);
    free(t->segments);
    free(t->words);
    free(t->speakers);
    free(t->turns);
    chip_voices_free(t->voices);
    free(t->audit);
    free(t);
}

enum chip_status chip_transcript_new(struct chip_transcript **out, struct chip_err *err)
{
    struct chip_transcript *t = calloc(1, sizeof *t);
    struct owner *owner = calloc(1, sizeof *owner);
    if (!t || !owner) {
        free(t);
        free(owner);
        return no_memory(err);
    }
    *t = (struct chip_transcript){.model = "", .language = "", .owner = owner};
    *out = t;
    return CHIP_OK;
}

/* Makes room for `want` items, at least doubling. @return the array, or NULL: it is as it was */
static void *grow(void *items, size_t *cap, size_t want, size_t size)
{
    if (want <= *cap)
        return items;
    size_t more = *cap > want / 2 ? *cap * 2 : want + 16;
    void *grown = more > SIZE_MAX / size ? NULL : realloc(items, more * size);
    if (grown)
        *cap = more;
    return grown;
}

enum chip_status chip_transcript_keep(struct chip_transcript *t, const char *text, const char **out,
                                      struct chip_err *err)
{
    struct owner *owner = t->owner;
    chip_str_reset(&owner->scratch);
    chip_text_clean(&owner->scratch, text);
    const char *copy = NULL;
    if (!owner->scratch.failed)
        copy = chip_pool_add(&owner->pool, owner->scratch.len ? owner->scratch.data : "",
                             owner->scratch.len);
    if (!copy) {
        chip_str_done(&owner->scratch);
        return no_memory(err);
    }
    *out = copy;
    return CHIP_OK;
}

enum chip_status chip_transcript_set_model(struct chip_transcript *t, const char *model,
                                           struct chip_err *err)
{
    return chip_transcript_keep(t, model, &t->model, err);
}

enum chip_status chip_transcript_set_language(struct chip_transcript *t, const char *language,
                                              struct chip_err *err)
{
    return chip_transcript_keep(t, language, &t->language, err);
}

static enum chip_status check_times(const char *what, int64_t start_ms, int64_t end_ms,
                                    struct chip_err *err)
{
    if (start_ms < 0 || end_ms > CHIP_TRANSCRIPT_MAX_MS)
        return chip_fail(err, CHIP_E_INVAL,
                         "%s from %" PRId64 " to %" PRId64 " ms is outside any recording", what,
                         start_ms, end_ms);
    if (start_ms > end_ms)
        return chip_fail(err, CHIP_E_INVAL,
                         "%s starts at %" PRId64 " ms, after its end at %" PRId64 " ms", what,
                         start_ms, end_ms);
    return CHIP_OK;
}

enum chip_status chip_transcript_set_durations(struct chip_transcript *t, int64_t duration_ms,
                                               int64_t speech_ms, struct chip_err *err)
{
    enum chip_status st = check_times("the recording", 0, duration_ms, err);
    if (st == CHIP_OK)
        st = check_times("the speech", 0, speech_ms, err);
    if (st != CHIP_OK)
        return st;
    t->duration_ms = duration_ms;
    t->speech_ms = speech_ms;
    return CHIP_OK;
}

static enum chip_status check_segment(const struct chip_transcript *t,
                                      const struct chip_segment *seg, struct chip_err *err)
{
    enum chip_status st = check_times("the segment", seg->start_ms, seg->end_ms, err);
    if (st != CHIP_OK)
        return st;
    if (isnan(seg->confidence))
        return chip_fail(err, CHIP_E_INVAL, "the segment's confidence is not a number");
    if (t->n_segments && seg->start_ms < t->segments[t->n_segments - 1].start_ms)
        return chip_fail(err, CHIP_E_INVAL,
                         "the segment starts at %" PRId64 " ms, before the previous one at %" PRId64
                         " ms",
                         seg->start_ms, t->segments[t->n_segments - 1].start_ms);
    return CHIP_OK;
}

static enum chip_status check_words(const struct chip_transcript *t, const struct chip_segment *seg,
                                    const struct chip_word *words, size_t n_words,
                                    struct chip_err *err)
{
    int64_t last_start = t->n_words ? t->words[t->n_words - 1].start_ms : 0;
    int64_t last_end = 0;
    for (size_t i = 0; i < n_words; i++) {
        const struct chip_word *w = &words[i];
        if (!w->text)
            return chip_fail(err, CHIP_E_INVAL, "word %zu has no text", i);
        if (isnan(w->confidence))
            return chip_fail(err, CHIP_E_INVAL, "word %zu: its confidence is not a number", i);
        if (w->start_ms > w->end_ms || w->start_ms < seg->start_ms || w->end_ms > seg->end_ms)
            return chip_fail(err, CHIP_E_INVAL,
                             "word %zu from %" PRId64 " to %" PRId64
                             " ms does not lie in its segment from %" PRId64 " to %" PRId64 " ms",
                             i, w->start_ms, w->end_ms, seg->start_ms, seg->end_ms);
        if (w->start_ms < last_start || w->end_ms < last_end)
            return chip_fail(err, CHIP_E_INVAL,
                             "word %zu from %" PRId64 " to %" PRId64
                             " ms starts or ends before the word in front of it",
                             i, w->start_ms, w->end_ms);
        last_start = w->start_ms;
        last_end = w->end_ms;
    }
    return CHIP_OK;
}

static float clamp01(float x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Copies the words that have text behind those that are there, without counting them yet. */
static enum chip_status keep_words(struct chip_transcript *t, int speaker,
                                   const struct chip_word *words, size_t n_words, size_t *n_kept,
                                   struct chip_err *err)
{
    *n_kept = 0;
    if (!n_words)
        return CHIP_OK;
    struct owner *owner = t->owner;
    struct chip_word *room =
        grow(t->words, &owner->cap_words, t->n_words + n_words, sizeof *t->words);
    if (!room)
        return no_memory(err);
    t->words = room;

    struct chip_word *to = room + t->n_words;
    for (size_t i = 0; i < n_words; i++) {
        if (chip_text_is_blank(words[i].text))
            continue;
        *to = words[i];
        to->confidence = clamp01(to->confidence);
        to->speaker = speaker;
        enum chip_status st = chip_transcript_keep(t, words[i].text, &to->text, err);
        if (st != CHIP_OK)
            return st;
        to++;
    }
    *n_kept = (size_t)(to - room) - t->n_words;
    return CHIP_OK;
}

static enum chip_status keep_joined(struct chip_transcript *t, const struct chip_word *words,
                                    size_t n_words, const char **out, struct chip_err *err)
{
    struct chip_str joined = {0};
    for (size_t i = 0; i < n_words; i++) {
        chip_str_add(&joined, i ? " " : "");
        chip_str_add(&joined, words[i].text);
    }
    char *text;
    enum chip_status st = chip_str_finish(&joined, &text, err);
    if (st != CHIP_OK)
        return st;
    st = chip_transcript_keep(t, text, out, err);
    free(text);
    return st;
}

enum chip_status chip_transcript_add_segment(struct chip_transcript *t,
                                             const struct chip_segment *seg,
                                             const struct chip_word *words, size_t n_words,
                                             struct chip_err *err)
{
    struct chip_segment copy = *seg;
    copy.confidence = clamp01(copy.confidence);
    copy.first_word = t->n_words;
    if (copy.speaker < 0 || (size_t)copy.speaker >= t->n_speakers)
        copy.speaker = -1;

    enum chip_status st = check_segment(t, seg, err);
    if (st == CHIP_OK)
        st = check_words(t, seg, words, n_words, err);
    if (st == CHIP_OK)
        st = keep_words(t, copy.speaker, words, n_words, &copy.n_words, err);
    if (st != CHIP_OK)
        return st;

    bool has_text = seg->text && !chip_text_is_blank(seg->text);
    if (!has_text && !copy.n_words)
        return CHIP_OK; /* nothing to see in it */
    st = has_text ? chip_transcript_keep(t, seg->text, &copy.text, err)
                  : keep_joined(t, t->words + t->n_words, copy.n_words, &copy.text, err);
    if (st != CHIP_OK)
        return st;

    struct owner *owner = t->owner;
    struct chip_segment *room =
        grow(t->segments, &owner->cap_segments, t->n_segments + 1, sizeof *t->segments);
    if (!room)
        return no_memory(err);
    t->segments = room;
    t->segments[t->n_segments++] = copy;
    t->n_words += copy.n_words;
    return CHIP_OK;
}

enum chip_status chip_transcript_add_audit(struct chip_transcript *t,
                                           const struct chip_audit *audit, struct chip_err *err)
{
    struct chip_audit copy = *audit;
    enum chip_status st = check_times("the audit note", audit->start_ms, audit->end_ms, err);
    if (st == CHIP_OK)
        st = chip_transcript_keep(t, audit->detail ? audit->detail : "", &copy.detail, err);
    if (st != CHIP_OK)
        return st;

    struct owner *owner = t->owner;
    struct chip_audit *room = grow(t->audit, &owner->cap_audit, t->n_audit + 1, sizeof *t->audit);
    if (!room)
        return no_memory(err);
    t->audit = room;
    size_t at = t->n_audit++;
    for (; at > 0 && t->audit[at - 1].start_ms > copy.start_ms; at--)
        t->audit[at] = t->audit[at - 1];
    t->audit[at] = copy;
    return CHIP_OK;
}

enum chip_status chip_transcript_append(struct chip_transcript *t,
                                        const struct chip_transcript *more, struct chip_err *err)
{
    enum chip_status st = CHIP_OK;
    for (size_t i = 0; st == CHIP_OK && i < more->n_segments; i++) {
        const struct chip_segment *seg = &more->segments[i];
        st = chip_transcript_add_segment(t, seg, more->words + seg->first_word, seg->n_words, err);
    }
    for (size_t i = 0; st == CHIP_OK && i < more->n_audit; i++)
        st = chip_transcript_add_audit(t, &more->audit[i], err);
    return st;
}

const char *chip_audit_kind_name(enum chip_audit_kind kind)
{
    switch (kind) {
    case CHIP_AUDIT_REPETITION:
        return "repetition";
    case CHIP_AUDIT_TOKEN_CAP:
        return "token-cap";
    case CHIP_AUDIT_EMPTY:
        return "empty";
    case CHIP_AUDIT_MEDIA_BREAK:
        return "media-break";
    }
    return "unknown";
}

bool chip_audit_kind_by_name(const char *name, enum chip_audit_kind *out)
{
    for (int kind = CHIP_AUDIT_REPETITION; kind <= CHIP_AUDIT_MEDIA_BREAK; kind++) {
        if (strcmp(name, chip_audit_kind_name((enum chip_audit_kind)kind)) == 0) {
            *out = (enum chip_audit_kind)kind;
            return true;
        }
    }
    return false;
}
