#include "office.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "job/document.h"
#include "meeting/transcript.h"
#include "meeting/voices.h"
#include "store/driver.h"
#include "store/recordings.h"

/* ---- a store that may be away -------------------------------------------------------------------
 */

struct front {
    struct chip_store store;
    struct chip_store *real;
    struct office *office;
};

static enum chip_status front_call(struct chip_store *store, const struct chip_caller *caller,
                                   const struct chip_function *function, const json_t *args,
                                   json_t **result, struct chip_err *err)
{
    struct front *front = (struct front *)store;
    if (front->office->away) {
        front->office->n_refused++;
        return chip_fail(err, CHIP_E_UNAVAILABLE, "the store is away");
    }
    return front->real->driver->call(front->real, caller, function, args, result, err);
}

static enum chip_status front_migrate(struct chip_store *store, json_t **out, struct chip_err *err)
{
    struct chip_store *real = ((struct front *)store)->real;
    return real->driver->migrate(real, out, err);
}

static void front_close(struct chip_store *store)
{
    chip_store_close(((struct front *)store)->real);
    free(store);
}

static const struct chip_store_driver front_driver = {
    .kind = "front", .call = front_call, .migrate = front_migrate, .close = front_close};

static struct chip_store *open_store(struct office *office)
{
    struct front *front = calloc(1, sizeof *front);
    const struct chip_store_settings settings = {.data_dir = office->dir};
    *front = (struct front){.store = {&front_driver}, .office = office};
    assert_int_equal(chip_store_open(&front->real, &settings, NULL), CHIP_OK);
    assert_int_equal(chip_store_migrate(front->real, NULL, NULL), CHIP_OK);
    return &front->store;
}

/* ---- an engine that plays ----------------------------------------------------------------------
 */

static enum chip_status prepare(void *user, struct chip_err *err)
{
    (void)user;
    (void)err;
    return CHIP_OK;
}

static json_t *describe(void *user, const char *model)
{
    (void)user;
    return json_pack("{s:s}", "name", model ? model : "played");
}

static struct chip_transcript *new_transcript(void)
{
    struct chip_transcript *t;
    assert_int_equal(chip_transcript_new(&t, NULL), CHIP_OK);
    return t;
}

static void add_piece(struct chip_transcript *t, int piece)
{
    char text[40];
    snprintf(text, sizeof text, "word%d.", piece);
    const int64_t start = (int64_t)piece * PIECE_MS;
    const struct chip_segment segment = {
        .start_ms = start, .end_ms = start + 20000, .confidence = 0.9F, .speaker = -1};
    const struct chip_word word = {.start_ms = start,
                                   .end_ms = start + 20000,
                                   .confidence = 0.87654321F,
                                   .speaker = -1,
                                   .text = text};
    assert_int_equal(chip_transcript_add_segment(t, &segment, &word, 1, NULL), CHIP_OK);
}

/* Speakers take turns, each with a voice of its own. */
static struct chip_transcript *tell_speakers(const struct chip_transcript *t, int n)
{
    enum { N_SPEAKERS = 2 };
    struct chip_transcript *told = new_transcript();
    struct chip_voices *voices = chip_voices_new((size_t)n);
    struct chip_turn *turns = calloc((size_t)n, sizeof *turns);
    assert_int_equal(
        chip_transcript_set_speakers(told, (struct chip_speaker[N_SPEAKERS]){0}, N_SPEAKERS, NULL),
        CHIP_OK);
    for (int i = 0; i < n; i++) {
        struct chip_segment segment = t->segments[i];
        struct chip_word word = t->words[i];
        segment.speaker = word.speaker = i % N_SPEAKERS;
        turns[i] = (struct chip_turn){segment.start_ms, segment.end_ms, segment.speaker, 0.9F};
        voices->tracklets[i] =
            (struct chip_tracklet){segment.start_ms, segment.start_ms + 6000, segment.speaker, {0}};
        voices->tracklets[i].voice[segment.speaker] = 100;
        assert_int_equal(chip_transcript_add_segment(told, &segment, &word, 1, NULL), CHIP_OK);
    }
    voices->n = (size_t)n;
    assert_int_equal(chip_transcript_set_turns(told, turns, (size_t)n, NULL), CHIP_OK);
    chip_transcript_set_voices(told, voices);
    free(turns);
    return told;
}

