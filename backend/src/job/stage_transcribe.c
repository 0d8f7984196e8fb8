/* Words and speakers, slice by slice, going on where an earlier worker was interrupted. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "job/document.h"
#include "job/slices.h"
#include "job/work.h"
#include "net/sha256.h"

enum { WORTH_KEEPING_MS = 1000 }; /* what took less is done again rather than kept */

struct run {
    struct chip_work *work;
    const char **hotwords; /* ends with NULL */
    struct chip_slices slices;
    bool too_long;
    enum chip_status status; /* of keeping what it found */
    struct chip_err err;
    int64_t told_start_ms, told_end_ms; /* the last segment that readers have */
    int64_t started_ms;
    struct chip_waveform waveform; /* of the last time that all was listened to */
};

/* ---- what readers have seen before an interruption ---- */

static void note_told(struct run *run, const json_t *event)
{
    const char *kind = json_string_value(json_object_get(event, "kind"));
    const json_t *data = json_object_get(event, "data"), *segment;
    size_t i;
    if (!kind)
        return;
    if (strcmp(kind, "completed") == 0 || strcmp(kind, "failed") == 0 ||
        strcmp(kind, "cancelled") == 0) /* an earlier run, which readers have seen the end of */
        run->told_start_ms = run->told_end_ms = -1;
    if (strcmp(kind, "segments") != 0)
        return;
    json_array_foreach(json_object_get(data, "segments"), i, segment)
    {
        run->told_start_ms = json_integer_value(json_object_get(segment, "start_ms"));
        run->told_end_ms = json_integer_value(json_object_get(segment, "end_ms"));
    }
}

/* Not knowing it is no failure: readers then get some segments twice. */
static void find_told(struct run *run)
{
    enum { PAGE = 500, ENQUEUED_AND_CLAIMED = 2 };
    if (json_integer_value(json_object_get(run->work->job, "seq")) <= ENQUEUED_AND_CLAIMED)
        return;
    json_int_t after = 0;
    size_t n = PAGE;
    while (n == PAGE) {
        json_t *events, *event;
        size_t i;
        if (chip_store_call(run->work->settings->store, NULL, "list_events",
                            json_pack("{s:s, s:I, s:i}", "job_id", run->work->id, "after", after,
                                      "limit", PAGE),
                            &events, NULL) != CHIP_OK)
            return;
        n = json_array_size(events);
        json_array_foreach(events, i, event)
        {
            note_told(run, event);
            after = json_integer_value(json_object_get(event, "seq"));
        }
        json_decref(events);
    }
}

static void tell_segments(struct run *run, const struct chip_transcript *piece)
{
    for (size_t i = 0; i < piece->n_segments; i++) {
        const struct chip_segment *s = &piece->segments[i];
        if (s->start_ms < run->told_start_ms ||
            (s->start_ms == run->told_start_ms && s->end_ms <= run->told_end_ms))
            continue;
        chip_lease_segment(run->work->lease,
                           json_pack("{s:I, s:I, s:s, s:n}", "start_ms", (json_int_t)s->start_ms,
                                     "end_ms", (json_int_t)s->end_ms, "text", s->text, "speaker"));
        run->told_start_ms = s->start_ms;
        run->told_end_ms = s->end_ms;
    }
}

/* ---- while the engine works ---- */

static void keep_slice(struct run *run)
{
    int n;
    json_t *data = chip_slices_take(&run->slices, chip_clock_ms(), &n);
    if (data)
        chip_lease_checkpoint(run->work->lease, "transcribe", n, data);
}

static void on_piece(void *user, const struct chip_transcript *piece, int64_t done_ms)
{
    struct run *run = user;
    chip_lease_alive(run->work->lease);
    if (run->status == CHIP_OK)
        run->status = chip_slices_add(&run->slices, piece, done_ms, &run->err);
    if (run->status != CHIP_OK) {
        chip_lease_cut(run->work->lease);
        return;
    }
    tell_segments(run, piece);
    if (chip_slices_due(&run->slices, chip_clock_ms()))
        keep_slice(run);
}

/* Of a recording that does not say how long it is, what has arrived is some measure. */
static double share_of(const struct chip_work *work, const struct chip_progress *p)
{
    if (p->total_ms > 0)
        return (double)p->worked_ms / (double)p->total_ms;
    return work->arrival ? chip_arrival_share(work->arrival) : 0.0;
}

