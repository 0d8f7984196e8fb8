/* "How long did Ann talk?", "Who talked most?" */
#include <stdlib.h>

#include "minutes/ask/sources.h"

static int64_t *talked_of(const struct chip_transcript *t)
{
    int64_t *ms = calloc(t->n_speakers + 1, sizeof *ms);
    for (size_t i = 0; ms && i < t->n_turns; i++)
        ms[t->turns[i].speaker] += t->turns[i].end_ms - t->turns[i].start_ms;
    for (size_t i = 0; ms && t->n_turns == 0 && i < t->n_segments; i++)
        if (t->segments[i].speaker >= 0)
            ms[t->segments[i].speaker] += t->segments[i].end_ms - t->segments[i].start_ms;
    return ms;
}

static void add_line(struct chip_str *text, const struct chip_reading *r, int speaker,
                     const int64_t *ms, int64_t all)
{
    long s = (long)((ms[speaker] + 500) / 1000);
    chip_str_addf(text, "%s%s talked for ", text->len ? "\n" : "", chip_answer_name(r, speaker));
    if (s >= 60)
        chip_str_addf(text, "%ld min ", s / 60);
    chip_str_addf(text, "%ld s, %ld %% of all talking.", s % 60,
                  all > 0 ? (long)((ms[speaker] * 100 + all / 2) / all) : 0);
}

/* Everybody, who talked most first. */
static void add_all(struct chip_str *text, const struct chip_reading *r, const int64_t *ms,
                    int64_t all, size_t n)
{
    for (int64_t below = INT64_MAX;;) {
        int64_t next = -1;
        for (size_t i = 0; i < n; i++)
            if (ms[i] < below && ms[i] > next)
                next = ms[i];
        if (next < 0)
            return;
        for (size_t i = 0; i < n; i++)
            if (ms[i] == next)
                add_line(text, r, (int)i, ms, all);
        below = next;
    }
}

enum chip_status chip_answer_from_turns(const struct chip_reading *r,
                                        const struct chip_question *question, json_t **out,
                                        struct chip_err *err)
{
    const struct chip_transcript *t = r->talk.transcript;
    *out = NULL;
    if (t->n_speakers == 0)
        return CHIP_OK;
    int64_t *ms = talked_of(t), all = 0;
    json_t *answer = chip_answer_new("turns");
    struct chip_str text = {0};
    for (size_t i = 0; ms && i < t->n_speakers; i++)
        all += ms[i];
    if (ms && question->speaker >= 0)
        add_line(&text, r, question->speaker, ms, all);
    else if (ms)
        add_all(&text, r, ms, all, t->n_speakers);
    bool made = ms && answer && chip_answer_say(answer, &text);
    chip_str_done(&text);
    free(ms);
    if (made) {
        *out = answer;
        return CHIP_OK;
    }
    json_decref(answer);
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory to answer");
}
