#include "meeting/metrics/measure.h"

#include <string.h>

enum { MIN_ANSWER_WORDS = 3 };

/* Words of one speaker, or of all: scene->order[at .. at + n), or the talk's own order. */
struct said {
    const struct chip_talk_word *words;
    const size_t *order; /* NULL: in the order of words */
    size_t n;
};

static const struct chip_talk_word *word_at(const struct said *said, size_t i)
{
    return &said->words[said->order ? said->order[i] : i];
}

static struct said said_by(const struct chip_scene *scene, size_t row)
{
    const struct chip_talk *talk = scene->talk;
    if (row == talk->n_speakers)
        return (struct said){talk->words, NULL, talk->n_words};
    return (struct said){talk->words, scene->order + scene->first[row],
                         scene->first[row + 1] - scene->first[row]};
}

/* ---- counts ---------------------------------------------------------------------------------- */

struct counts {
    int64_t words, fillers, sentences, questions, answered;
};

/* Whether others answer the question that this word ends. */
static bool is_answered(const struct chip_scene *scene, size_t question)
{
    const struct chip_talk *talk = scene->talk;
    const struct chip_talk_word *asked = &talk->words[question];
    int asker = scene->word_speaker[question], n = 0;
    for (size_t i = question + 1; i < talk->n_words; i++) {
        const struct chip_talk_word *word = &talk->words[i];
        if (word->start_ms - asked->end_ms > CHIP_TALK_ANSWER_MS)
            break;
        int speaker = scene->word_speaker[i];
        if (speaker < 0 || speaker == asker || !talk->tokens[i])
            continue;
        if (++n >= MIN_ANSWER_WORDS || (word->kinds & CHIP_WORD_ANSWER))
            return true;
    }
    return false;
}

static void count_words(const struct chip_scene *scene, struct counts *counts)
{
    const struct chip_talk *talk = scene->talk;
    memset(counts, 0, (talk->n_speakers + 1) * sizeof *counts);
    for (size_t i = 0; i < talk->n_words; i++) {
        const struct chip_talk_word *word = &talk->words[i];
        int speaker = scene->word_speaker[i];
        bool is_question = word->end == CHIP_WORD_ENDS_QUESTION;
        bool answered = is_question && speaker >= 0 && is_answered(scene, i);
        for (int k = speaker < 0; k < 2; k++) {
            struct counts *c = &counts[k ? talk->n_speakers : (size_t)speaker];
            c->words += talk->tokens[i] != 0;
            c->fillers += (word->kinds & CHIP_WORD_FILLER) != 0;
            c->sentences += word->end != CHIP_WORD_GOES_ON;
            c->questions += is_question;
            c->answered += answered;
        }
    }
}

/* ---- utterances ------------------------------------------------------------------------------ */

/* Appends the words per minute of each long enough utterance. @return how many */
static size_t add_utterances(const struct said *said, double *paces)
{
    size_t n = 0, first = 0;
    for (size_t i = 1; i <= said->n; i++) {
        if (i < said->n &&
            word_at(said, i)->start_ms - word_at(said, i - 1)->end_ms < CHIP_TALK_PAUSE_MS)
            continue;
        int64_t ms = word_at(said, i - 1)->end_ms - word_at(said, first)->start_ms;
        if (ms >= CHIP_TALK_UTTERANCE_MS)
            paces[n++] = (double)(i - first) * 60000 / (double)ms;
        first = i;
    }
    return n;
}

static void measure_articulation(struct chip_scene *scene, struct chip_sample *out)
{
    size_t n_speakers = scene->talk->n_speakers, n_all = 0;
    double *paces = scene->numbers;
    for (size_t row = 0; row < n_speakers; row++) {
        struct said said = said_by(scene, row);
        size_t n = add_utterances(&said, paces + n_all);
        if (n)
            chip_sample_set(out, row, CHIP_METRIC_ARTICULATION, chip_median(paces + n_all, n),
                            (int64_t)n);
        n_all += n;
    }
    if (n_all)
        chip_sample_set(out, n_speakers, CHIP_METRIC_ARTICULATION, chip_median(paces, n_all),
                        (int64_t)n_all);
}

/* ---- vocabulary ------------------------------------------------------------------------------ */

/*
 * Mean over all windows of W words of (different words in it) / W. A word counts in the windows
 * that hold it and begin after its last occurrence before it: one pass, however long the window.
 */
static double mean_richness(const struct chip_talk *talk, const struct said *said, int64_t n_words,
                            size_t *last_seen)
{
    const int64_t width = CHIP_TALK_VOCABULARY_WORDS;
    int64_t different = 0, at = 0;
    memset(last_seen, 0, talk->n_tokens * sizeof *last_seen); /* 1 + its place; 0: not yet */
    for (size_t i = 0; i < said->n; i++) {
        unsigned token = talk->tokens[said->order ? said->order[i] : i];
        if (!token)
            continue;
        int64_t from = (int64_t)last_seen[token], to = at;
        if (from < at - width + 1)
            from = at - width + 1;
        if (to > n_words - width)
            to = n_words - width;
        different += to >= from ? to - from + 1 : 0;
        last_seen[token] = (size_t)++at;
    }
    return (double)different / (double)(width * (n_words - width + 1));
}

static void measure_vocabulary(struct chip_scene *scene, size_t row, int64_t n_words,
                               struct chip_sample *out)
{
    const struct chip_talk *talk = scene->talk;
    struct said said = said_by(scene, row);
    bool is_meeting = row == talk->n_speakers;
    if (n_words < CHIP_TALK_VOCABULARY_WORDS)
        return;
    double richness = is_meeting ? scene->all_richness : 0;
    if (richness == 0)
        richness = mean_richness(talk, &said, n_words, scene->last_seen);
    if (is_meeting)
        scene->all_richness = richness; /* whoever says the words */
    chip_sample_set(out, row, CHIP_METRIC_VOCABULARY, richness, n_words);
}

/* ---------------------------------------------------------------------------------------------- */

static void measure_row(const struct chip_scene *scene, size_t row, const struct counts *c,
                        struct chip_sample *out)
{
    const struct chip_talk *talk = scene->talk;
    int64_t talk_ms = row < talk->n_speakers ? scene->talk_ms[row] : scene->all_talk_ms;
    double hours = (double)talk->duration_ms / 3600000;
    if (talk_ms > 0)
        chip_sample_set(out, row, CHIP_METRIC_PACE, (double)c->words * 60000 / (double)talk_ms,
                        c->words);
    if (c->words)
        chip_sample_set(out, row, CHIP_METRIC_FILLER_RATE, (double)c->fillers / (double)c->words,
                        c->words);
    if (hours > 0)
        chip_sample_set(out, row, CHIP_METRIC_QUESTION_RATE, (double)c->questions / hours,
                        c->sentences);
    if (c->questions)
        chip_sample_set(out, row, CHIP_METRIC_QUESTIONS_ANSWERED,
                        (double)c->answered / (double)c->questions, c->questions);
}

void chip_measure_words(struct chip_scene *scene, struct chip_sample *out)
{
    struct counts counts[CHIP_TALK_MAX_SPEAKERS + 1];
    count_words(scene, counts);
    measure_articulation(scene, out);
    for (size_t row = 0; row <= scene->talk->n_speakers; row++) {
        measure_row(scene, row, &counts[row], out);
        measure_vocabulary(scene, row, counts[row].words, out);
    }
}