static void on_progress(void *user, const struct chip_progress *p)
{
    struct run *run = user;
    struct chip_work *work = run->work;
    chip_lease_alive(work->lease);
    int64_t limit = work->settings->max_duration_ms;
    if (p->total_ms > 0)
        work->recording_ms = p->total_ms;
    if (limit > 0 && (p->total_ms > limit || p->done_ms > limit))
        run->too_long = true;
    if (run->too_long)
        chip_lease_cut(work->lease);
    chip_work_tell(work, share_of(work, p), p->speed > 0.0 ? p->speed : -1.0, p->remaining_s);
}

/* ---- running ---- */

static struct chip_options options_of(struct run *run)
{
    const struct chip_work *work = run->work;
    const struct chip_job_request *request = &work->request;
    return (struct chip_options){
        .threads = work->settings->threads,
        .track = request->track,
        .language = request->language[0] ? request->language : NULL,
        .hotwords = run->hotwords,
        .no_speakers = request->no_speakers,
        .n_speakers = request->speakers,
        .min_speakers = request->min_speakers,
        .max_speakers = request->max_speakers,
        .on_progress = on_progress,
        .on_piece = on_piece,
        .user = run,
        .cancel = chip_lease_cancel(work->lease),
    };
}

/* @param fd the recording's, or that of the upload which still comes */
static enum chip_status engage(struct run *run, int fd, bool no_speakers, struct chip_err *err)
{
    const struct chip_work *work = run->work;
    const struct chip_engine *engine = work->settings->engine;
    CHIP_AUTO(chip_transcript) known = NULL; /* a copy: `all` grows meanwhile */
    enum chip_status s = chip_transcript_new(&known, err);
    if (s == CHIP_OK)
        s = chip_document_join(known, run->slices.all, err);
    if (s != CHIP_OK)
        return s;
    struct chip_options options = options_of(run);
    options.no_speakers |= no_speakers;
    if (run->slices.done_ms > 0) {
        options.known = known;
        options.known_ms = run->slices.done_ms;
    }
    CHIP_AUTO(chip_transcript) transcript = NULL;
    chip_lease_watch(work->lease, work->settings->stall_seconds * INT64_C(1000));
    run->waveform = (struct chip_waveform){0};
    s = engine->transcribe(engine->user, work->request.model, fd, &options, &run->waveform,
                           &transcript, err);
    chip_lease_watch(work->lease, 0);
    if (run->too_long)
        return chip_fail(err, CHIP_E_LIMIT,
                         "the recording is longer than the %d minutes that are allowed here",
                         (int)(work->settings->max_duration_ms / 60000));
    if (run->status != CHIP_OK) {
        *err = run->err;
        return run->status;
    }
    if (s != CHIP_OK)
        return s;
    run->work->transcript = transcript;
    transcript = NULL;
    if (engine->recorded_day)
        run->work->recorded_day = engine->recorded_day(engine->user);
    return CHIP_OK;
}

/* Words that are there are not lost because nobody can say whose they are. */
static enum chip_status listen(struct run *run, int fd, struct chip_err *err)
{
    enum chip_status s = engage(run, fd, false, err);
    if (s == CHIP_OK || s == CHIP_E_CANCELLED || s == CHIP_E_LIMIT ||
        run->work->request.no_speakers || run->slices.done_ms == 0)
        return s;
    struct chip_err why;
    if (engage(run, fd, true, &why) != CHIP_OK)
        return s;
    chip_work_warn(run->work, "no_speakers", "speakers could not be told apart: %s", err->message);
    return CHIP_OK;
}

