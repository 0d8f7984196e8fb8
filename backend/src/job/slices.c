#include "job/slices.h"

#include <string.h>

#include "base/clock.h"
#include "job/document.h"

enum { SLICE_MS = 60 * 1000, WORK_MS = 20 * 1000 };

/* Is it the checkpoint that follows? */
static bool follows(const struct chip_slices *slices, const json_t *checkpoint, const json_t *data)
{
    const char *stage = json_string_value(json_object_get(checkpoint, "stage"));
    const char *key = json_string_value(json_object_get(data, "key"));
    return stage && strcmp(stage, "transcribe") == 0 && key && strcmp(key, slices->key) == 0 &&
           json_integer_value(json_object_get(checkpoint, "slice")) == slices->n &&
           json_integer_value(json_object_get(data, "from_ms")) == slices->done_ms &&
           json_integer_value(json_object_get(data, "done_ms")) > slices->done_ms;
}

static enum chip_status take_up(struct chip_slices *slices, const json_t *data,
                                struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) piece = NULL;
    enum chip_status s =
        chip_document_to_transcript(json_object_get(data, "transcript"), &piece, err);
    if (s == CHIP_OK)
        s = chip_document_join(slices->all, piece, err);
    if (s != CHIP_OK)
        return s;
    slices->done_ms = slices->from_ms = json_integer_value(json_object_get(data, "done_ms"));
    slices->n++;
    return CHIP_OK;
}

static enum chip_status start_fresh(struct chip_slices *slices, struct chip_err *err)
{
    struct chip_transcript *fresh;
    enum chip_status s = chip_transcript_new(&fresh, err);
    if (s != CHIP_OK)
        return s;
    chip_transcript_free(slices->fresh);
    slices->fresh = fresh;
    return CHIP_OK;
}

/* What cannot be read is done again, and all of it: half of it may be in `all`. */
static enum chip_status start_over(struct chip_slices *slices, struct chip_err *err)
{
    chip_transcript_free(slices->all);
    slices->all = NULL;
    slices->done_ms = slices->from_ms = 0;
    slices->n = 0;
    return chip_transcript_new(&slices->all, err);
}

enum chip_status chip_slices_begin(struct chip_slices *slices, const char *key,
                                   const json_t *checkpoints, struct chip_err *err)
{
    *slices = (struct chip_slices){.since_ms = chip_clock_ms()};
    strncpy(slices->key, key, sizeof slices->key - 1);
    enum chip_status s = start_fresh(slices, err);
    if (s == CHIP_OK)
        s = chip_transcript_new(&slices->all, err);
    if (s != CHIP_OK)
        return s;
    size_t i;
    const json_t *checkpoint;
    json_array_foreach((json_t *)checkpoints, i, checkpoint)
    {
        const json_t *data = json_object_get(checkpoint, "data");
        if (!follows(slices, checkpoint, data))
            continue;
        s = take_up(slices, data, err);
        if (s != CHIP_OK)
            return s == CHIP_E_NOMEM ? s : start_over(slices, err);
    }
    return CHIP_OK;
}

void chip_slices_done(struct chip_slices *slices)
{
    chip_transcript_free(slices->all);
    chip_transcript_free(slices->fresh);
    slices->all = slices->fresh = NULL;
}

enum chip_status chip_slices_add(struct chip_slices *slices, const struct chip_transcript *piece,
                                 int64_t done_ms, struct chip_err *err)
{
    enum chip_status s = chip_document_join(slices->all, piece, err);
    if (s == CHIP_OK)
        s = chip_document_join(slices->fresh, piece, err);
    if (s == CHIP_OK)
        slices->done_ms = done_ms;
    return s;
}

bool chip_slices_due(const struct chip_slices *slices, int64_t now_ms)
{
    return slices->done_ms - slices->from_ms >= SLICE_MS ||
           (slices->done_ms > slices->from_ms && now_ms - slices->since_ms >= WORK_MS);
}

json_t *chip_slices_take(struct chip_slices *slices, int64_t now_ms, int *slice)
{
    json_t *transcript = NULL;
    if (slices->done_ms <= slices->from_ms ||
        chip_document_of_transcript(slices->fresh, &transcript, NULL) != CHIP_OK)
        return NULL;
    json_t *data = json_pack("{s:s, s:I, s:I, s:o}", "key", slices->key, "from_ms",
                             (json_int_t)slices->from_ms, "done_ms", (json_int_t)slices->done_ms,
                             "transcript", transcript);
    if (!data || start_fresh(slices, NULL) != CHIP_OK) {
        json_decref(data);
        return NULL;
    }
    *slice = slices->n++;
    slices->from_ms = slices->done_ms;
    slices->since_ms = now_ms;
    return data;
}
