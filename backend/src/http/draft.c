#include "http/draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "http/draft_turns.h"
#include "http/draft_words.h"
#include "meeting/voices.h"

struct chip_draft {
    const struct chip_transcript *from;
    struct chip_draft_piece *pieces; /* [from->n_segments] */
    struct chip_speaker *speakers;   /* [n_speakers] those of `from`, then those added */
    int *merged;                     /* [n_speakers] who says what this one said */
    size_t n_speakers;
    struct chip_draft_turns turns;
};

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the corrections");
}

enum chip_status chip_draft_new(struct chip_draft **out, const struct chip_transcript *from,
                                struct chip_err *err)
{
    CHIP_AUTO(chip_draft) draft = calloc(1, sizeof *draft);
    if (!draft)
        return no_memory(err);
    draft->from = from;
    draft->pieces = calloc(from->n_segments + 1, sizeof *draft->pieces);
    draft->speakers = calloc(from->n_speakers + 1, sizeof *draft->speakers);
    draft->merged = calloc(from->n_speakers + 1, sizeof *draft->merged);
    if (!draft->pieces || !draft->speakers || !draft->merged ||
        !chip_draft_turns_init(&draft->turns, from->turns, from->n_turns))
        return no_memory(err);
    for (size_t i = 0; i < from->n_segments; i++) {
        const struct chip_segment *seg = &from->segments[i];
        draft->pieces[i] = (struct chip_draft_piece){
            .seg = *seg, .words = from->words + seg->first_word, .n_words = seg->n_words};
    }
    for (size_t i = 0; i < from->n_speakers; i++) {
        draft->speakers[i] = from->speakers[i];
        draft->merged[i] = (int)i;
    }
    draft->n_speakers = from->n_speakers;
    *out = draft;
    draft = NULL;
    return CHIP_OK;
}

void chip_draft_free(struct chip_draft *draft)
{
    if (!draft)
        return;
    for (size_t i = 0; draft->pieces && i < draft->from->n_segments; i++)
        chip_draft_piece_done(&draft->pieces[i]);
    chip_draft_turns_done(&draft->turns);
    free(draft->pieces);
    free(draft->speakers);
    free(draft->merged);
    free(draft);
}

/* ---- speakers ---- */

int chip_draft_speaker(const struct chip_draft *draft, const char *label)
{
    for (size_t i = 0; i < draft->n_speakers; i++)
        if (draft->merged[i] == (int)i && strcmp(draft->speakers[i].label, label) == 0)
            return (int)i;
    return -1;
}

void chip_draft_name(struct chip_draft *draft, int speaker, const char *name)
{
    draft->speakers[speaker].name = name;
}

enum chip_status chip_draft_add(struct chip_draft *draft, const char *label, const char *name,
                                struct chip_err *err)
{
    size_t n = draft->n_speakers;
    struct chip_speaker *speakers = realloc(draft->speakers, (n + 1) * sizeof *speakers);
    if (!speakers)
        return no_memory(err);
    draft->speakers = speakers;
    int *merged = realloc(draft->merged, (n + 1) * sizeof *merged);
    if (!merged)
        return no_memory(err);
    draft->merged = merged;
    speakers[n] = (struct chip_speaker){.label = label, .name = name};
    merged[n] = (int)n;
    draft->n_speakers = n + 1;
    return CHIP_OK;
}

void chip_draft_merge(struct chip_draft *draft, int from, int into)
{
    if (from == into)
        return;
    if (!*draft->speakers[into].name)
        draft->speakers[into].name = draft->speakers[from].name;
    for (size_t i = 0; i < draft->n_speakers; i++)
        if (draft->merged[i] == from)
            draft->merged[i] = into;
    for (size_t i = 0; i < draft->from->n_segments; i++)
        if (draft->pieces[i].seg.speaker == from)
            draft->pieces[i].seg.speaker = into;
    for (size_t i = 0; i < draft->turns.n; i++)
        if (draft->turns.turns[i].speaker == from)
            draft->turns.turns[i].speaker = into;
}

/* ---- segments and words ---- */

/* The segment that a word is in; words are counted over all of them. */
static struct chip_draft_piece *piece_of(struct chip_draft *draft, size_t word, size_t *index)
{
    size_t low = 0, high = draft->from->n_segments;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct chip_segment *seg = &draft->from->segments[middle];
        if (word < seg->first_word) {
            high = middle;
        } else if (word >= seg->first_word + seg->n_words) {
            low = middle + 1;
        } else {
            *index = word - seg->first_word;
            return &draft->pieces[middle];
        }
    }
    return NULL;
}

enum chip_status chip_draft_set_word(struct chip_draft *draft, size_t word, const char *text,
                                     struct chip_err *err)
{
    size_t index;
    struct chip_draft_piece *piece = piece_of(draft, word, &index);
    if (!piece)
        return chip_fail(err, CHIP_E_INVAL, "there is no word %zu; there are %zu, counted from 0",
                         word, draft->from->n_words);
    return chip_draft_piece_set_word(piece, index, text) ? CHIP_OK : no_memory(err);
}