static enum chip_status listen_to_file(struct run *run, struct chip_err *err)
{
    int fd = open(run->work->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return chip_fail(err, errno == ENOENT ? CHIP_E_NOT_FOUND : CHIP_E_IO,
                         "open the recording: %s", strerror(errno));
    enum chip_status s = listen(run, fd, err);
    close(fd);
    return s;
}

/* ---- while it comes ---- */

/* Waits until the upload is complete, and makes it the recording. */
static enum chip_status wait_for_rest(struct chip_work *work, struct chip_err *err)
{
    enum chip_status s = chip_arrival_wait(work->arrival, err);
    if (s == CHIP_E_LIMIT) {
        work->code = "upload_stalled";
        chip_work_drop_upload(work);
    } else if (s == CHIP_E_NOT_FOUND) {
        work->code = "upload_removed";
    }
    return s == CHIP_OK ? chip_work_take_upload(work, err) : s;
}

/* Whatever cannot be done while the recording comes is done when it is there. */
static enum chip_status listen_while_it_comes(struct run *run, struct chip_err *err)
{
    enum chip_status s = engage(run, chip_arrival_fd(run->work->arrival), false, err);
    if (run->too_long || run->status != CHIP_OK)
        return s;
    struct chip_err why;
    enum chip_status came = wait_for_rest(run->work, &why);
    if (came != CHIP_OK) {
        *err = why;
        return came;
    }
    return s == CHIP_OK ? s : listen_to_file(run, err);
}

/* ---- the whole, from checkpoints or anew ---- */

/* Other hotwords may give other words. */
static void describe_hotwords(const json_t *words, char *key, size_t size)
{
    char hash[CHIP_SHA256_HEX] = "";
    char *text = json_dumps(words, JSON_COMPACT);
    if (!text || chip_sha256_bytes(text, strlen(text), hash, NULL) != CHIP_OK)
        chip_uuid_make(hash); /* nothing that was kept can be used, which costs only time */
    free(text);
    snprintf(key, size, "/%.32s", hash);
}

static void describe_key(const struct chip_work *work, char *key, size_t size)
{
    const struct chip_job_request *r = &work->request;
    snprintf(key, size, "%s/%s/%s/%d/%d", CHIP_VERSION, r->model ? r->model : "", r->language,
             r->track, r->no_speakers);
    size_t n = strlen(key);
    if (r->hotwords)
        describe_hotwords(r->hotwords, key + n, size - n);
}

/* With what the words do not depend on. */
static void describe_whole(const struct chip_work *work, char *key, size_t size)
{
    const struct chip_job_request *r = &work->request;
    describe_key(work, key, size);
    size_t n = strlen(key);
    snprintf(key + n, size - n, "/%d/%d/%d", r->speakers, r->min_speakers, r->max_speakers);
}

static bool recall_whole(struct chip_work *work)
{
    char wanted[200];
    size_t i;
    const json_t *checkpoint;
    describe_whole(work, wanted, sizeof wanted);
    json_array_foreach((json_t *)work->checkpoints, i, checkpoint)
    {
        const char *stage = json_string_value(json_object_get(checkpoint, "stage"));
        const json_t *data = json_object_get(checkpoint, "data");
        const char *key = json_string_value(json_object_get(data, "key"));
        if (!stage || strcmp(stage, "transcript") != 0 || !key || strcmp(key, wanted) != 0 ||
            chip_document_to_transcript(json_object_get(data, "transcript"), &work->transcript,
                                        NULL) != CHIP_OK)
            continue;
        const json_t *warnings = json_object_get(data, "warnings");
        json_array_extend(work->warnings, (json_t *)warnings);
        const json_t *day = json_object_get(data, "recorded_day");
        work->recorded_day = json_is_integer(day) ? (int32_t)json_integer_value(day) : -1;
        return true;
    }
    return false;
}

static void keep_whole(struct run *run)
{
    char key[200];
    struct chip_work *work = run->work;
    json_t *transcript;
    describe_whole(work, key, sizeof key);
    if (chip_clock_ms() - run->started_ms < WORTH_KEEPING_MS ||
        chip_document_of_transcript(work->transcript, &transcript, NULL) != CHIP_OK)
        return;
    chip_lease_checkpoint(work->lease, "transcript", 0,
                          json_pack("{s:s, s:o, s:O, s:i}", "key", key, "transcript", transcript,
                                    "warnings", work->warnings, "recorded_day",
                                    (int)work->recorded_day));
}

enum chip_status chip_stage_transcribe(struct chip_work *work, struct chip_err *err)
{
    if (recall_whole(work)) {
        work->recording_ms = work->transcript->duration_ms;
        return CHIP_OK;
    }
    char key[sizeof((struct chip_slices *)0)->key];
    struct run run = {
        .work = work, .told_start_ms = -1, .told_end_ms = -1, .started_ms = chip_clock_ms()};
    describe_key(work, key, sizeof key);
    enum chip_status s = chip_job_hotwords(&work->request, &run.hotwords, err);
    if (s != CHIP_OK)
        return s;
    s = chip_slices_begin(&run.slices, key, work->checkpoints, err);
    if (s == CHIP_OK) {
        work->listened_ms = run.slices.done_ms == 0 ? run.started_ms : 0;
        find_told(&run);
        tell_segments(&run, run.slices.all);
        s = work->arrival ? listen_while_it_comes(&run, err) : listen_to_file(&run, err);
    }
    if (s == CHIP_OK) {
        work->recording_ms = work->transcript->duration_ms;
        chip_lease_waveform(work->lease, chip_document_of_waveform(&run.waveform));
        keep_whole(&run);
    } else {
        keep_slice(&run);
    }
    chip_slices_done(&run.slices);
    free(run.hotwords);
    return s;
}