/* @return CHIP_OK, or what the score says */
static enum chip_status play_piece(struct office *office, struct chip_transcript *t, int piece,
                                   const struct chip_options *options, struct chip_err *err)
{
    const struct score *score = &office->score;
    if (score->at_piece)
        score->at_piece(score->user, piece, options);
    if (*options->cancel)
        return chip_fail(err, CHIP_E_CANCELLED, "cancelled");
    if (score->fail && score->fail_at == piece)
        return chip_fail(err, score->fail, "the score wants it so");
    int n = score->n_pieces;
    const int64_t done_ms = (int64_t)(piece + 1) * PIECE_MS;
    const struct chip_progress progress = {.done_ms = done_ms,
                                           .worked_ms = done_ms,
                                           .total_ms = score->total_ms ? score->total_ms
                                                                       : (int64_t)n * PIECE_MS,
                                           .speed = 10,
                                           .remaining_s = 1};
    CHIP_AUTO(chip_transcript) own = new_transcript();
    add_piece(own, piece);
    assert_int_equal(chip_transcript_set_model(own, office->model, NULL), CHIP_OK);
    assert_int_equal(chip_document_join(t, own, NULL), CHIP_OK);
    options->on_piece(options->user, own, done_ms);
    options->on_progress(options->user, &progress);
    office->n_pieces++;
    return CHIP_OK;
}

/* All of the recording, also what is known: each piece is a little louder. */
static void draw(struct chip_waveform *waveform, int n_pieces)
{
    enum { SECOND = 16000 };
    static float second[SECOND];
    for (int piece = 0; piece < n_pieces; piece++) {
        second[0] = (float)(piece + 1) / 255.0f;
        for (int i = 0; i < PIECE_MS / 1000; i++)
            chip_waveform_add(waveform, (const float *const[]){second}, 1, SECOND);
    }
    chip_waveform_end(waveform);
}

