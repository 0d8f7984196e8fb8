/** Conversations for tests of metrics, said line by line. Failures are test failures. */
#pragma once

#include "../test.h"

#include <math.h>

#include "meeting/metrics/catalogue.h"

enum { TALK_MAX = 20000 };

/* A transcript whose arrays are filled by hand. */
struct talk {
    struct chip_transcript t;
    struct chip_speaker speakers[8];
    struct chip_turn turns[TALK_MAX];
    struct chip_word words[TALK_MAX];
    char texts[TALK_MAX][24];
};

static const char *const talk_labels[] = {"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"};

static inline struct talk *talk_new(size_t n_speakers, int64_t duration_ms)
{
    struct talk *talk = calloc(1, sizeof *talk);
    assert_non_null(talk);
    for (size_t s = 0; s < n_speakers; s++)
        talk->speakers[s] = (struct chip_speaker){.label = talk_labels[s], .name = ""};
    talk->t = (struct chip_transcript){.model = "",
                                       .language = "en",
                                       .duration_ms = duration_ms,
                                       .words = talk->words,
                                       .speakers = talk->speakers,
                                       .n_speakers = n_speakers,
                                       .turns = talk->turns};
    return talk;
}

/* Words of a speaker, evenly over the time. */
static inline void talk_words(struct talk *talk, int speaker, int64_t start_ms, int64_t end_ms,
                              const char *text)
{
    char copy[4096], *save = NULL;
    size_t n = 0, first = talk->t.n_words;
    assert_true(strlen(text) < sizeof copy);
    strcpy(copy, text);
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        assert_true(talk->t.n_words < TALK_MAX && strlen(word) < sizeof talk->texts[0]);
        size_t at = talk->t.n_words++;
        strcpy(talk->texts[at], word);
        talk->words[at] =
            (struct chip_word){.confidence = 1, .speaker = speaker, .text = talk->texts[at]};
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        struct chip_word word = talk->words[first + i];
        word.start_ms = start_ms + (end_ms - start_ms) * (int64_t)i / (int64_t)n;
        word.end_ms = start_ms + (end_ms - start_ms) * (int64_t)(i + 1) / (int64_t)n;
        size_t at = first + i; /* into its place in time */
        for (; at > 0 && talk->words[at - 1].start_ms > word.start_ms; at--)
            talk->words[at] = talk->words[at - 1];
        talk->words[at] = word;
    }
}

/* A piece of speech with its words. */
static inline void talk_say(struct talk *talk, int speaker, int64_t start_ms, int64_t end_ms,
                            const char *text)
{
    assert_true(talk->t.n_turns < TALK_MAX);
    talk->turns[talk->t.n_turns++] = (struct chip_turn){start_ms, end_ms, speaker, 1};
    talk_words(talk, speaker, start_ms, end_ms, text);
}

static inline struct chip_metrics *talk_measure(const struct talk *talk,
                                                const struct chip_metrics_options *options)
{
    struct chip_metrics *m = NULL;
    struct chip_err err;
    if (chip_metrics_compute(&m, &talk->t, options, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_non_null(m);
    return m;
}

enum { MEETING = -1 };

static inline const struct chip_measure *measure_of(const struct chip_metrics *m, int speaker,
                                                    enum chip_metric metric)
{
    return speaker == MEETING ? &m->meeting[metric]
                              : &m->speakers[(size_t)speaker * m->n_metrics + metric];
}

static inline void assert_value(const struct chip_metrics *m, int speaker, enum chip_metric metric,
                                double value)
{
    const struct chip_measure *got = measure_of(m, speaker, metric);
    if (got->lack != CHIP_LACK_NONE || !(fabs(got->value - value) <= 1e-9 * fmax(1, fabs(value))))
        fail_msg("%s of %d is %.9g (%s), not %.9g", chip_metric_info(metric)->key, speaker,
                 got->value, chip_lack_name(got->lack), value);
}

static inline void assert_lack(const struct chip_metrics *m, int speaker, enum chip_metric metric,
                               enum chip_lack lack)
{
    const struct chip_measure *got = measure_of(m, speaker, metric);
    if (got->lack != lack)
        fail_msg("%s of %d: %s, not %s", chip_metric_info(metric)->key, speaker,
                 chip_lack_name(got->lack), chip_lack_name(lack));
    assert_true(lack == CHIP_LACK_NONE || (got->value == 0 && got->low == 0 && got->high == 0));
}
