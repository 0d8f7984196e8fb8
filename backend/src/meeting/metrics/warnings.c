#include "meeting/metrics/warnings.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "meeting/text.h"

enum { MAX_WARNINGS = 2, MIN_SHARE_PERCENT = 3, MAX_DOUBTFUL_PERCENT = 25 };

/* Turns whose voice is hardly nearer to their speaker than to the next one. */
static const float DOUBTFUL = 0.1F;

const char *chip_speaker_shown(const struct chip_transcript *t, size_t speaker)
{
    const struct chip_speaker *s = &t->speakers[speaker];
    return s->name && *s->name ? s->name : s->label && *s->label ? s->label : "?";
}

void chip_warnings_free(const char **warnings, size_t n)
{
    for (size_t i = 0; warnings && i < n; i++)
        free((void *)warnings[i]);
    free(warnings);
}

/*
 * Two or more who hardly speak: in none of AMI's 171 meetings are two people below 3 %, so it is
 * one voice taken for several (Nojoin, ANALYTICS_EVIDENCE).
 */
static void add_splits(const struct chip_scene *scene, const struct chip_transcript *t,
                       struct chip_str *out)
{
    size_t n = 0, n_shown = 0;
    bool is_small[CHIP_TALK_MAX_SPEAKERS];
    for (size_t s = 0; s < t->n_speakers; s++) {
        is_small[s] = scene->talk_ms[s] * 100 < scene->all_talk_ms * MIN_SHARE_PERCENT;
        n += is_small[s];
    }
    if (n < 2)
        return;
    for (size_t s = 0; s < t->n_speakers; s++)
        if (is_small[s]) {
            chip_str_add(out, !n_shown ? "" : n_shown + 1 < n ? ", " : " and ");
            chip_text_clean(out, chip_speaker_shown(t, s));
            n_shown++;
        }
    chip_str_addf(out,
                  " each have less than %d %% of the speech: most likely pieces of other "
                  "speakers, not quiet people. Try fewer speakers.",
                  MIN_SHARE_PERCENT);
}

static void add_doubtful(const struct chip_scene *scene, struct chip_str *out)
{
    int64_t doubtful_ms = 0;
    if (scene->talk->n_talking < 2)
        return;
    for (size_t i = 0; i < scene->n_pieces; i++) {
        const struct chip_piece *p = &scene->pieces[i];
        if (scene->talk->turns[p->source].confidence < DOUBTFUL)
            doubtful_ms += p->end_ms - p->fresh_ms;
    }
    if (doubtful_ms * 100 > scene->all_talk_ms * MAX_DOUBTFUL_PERCENT)
        chip_str_addf(out,
                      "In %d %% of the speech it is doubtful who speaks: read figures of single "
                      "speakers with care.",
                      (int)(doubtful_ms * 100 / scene->all_talk_ms));
}

enum chip_status chip_warnings_find(const struct chip_scene *scene, const struct chip_transcript *t,
                                    const char ***warnings, size_t *n, struct chip_err *err)
{
    struct chip_str texts[MAX_WARNINGS] = {{0}};
    const char **list = calloc(MAX_WARNINGS, sizeof *list);
    if (!list)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
    add_splits(scene, t, &texts[0]);
    add_doubtful(scene, &texts[1]);

    enum chip_status st = CHIP_OK;
    size_t n_found = 0;
    for (size_t i = 0; i < MAX_WARNINGS; i++) {
        char *text = NULL;
        if (!texts[i].len && !texts[i].failed)
            continue;
        if (st == CHIP_OK)
            st = chip_str_finish(&texts[i], &text, err);
        if (text)
            list[n_found++] = text;
        chip_str_done(&texts[i]);
    }
    if (st != CHIP_OK) {
        chip_warnings_free(list, n_found);
        return st;
    }
    *warnings = list;
    *n = n_found;
    return CHIP_OK;
}