static enum chip_status check_segment(const struct chip_draft *draft, size_t segment,
                                      struct chip_err *err)
{
    if (segment < draft->from->n_segments)
        return CHIP_OK;
    return chip_fail(err, CHIP_E_INVAL, "there is no segment %zu; there are %zu, counted from 0",
                     segment, draft->from->n_segments);
}

enum chip_status chip_draft_set_text(struct chip_draft *draft, size_t segment, const char *text,
                                     struct chip_err *err)
{
    enum chip_status st = check_segment(draft, segment, err);
    if (st == CHIP_OK && !chip_draft_piece_set_text(&draft->pieces[segment], text))
        st = no_memory(err);
    return st;
}

enum chip_status chip_draft_set_speaker(struct chip_draft *draft, size_t segment, int speaker,
                                        struct chip_err *err)
{
    enum chip_status st = check_segment(draft, segment, err);
    if (st != CHIP_OK)
        return st;
    struct chip_segment *seg = &draft->pieces[segment].seg;
    if (seg->speaker == speaker)
        return CHIP_OK;
    if (!chip_draft_turns_give(&draft->turns, seg->start_ms, seg->end_ms, seg->speaker, speaker))
        return no_memory(err);
    seg->speaker = speaker;
    return CHIP_OK;
}

/* ---- the new transcript ---- */

static enum chip_status set_facts(struct chip_transcript *t, const struct chip_transcript *from,
                                  struct chip_err *err)
{
    enum chip_status st = chip_transcript_set_model(t, from->model, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_language(t, from->language, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_durations(t, from->duration_ms, from->speech_ms, err);
    for (size_t i = 0; st == CHIP_OK && i < from->n_audit; i++)
        st = chip_transcript_add_audit(t, &from->audit[i], err);
    t->overlap_modelled = from->overlap_modelled;
    return st;
}

/* Numbers the speakers that are left; those merged get the number of the one they went to. */
static enum chip_status set_speakers(struct chip_draft *draft, struct chip_transcript *t,
                                     int *number, struct chip_err *err)
{
    size_t n = 0, all = draft->n_speakers;
    struct chip_speaker *left = calloc(all + 1, sizeof *left);
    if (!left)
        return no_memory(err);
    for (size_t i = 0; i < all; i++) {
        if (draft->merged[i] == (int)i) {
            number[i] = (int)n;
            left[n++] = draft->speakers[i];
        }
    }
    for (size_t i = 0; i < all; i++)
        number[i] = number[draft->merged[i]];
    enum chip_status st = n ? chip_transcript_set_speakers(t, left, n, err) : CHIP_OK;
    free(left);
    return st;
}

static enum chip_status set_turns(struct chip_draft *draft, struct chip_transcript *t,
                                  const int *number, struct chip_err *err)
{
    if (!draft->n_speakers)
        return CHIP_OK;
    for (size_t i = 0; i < draft->turns.n; i++)
        draft->turns.turns[i].speaker = number[draft->turns.turns[i].speaker];
    chip_draft_turns_join(&draft->turns);
    return chip_transcript_set_turns(t, draft->turns.turns, draft->turns.n, err);
}

static enum chip_status set_voices(const struct chip_draft *draft, struct chip_transcript *t,
                                   const int *number, struct chip_err *err)
{
    if (!draft->from->voices)
        return CHIP_OK;
    struct chip_voices *voices = chip_voices_copy(draft->from->voices);
    if (!voices)
        return no_memory(err);
    for (size_t i = 0; i < voices->n; i++)
        if ((size_t)voices->tracklets[i].speaker < draft->from->n_speakers)
            voices->tracklets[i].speaker = number[voices->tracklets[i].speaker];
    chip_transcript_set_voices(t, voices);
    return CHIP_OK;
}

enum chip_status chip_draft_build(struct chip_draft *draft, struct chip_transcript **out,
                                  struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    int *number = calloc(draft->n_speakers + 1, sizeof *number);
    if (!number)
        return no_memory(err);
    enum chip_status st = chip_transcript_new(&t, err);
    if (st == CHIP_OK)
        st = set_facts(t, draft->from, err);
    if (st == CHIP_OK)
        st = set_speakers(draft, t, number, err);
    if (st == CHIP_OK)
        st = set_turns(draft, t, number, err);
    if (st == CHIP_OK)
        st = set_voices(draft, t, number, err);
    for (size_t i = 0; st == CHIP_OK && i < draft->from->n_segments; i++) {
        struct chip_draft_piece *piece = &draft->pieces[i];
        struct chip_segment seg = piece->seg;
        if (seg.speaker >= 0)
            seg.speaker = number[seg.speaker];
        st = chip_transcript_add_segment(t, &seg, piece->words, piece->n_words, err);
    }
    free(number);
    if (st != CHIP_OK)
        return st;
    *out = t;
    t = NULL;
    return CHIP_OK;
}
