#include "http/edits.h"

#include <stdio.h>
#include <string.h>

#include "http/draft.h"
#include "http/fields.h"

enum {
    MAX_EDITS = 10000,
    MAX_SPEAKER_COUNT = 100,
    MAX_LABEL = 32, /* characters */
    MAX_NAME = 100,
    MAX_WORD = 200,
    MAX_TEXT = 10000,
};

static const char *const members[] = {"speakerCount", "merge",    "add",
                                      "words",        "segments", "speakers"};

bool chip_edits_any(const json_t *edits)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_object_get(edits, members[i]))
            return true;
    return false;
}

/* ---- one edit each ---- */

/* Reads the label of a speaker that must be there. @return its number; f->status says if not */
static int speaker_of(struct chip_fields *f, const struct chip_draft *draft, const char *name)
{
    const char *label = NULL;
    chip_fields_text(f, name, MAX_NAME, &label);
    int speaker = label ? chip_draft_speaker(draft, label) : -1;
    if (label && speaker < 0)
        chip_fields_refuse(f, CHIP_E_INVAL, name, "there is no speaker '%s'", label);
    return speaker;
}

/* Puts the place before what went wrong in the draft. */
static void keep(struct chip_fields *f, const char *name, enum chip_status st,
                 const struct chip_err *why)
{
    if (st != CHIP_OK)
        chip_fields_refuse(f, st, name, "%s", why->message);
}

static void merge(struct chip_fields *f, struct chip_draft *draft)
{
    chip_fields_only(f, "from into");
    chip_fields_need(f, "from");
    chip_fields_need(f, "into");
    int from = speaker_of(f, draft, "from"), into = speaker_of(f, draft, "into");
    if (f->status == CHIP_OK)
        chip_draft_merge(draft, from, into);
}

static void add_speaker(struct chip_fields *f, struct chip_draft *draft)
{
    const char *label = "", *name = "";
    chip_fields_only(f, "label name");
    chip_fields_need(f, "label");
    chip_fields_text(f, "label", MAX_LABEL, &label);
    chip_fields_text(f, "name", MAX_NAME, &name);
    if (f->status == CHIP_OK && (!*label || strchr(label, ' ')))
        chip_fields_refuse(f, CHIP_E_INVAL, "label", "must be a word, such as S4");
    if (f->status == CHIP_OK && chip_draft_speaker(draft, label) >= 0)
        chip_fields_refuse(f, CHIP_E_INVAL, "label", "there is a speaker '%s' already", label);
    struct chip_err why;
    if (f->status == CHIP_OK)
        keep(f, "label", chip_draft_add(draft, label, name, &why), &why);
}

static void set_word(struct chip_fields *f, struct chip_draft *draft)
{
    const char *text = NULL;
    int64_t index = 0;
    chip_fields_only(f, "index text");
    chip_fields_need(f, "index");
    chip_fields_need(f, "text");
    chip_fields_integer(f, "index", 0, INT32_MAX, &index);
    chip_fields_text(f, "text", MAX_WORD, &text);
    struct chip_err why;
    if (f->status == CHIP_OK)
        keep(f, "index", chip_draft_set_word(draft, (size_t)index, text, &why), &why);
}

static void set_segment(struct chip_fields *f, struct chip_draft *draft)
{
    const char *text = NULL;
    int64_t index = 0;
    chip_fields_only(f, "index text speaker");
    chip_fields_need(f, "index");
    chip_fields_integer(f, "index", 0, INT32_MAX, &index);
    chip_fields_text(f, "text", MAX_TEXT, &text);
    int speaker = speaker_of(f, draft, "speaker");
    if (!text && speaker < 0)
        chip_fields_refuse(f, CHIP_E_INVAL, "text", "text, speaker or both must be there");
    struct chip_err why;
    if (f->status == CHIP_OK && text)
        keep(f, "index", chip_draft_set_text(draft, (size_t)index, text, &why), &why);
    if (f->status == CHIP_OK && speaker >= 0)
        keep(f, "index", chip_draft_set_speaker(draft, (size_t)index, speaker, &why), &why);
}

static void name_speaker(struct chip_fields *f, struct chip_draft *draft)
{
    const char *name = NULL;
    chip_fields_only(f, "label name");
    chip_fields_need(f, "label");
    chip_fields_need(f, "name");
    chip_fields_text(f, "name", MAX_NAME, &name);
    int speaker = speaker_of(f, draft, "label");
    if (f->status == CHIP_OK)
        chip_draft_name(draft, speaker, name);
}

/* ---- all of them ---- */

static void each(struct chip_fields *f, const char *name, struct chip_draft *draft,
                 void (*edit)(struct chip_fields *, struct chip_draft *))
{
    const json_t *array = NULL, *item;
    size_t i;
    chip_fields_array(f, name, MAX_EDITS, &array);
    json_array_foreach(array, i, item)
    {
        char where[64];
        snprintf(where, sizeof where, "%s[%zu].", name, i);
        struct chip_fields one = {
            .object = item, .where = where, .err = f->err, .status = f->status};
        edit(&one, draft);
        f->status = one.status;
    }
}

static enum chip_status count_speakers(struct chip_fields *f, const struct chip_transcript *from,
                                       struct chip_transcript **out)
{
    int64_t n = 0;
    chip_fields_need(f, "speakerCount");
    chip_fields_integer(f, "speakerCount", 1, MAX_SPEAKER_COUNT, &n);
    for (size_t i = 1; i < sizeof members / sizeof *members; i++)
        if (json_object_get(f->object, members[i]))
            chip_fields_refuse(f, CHIP_E_INVAL, members[i],
                               "speakerCount tells speakers apart anew; send the rest after it");
    struct chip_err why;
    if (f->status == CHIP_OK)
        keep(f, "speakerCount", chip_transcript_relabel(from, (int)n, out, &why), &why);
    return f->status;
}

enum chip_status chip_edits_apply(const struct chip_transcript *from, const json_t *edits,
                                  struct chip_transcript **out, struct chip_err *err)
{
    struct chip_fields f = {.object = edits, .where = "", .err = err};
    if (json_object_get(edits, "speakerCount"))
        return count_speakers(&f, from, out);
    CHIP_AUTO(chip_draft) draft = NULL;
    enum chip_status st = chip_draft_new(&draft, from, err);
    if (st != CHIP_OK)
        return st;
    each(&f, "merge", draft, merge);
    each(&f, "add", draft, add_speaker);
    each(&f, "words", draft, set_word);
    each(&f, "segments", draft, set_segment);
    each(&f, "speakers", draft, name_speaker);
    return f.status == CHIP_OK ? chip_draft_build(draft, out, err) : f.status;
}
