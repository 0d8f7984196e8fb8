#include "http/openai_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/app.h"
#include "http/upload_view.h"
#include "meeting/json.h"
#include "store/recordings.h"

enum {
    PRIORITY = 1,     /* somebody waits for the answer */
    LOOK_MS = 5000,   /* after so long without news it is looked at all the same */
    STREAM_MS = 15000 /* and this is how often a stream says that it lives */
};

static void on_news(void *req)
{
    chip_request_wake(req);
}

static enum chip_status enqueue(struct chip_request *req, struct chip_openai_call *speech,
                                json_t **result, struct chip_err *err)
{
    const struct chip_app *app = chip_request_app(req);
    const struct chip_upload *upload = chip_form_upload(speech->form);
    const char *user = chip_upload_user(req);
    json_t *args =
        json_pack("{s:s, s:{s:s, s:s, s:s*, s:s*}, s:o, s:s?, s:s?, s:i}", "id", speech->job_id,
                  "source", "kind", "upload", "upload_id", upload->id, "node", app->node, "name",
                  upload->name[0] ? upload->name : NULL, "options",
                  chip_openai_options(&speech->ask, speech->form), "user_id", user, "title",
                  upload->name[0] ? upload->name : NULL, "priority", PRIORITY);
    /* As the service, for the user: users themselves may not set a priority. */
    return chip_store_call(app->store, NULL, "enqueue_job", args, result, err);
}

bool chip_openai_start(struct chip_request *req, struct chip_openai_call *speech)
{
    const struct chip_app *app = chip_request_app(req);
    const struct chip_upload *upload = chip_form_upload(speech->form);
    struct chip_err err;
    json_t *result = NULL;
    char id[CHIP_UUID_TEXT];
    chip_uuid_make(id);
    if (chip_upload_claim(app->uploads, NULL, upload->id, id, &err) != CHIP_OK) {
        chip_reply_failure(req, &err);
        return false;
    }
    strcpy(speech->job_id, id);
    if (enqueue(req, speech, &result, &err) != CHIP_OK) {
        speech->job_id[0] = '\0';
        chip_reply_failure(req, &err);
        return false;
    }
    chip_form_keep(speech->form); /* it is the job's from now on */
    chip_request_audit(req, id, NULL);
    speech->seq = json_integer_value(json_object_get(json_object_get(result, "job"), "seq"));
    json_decref(result);
    speech->last_ms = chip_clock_ms();
    speech->watcher = chip_watch_add(app->watch, id, speech->seq,
                                     speech->ask.stream ? STREAM_MS : LOOK_MS, on_news, req);
    if (!speech->watcher) {
        chip_reply_error(req, 503, "out_of_memory", "the server is out of memory; try again", NULL);
        return false;
    }
    if (app->wake_workers)
        app->wake_workers(app->wake_user);
    return true;
}

enum chip_status chip_openai_result(struct chip_request *req, const struct chip_openai_call *speech,
                                    struct chip_transcript **out, struct chip_err *err)
{
    json_t *row = NULL;
    enum chip_status st = chip_store_call(chip_request_app(req)->store, NULL, "get_analysis",
                                          json_pack("{s:s}", "job_id", speech->job_id), &row, err);
    if (st != CHIP_OK)
        return st;
    char *text = json_dumps(json_object_get(row, "transcript"), JSON_COMPACT);
    json_decref(row);
    if (!text)
        return chip_fail(err, CHIP_E_INTERNAL, "the job has no transcript");
    st = chip_transcript_from_json(text, strlen(text), out, err);
    free(text);
    return st;
}

/* ---- the end ---- */

/* A job that goes on is of no use to anybody; the worker notices at its next heartbeat. */
static void cancel(struct chip_request *req, const struct chip_openai_call *speech)
{
    struct chip_err err;
    enum chip_status st = chip_store_call(chip_request_app(req)->store, NULL, "cancel_job",
                                          json_pack("{s:s}", "id", speech->job_id), NULL, &err);
    if (st != CHIP_OK && st != CHIP_E_CONFLICT && st != CHIP_E_NOT_FOUND)
        chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", speech->job_id),
                 "the client has gone, but its job cannot be cancelled: %s", err.message);
}

static void remove_job(struct chip_request *req, const struct chip_openai_call *speech)
{
    const struct chip_app *app = chip_request_app(req);
    struct chip_err err;
    enum chip_status st = chip_store_call(app->store, NULL, "delete_job",
                                          json_pack("{s:s}", "id", speech->job_id), NULL, &err);
    if (st == CHIP_OK || st == CHIP_E_NOT_FOUND)
        st = chip_recording_remove(app->data_dir, speech->job_id, &err);
    chip_upload_delete(app->uploads, NULL, chip_form_upload(speech->form)->id, NULL);
    if (st != CHIP_OK)
        chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", speech->job_id),
                 "a transcription that was answered stays until jobs expire: %s", err.message);
}

void chip_openai_done(struct chip_request *req, struct chip_openai_call *speech)
{
    if (!speech)
        return;
    chip_watch_remove(chip_request_app(req)->watch, speech->watcher);
    if (speech->job_id[0] && !speech->ask.keep) {
        if (!speech->ended)
            cancel(req, speech);
        remove_job(req, speech);
    }
    chip_form_free(speech->form);
    chip_str_done(&speech->out);
    chip_str_done(&speech->text);
    free(speech);
}
