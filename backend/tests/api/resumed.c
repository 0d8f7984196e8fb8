#include "resumed.h"

#include "../test.h"

#include "meeting/json.h"

/* As a checkpoint goes through a database. */
static void on_piece(void *user, const struct chip_transcript *piece, int64_t done_ms)
{
    struct kept *kept = user;
    struct chip_transcript *back;
    char *json = json_of(piece);
    assert_int_equal(chip_transcript_from_json(json, strlen(json), &back, NULL), CHIP_OK);
    free(json);
    if (!kept->known) {
        assert_int_equal(chip_transcript_new(&kept->known, NULL), CHIP_OK);
        assert_int_equal(chip_transcript_set_model(kept->known, back->model, NULL), CHIP_OK);
    }
    assert_int_equal(chip_transcript_append(kept->known, back, NULL), CHIP_OK);
    chip_transcript_free(back);
    assert_true(done_ms > kept->known_ms);
    kept->known_ms = done_ms;
    kept->n_segments += piece->n_segments;
    kept->n_pieces++;
    if (kept->stop_after && --kept->stop_after == 0)
        __atomic_store_n(&kept->cancel, true, __ATOMIC_RELAXED);
}

struct chip_options kept_options(struct kept *kept)
{
    return (struct chip_options){.on_piece = on_piece,
                                 .user = kept,
                                 .known = kept->known,
                                 .known_ms = kept->known_ms,
                                 .cancel = &kept->cancel};
}

void kept_done(struct kept *kept)
{
    chip_transcript_free(kept->known);
    *kept = (struct kept){0};
}

static enum chip_status serve(void *user, float *const *planes, size_t n, size_t *n_read,
                              struct chip_err *err)
{
    struct served *s = user;
    if (s->fail_at && s->at >= s->fail_at)
        return chip_fail(err, CHIP_E_FORMAT, "the source broke");
    size_t take = s->most < n ? s->most : n;
    take = take < s->n - s->at ? take : s->n - s->at;
    for (size_t c = 0; c < 2 && s->planes[c]; c++)
        memcpy(planes[c], s->planes[c] + s->at, take * sizeof(float));
    s->at += take;
    *n_read = take;
    return CHIP_OK;
}

static bool get_break(void *user, size_t i, struct chip_sound_break *out)
{
    const struct served *s = user;
    if (i >= s->n_breaks)
        return false;
    *out = (struct chip_sound_break){1000 * (int64_t)i, 1000 * (int64_t)i + 10, "a scratch"};
    return true;
}

struct chip_sound_source served_source(struct served *served, size_t n_channels)
{
    return (struct chip_sound_source){.user = served,
                                      .n_channels = n_channels,
                                      .duration_ms = -1,
                                      .read = serve,
                                      .get_break = get_break};
}

char *json_of(const struct chip_transcript *transcript)
{
    char *json;
    assert_int_equal(chip_format_transcript(transcript, CHIP_FORMAT_JSON, NULL, &json, NULL),
                     CHIP_OK);
    return json;
}
