/* How a result came about, so that it can be made again and compared. */

#include <sys/stat.h>

#include "job/work.h"
#include "net/sha256.h"

static json_t *when(int64_t ms)
{
    char text[CHIP_WORK_TIME];
    chip_work_time(ms, text);
    return json_string(text);
}

static json_t *audio_of(const struct chip_work *work)
{
    char sha256[CHIP_SHA256_HEX];
    struct stat info;
    if (!work->path[0] || stat(work->path, &info) < 0 ||
        chip_sha256_file(work->path, sha256, NULL) != CHIP_OK)
        return json_null();
    return json_pack("{s:s, s:I}", "sha256", sha256, "bytes", (json_int_t)info.st_size);
}

static json_t *model_of(const struct chip_work *work)
{
    const struct chip_engine *engine = work->settings->engine;
    json_t *model = engine->describe(engine->user, work->request.model);
    return model ? model : json_null();
}

/* What was done again later, in order: the words and their receipt stay as they were. */
static json_t *add_redo(const struct chip_work *work, const json_t *earlier)
{
    json_t *receipt = json_deep_copy(earlier);
    json_t *redone = json_object_get(receipt, "redone");
    if (!json_is_array(redone)) {
        redone = json_array();
        json_object_set_new(receipt, "redone", redone);
    }
    json_t *options = json_object_get(work->job, "options");
    json_array_append_new(
        redone, json_pack("{s:s, s:s, s:O?, s:o, s:o}", "stage", chip_work_text(work, "redo"),
                          "chip", CHIP_VERSION, "options", options, "started_at",
                          when(work->started_ms), "finished_at", when(chip_work_now_ms())));
    return receipt;
}

json_t *chip_work_receipt(const struct chip_work *work, const json_t *earlier)
{
    if (json_is_object(earlier))
        return add_redo(work, earlier);
    return json_pack("{s:s, s:s, s:o, s:o, s:O?, s:o, s:o}", "chip", CHIP_VERSION, "compiler",
                     __VERSION__, "model", model_of(work), "audio", audio_of(work), "options",
                     json_object_get(work->job, "options"), "started_at", when(work->started_ms),
                     "finished_at", when(chip_work_now_ms()));
}