static enum chip_status transcribe(void *user, const char *model, int fd,
                                   const struct chip_options *options,
                                   struct chip_waveform *waveform, struct chip_transcript **out,
                                   struct chip_err *err)
{
    struct office *office = user;
    const struct score *score = &office->score;
    struct stat recording;
    office->n_runs++;
    assert_int_equal(fstat(fd, &recording), 0);
    if (score->whole_only && !S_ISREG(recording.st_mode))
        return chip_fail(err, CHIP_E_UNSUPPORTED, "the score wants a file");
    office->fd = fd;
    office->known_ms = options->known_ms;
    office->model = model ? model : "played";
    office->hotwords[0] = '\0';
    for (const char *const *w = options->hotwords; w && *w; w++) {
        size_t n = strlen(office->hotwords);
        snprintf(office->hotwords + n, sizeof office->hotwords - n, "%s ", *w);
    }
    if (options->known && strcmp(options->known->model, office->model) != 0)
        return chip_fail(err, CHIP_E_INVAL, "known by another model: '%s'", options->known->model);
    CHIP_AUTO(chip_transcript) t = new_transcript();
    if (options->known)
        assert_int_equal(chip_document_join(t, options->known, NULL), CHIP_OK);
    enum chip_status s = CHIP_OK;
    for (int i = (int)(options->known_ms / PIECE_MS); s == CHIP_OK && i < score->n_pieces; i++)
        s = play_piece(office, t, i, options, err);
    if (s == CHIP_OK && score->fail && score->fail_at == score->n_pieces && !options->no_speakers)
        s = chip_fail(err, score->fail, "the score wants it so");
    if (s != CHIP_OK)
        return s;
    if (!options->no_speakers) {
        struct chip_transcript *told = tell_speakers(t, score->n_pieces);
        chip_transcript_free(t);
        t = told;
    }
    assert_int_equal(chip_transcript_set_model(t, office->model, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_set_language(t, "en", NULL), CHIP_OK);
    const int64_t ms = (int64_t)score->n_pieces * PIECE_MS;
    assert_int_equal(chip_transcript_set_durations(t, ms, ms / 2, NULL), CHIP_OK);
    draw(waveform, score->n_pieces);
    *out = t;
    t = NULL;
    return CHIP_OK;
}

/* ---- opening and closing ------------------------------------------------------------------------
 */

void office_enter(struct office *office)
{
    chip_log_set_level(CHIP_LOG_ERROR + 1); /* deaths are meant here */
    office->store = open_store(office);
    const struct chip_upload_settings uploads = {.data_dir = office->dir, .keep_free_bytes = 1};
    assert_int_equal(chip_uploads_open(&office->uploads, &uploads, NULL), CHIP_OK);
    office->score.n_pieces = 4;
    office->engine = (struct chip_engine){
        .user = office, .prepare = prepare, .transcribe = transcribe, .describe = describe};
    office->settings = (struct chip_worker_settings){.store = office->store,
                                                     .engine = &office->engine,
                                                     .data_dir = office->dir,
                                                     .node = "here",
                                                     .uploads = office->uploads,
                                                     .child_fd = -1};
}

int office_open(void **state)
{
    struct office *office = calloc(1, sizeof *office);
    snprintf(office->dir, sizeof office->dir, "/tmp/chip-office-XXXXXX");
    if (!mkdtemp(office->dir))
        return -1;
    office_enter(office);
    *state = office;
    return 0;
}

int office_close(void **state)
{
    struct office *office = *state;
    char command[128];
    chip_uploads_close(office->uploads);
    chip_store_close(office->store);
    snprintf(command, sizeof command, "rm -rf '%s'", office->dir);
    free(office);
    return system(command);
}

json_t *office_call(struct office *office, const char *function, json_t *args)
{
    json_t *result;
    struct chip_err err;
    enum chip_status s = chip_store_call(office->store, NULL, function, args, &result, &err);
    if (s != CHIP_OK)
        fail_msg("%s: %s", function, err.message);
    return result;
}

void office_enqueue(struct office *office, char id[CHIP_UUID_TEXT], const char *options)
{
    char path[CHIP_UPLOAD_PATH];
    chip_uuid_make(id);
    assert_int_equal(chip_recording_prepare(office->dir, id, path, NULL), CHIP_OK);
    fclose(fopen(path, "w"));
    json_decref(office_call(office, "enqueue_job",
                            json_pack("{s:s, s:{s:s, s:s}, s:o, s:i}", "id", id, "source", "kind",
                                      "upload", "upload_id", id, "options",
                                      json_loads(options ? options : "{}", 0, NULL), "max_attempts",
                                      office->max_attempts ? office->max_attempts : 3)));
}

/* ---- working ------------------------------------------------------------------------------------
 */

static void *run_worker(void *user)
{
    struct office *office = user;
    office->ended = chip_worker_run(&office->settings, &office->stop, NULL);
    return NULL;
}

void office_start_worker(struct office *office)
{
    office->stop = false;
    assert_int_equal(pthread_create(&office->thread, NULL, run_worker, office), 0);
}

void office_stop_worker(struct office *office)
{
    office->stop = true;
    pthread_join(office->thread, NULL);
    assert_int_equal(office->ended, CHIP_OK);
}

static bool has_status(struct office *office, const char *id, const char *status)
{
    json_t *job = office_call(office, "get_job", json_pack("{s:s}", "id", id));
    bool has = strcmp(json_string_value(json_object_get(job, "status")), status) == 0;
    json_decref(job);
    return has;
}

void office_expect_status(struct office *office, const char *id, const char *status)
{
    if (!has_status(office, id, status))
        fail_msg("the job is not %s", status);
}

static void fail_with_row(struct office *office, const char *id, const char *status)
{
    json_t *job = office_call(office, "get_job", json_pack("{s:s}", "id", id));
    char *row = json_dumps(job, JSON_INDENT(1));
    print_error("%s\n", row);
    free(row);
    json_decref(job);
    fail_msg("the job did not become %s", status);
}

void office_wait(struct office *office, const char *id, const char *status)
{
    int64_t until = chip_clock_ms() + WAIT_MS;
    while (!has_status(office, id, status)) {
        if (chip_clock_ms() > until)
            fail_with_row(office, id, status);
        poll(NULL, 0, 2);
    }
}

void office_work_until(struct office *office, const char *id, const char *status)
{
    office_start_worker(office);
    office_wait(office, id, status);
    office_stop_worker(office);
}

/* ---- results ------------------------------------------------------------------------------------
 */

char *office_result(struct office *office, const char *id)
{
    static const char *const columns[] = {"transcript", "metrics", "speakers", "language",
                                          "duration_ms"};
    json_t *row = office_call(office, "get_analysis", json_pack("{s:s}", "job_id", id));
    json_t *result = json_object();
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        json_object_set(result, columns[i], json_object_get(row, columns[i]));
    json_object_set_new(result, "waveform",
                        office_call(office, "get_waveform", json_pack("{s:s}", "job_id", id)));
    char *text = json_dumps(result, JSON_SORT_KEYS);
    json_decref(result);
    json_decref(row);
    return text;
}

char *office_told(struct office *office, const char *id)
{
    json_t *events =
        office_call(office, "list_events", json_pack("{s:s, s:i}", "job_id", id, "limit", 1000));
    json_t *event, *segment;
    size_t i, k;
    char *text;
    struct chip_str out = {0};
    json_array_foreach(events, i, event)
    {
        json_t *segments = json_object_get(json_object_get(event, "data"), "segments");
        json_array_foreach(segments, k, segment)
        {
            assert_true(json_is_null(json_object_get(segment, "speaker")));
            chip_str_addf(&out, "%lld:%s ",
                          json_integer_value(json_object_get(segment, "start_ms")),
                          json_string_value(json_object_get(segment, "text")));
        }
    }
    json_decref(events);
    assert_int_equal(chip_str_finish(&out, &text, NULL), CHIP_OK);
    return text;
}

char *office_all_told(int n_pieces)
{
    struct chip_str out = {0};
    char *text;
    for (int i = 0; i < n_pieces; i++)
        chip_str_addf(&out, "%d:word%d. ", i * PIECE_MS, i);
    assert_int_equal(chip_str_finish(&out, &text, NULL), CHIP_OK);
    return text;
}
