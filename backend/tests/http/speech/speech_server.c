/**
 * The real server with the routes for uploads and OpenAI's API, the real store, and a worker that
 * is played: a "recording" is a list of lines that say what is heard in it.
 *
 *     segment START_MS END_MS SPEAKER Some words.   speaker 0, 1, ...
 *     again            the segments so far are told once more, as after a crash
 *     go               waits for the letter g on standard input
 *     fail CODE Message.
 *     vanish           the job's analysis cannot be read: a transcript that is none
 *
 * usage: speech_server DATA_DIR [NAME=VALUE...]     see set()
 *        speech_server --routes                     says which there are, one a line
 *
 * Prints "port N", then "claimed ID {options}", "completed ID", "failed ID", "lost ID" as it goes.
 * The letter q on standard input, or its end, stops it; n says "jobs N recordings N uploads N".
 */
#include <dirent.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/uuid.h"
#include "http/auth.h"
#include "http/openai.h"
#include "http/routes_upload.h"
#include "http/server.h"
#include "http/watch.h"
#include "meeting/json.h"
#include "store/recordings.h"

enum { MAX_SEGMENTS = 100, MAX_SPEAKERS = 30 };

struct settings {
    const char *data_dir, *database_url, *model;
    struct chip_upload_settings uploads;
    struct chip_auth_settings auth;
    struct chip_server_settings server;
};

struct played {
    struct chip_store *store;
    struct chip_uploads *uploads;
    const char *data_dir;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int n_go;  /* letters that nobody has waited for yet; under lock */
    bool stop; /* under lock */
    bool news; /* under lock: a job is there */
};

static void must(enum chip_status st, const struct chip_err *err)
{
    if (st == CHIP_OK)
        return;
    fprintf(stderr, "speech_server: %s\n", err->message);
    exit(1);
}

static void say(const char *what, const char *id, const json_t *more)
{
    char *text = more ? json_dumps(more, JSON_COMPACT) : NULL;
    printf("%s %s%s%s\n", what, id, text ? " " : "", text ? text : "");
    fflush(stdout);
    free(text);
}

/* ---- the worker ---- */

struct job {
    struct played *p;
    const char *id, *token;
    bool with_speakers;
    json_t *segments; /* told so far */
    struct chip_transcript *t;
    int64_t end_ms;
    bool broken;
};

/* @return false: the job is not ours any more */
static bool heartbeat(struct job *job, json_t *segments)
{
    json_t *args =
        json_pack("{s:s, s:s, s:i}", "id", job->id, "lease_token", job->token, "lease_seconds", 60);
    if (segments)
        json_object_set_new(
            args, "events",
            json_pack("[{s:s, s:{s:O}}]", "kind", "segments", "data", "segments", segments));
    struct chip_err err;
    return chip_store_call(job->p->store, NULL, "heartbeat_job", args, NULL, &err) == CHIP_OK;
}

static bool tell_segment(struct job *job, const char *line)
{
    int start, end, speaker, n = 0;
    struct chip_err err;
    if (sscanf(line, "segment %d %d %d %n", &start, &end, &speaker, &n) < 3 || !n)
        return false;
    int who = job->with_speakers ? speaker : -1;
    /* Each word takes its share of the time. */
    char words[512], *rest, *word;
    struct chip_word list[64];
    size_t n_words = 0;
    snprintf(words, sizeof words, "%s", line + n);
    for (word = strtok_r(words, " ", &rest); word && n_words < 64;
         word = strtok_r(NULL, " ", &rest))
        list[n_words++] = (struct chip_word){.confidence = 0.9F, .speaker = who, .text = word};
    for (size_t i = 0; i < n_words; i++) {
        list[i].start_ms = start + (int64_t)(end - start) * (int64_t)i / (int64_t)n_words;
        list[i].end_ms = start + (int64_t)(end - start) * (int64_t)(i + 1) / (int64_t)n_words;
    }
    struct chip_segment segment = {start, end, 0.9F, who, line + n, 0, 0};
    must(chip_transcript_add_segment(job->t, &segment, list, n_words, &err), &err);
    json_t *one = json_pack("{s:i, s:i, s:s, s:n}", "start_ms", start, "end_ms", end, "text",
                            line + n, "speaker");
    json_t *told = json_pack("[O]", one);
    bool ours = heartbeat(job, told);
    json_array_append_new(job->segments, one);
    json_decref(told);
    job->end_ms = end;
    return ours;
}

static bool wait_for_go(struct job *job)
{
    struct played *p = job->p;
    bool ours = true;
    pthread_mutex_lock(&p->lock);
    while (ours && !p->n_go && !p->stop) {
        struct timespec soon;
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_nsec += 50 * 1000 * 1000;
        soon.tv_sec += soon.tv_nsec / 1000000000;
        soon.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&p->changed, &p->lock, &soon);
        if (!p->n_go && !p->stop) {
            pthread_mutex_unlock(&p->lock);
            ours = heartbeat(job, NULL);
            pthread_mutex_lock(&p->lock);
        }
    }
    if (ours && p->n_go)
        p->n_go--;
    pthread_mutex_unlock(&p->lock);
    return ours;
}

static bool fail(struct job *job, const char *line)
{
    char code[64] = "", message[256] = "";
    struct chip_err err;
    sscanf(line, "fail %63s %255[^\n]", code, message);
    json_t *error = json_pack("{s:s, s:s, s:s, s:b}", "code", code, "message", message, "stage",
                              "transcribe", "retryable", 0);
    must(chip_store_call(
             job->p->store, NULL, "fail_job",
             json_pack("{s:s, s:s, s:o}", "id", job->id, "lease_token", job->token, "error", error),
             NULL, &err),
         &err);
    say("failed", job->id, NULL);
    return false;
}

static void complete(struct job *job)
{
    struct chip_err err;
    char *text;
    must(chip_transcript_set_durations(job->t, job->end_ms, job->end_ms, &err), &err);
    must(chip_transcript_to_json(job->t, &text, &err), &err);
    json_t *transcript = job->broken ? json_string("none") : json_loads(text, 0, NULL);
    free(text);
    json_t *analysis = json_pack("{s:o, s:s, s:s, s:I}", "transcript", transcript, "language", "en",
                                 "model", "played", "duration_ms", (json_int_t)job->end_ms);
    enum chip_status st = chip_store_call(job->p->store, NULL, "complete_job",
                                          json_pack("{s:s, s:s, s:o}", "id", job->id, "lease_token",
                                                    job->token, "analysis", analysis),
                                          NULL, &err);
    say(st == CHIP_OK ? "completed" : "lost", job->id, NULL);
}

/* @return false: it is over */
static bool play_line(struct job *job, const char *line)
{
    bool ours = true;
    if (strncmp(line, "segment ", 8) == 0)
        ours = tell_segment(job, line);
    else if (strcmp(line, "again") == 0)
        ours = heartbeat(job, job->segments);
    else if (strcmp(line, "go") == 0)
        ours = wait_for_go(job);
    else if (strcmp(line, "vanish") == 0)
        job->broken = true;
    else if (strncmp(line, "fail ", 5) == 0)
        return fail(job, line);
    if (!ours)
        say("lost", job->id, NULL);
    return ours;
}

static void name_speakers(struct job *job)
{
    struct chip_speaker speakers[MAX_SPEAKERS] = {0};
    struct chip_err err;
    must(chip_transcript_set_model(job->t, "played", &err), &err);
    must(chip_transcript_set_language(job->t, "en", &err), &err);
    if (job->with_speakers)
        must(chip_transcript_set_speakers(job->t, speakers, MAX_SPEAKERS, &err), &err);
}

static void play(struct played *p, const json_t *row)
{
    char path[CHIP_UPLOAD_PATH], line[512];
    struct chip_err err;
    const json_t *source = json_object_get(row, "source"),
                 *options = json_object_get(row, "options");
    struct job job = {.p = p,
                      .id = json_string_value(json_object_get(row, "id")),
                      .token = json_string_value(json_object_get(row, "lease_token")),
                      .with_speakers = !json_is_true(json_object_get(options, "no_speakers")),
                      .segments = json_array()};
    must(chip_recording_take(p->uploads, json_string_value(json_object_get(source, "upload_id")),
                             job.id, &err),
         &err);
    must(chip_recording_path(p->data_dir, job.id, path, &err), &err);
    FILE *file = fopen(path, "r");
    if (!file)
        exit(1);
    say("claimed", job.id, row);
    must(chip_transcript_new(&job.t, &err), &err);
    name_speakers(&job);
    bool more = true;
    while (more && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        more = play_line(&job, line);
    }
    fclose(file);
    if (more)
        complete(&job);
    chip_transcript_free(job.t);
    json_decref(job.segments);
}

static bool wait_for_news(struct played *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->news && !p->stop)
        pthread_cond_wait(&p->changed, &p->lock);
    p->news = false;
    bool stop = p->stop;
    pthread_mutex_unlock(&p->lock);
    return !stop;
}

static void *work(void *arg)
{
    struct played *p = arg;
    while (wait_for_news(p)) {
        for (;;) {
            json_t *row = NULL;
            struct chip_err err;
            must(chip_store_call(p->store, NULL, "claim_job",
                                 json_pack("{s:s, s:s, s:i}", "worker", "played", "node", "here",
                                           "lease_seconds", 60),
                                 &row, &err),
                 &err);
            bool none = json_is_null(row);
            if (!none)
                play(p, row);
            json_decref(row);
            if (none)
                break;
        }
    }
    return NULL;
}

static void signal_worker(struct played *p, bool *flag, int *count)
{
    pthread_mutex_lock(&p->lock);
    if (flag)
        *flag = true;
    if (count)
        ++*count;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static void on_job(void *user)
{
    struct played *p = user;
    signal_worker(p, &p->news, NULL);
}

/* ---- what is left ---- */

static int count_folder(const char *data_dir, const char *name)
{
    char path[CHIP_UPLOAD_PATH];
    int n = 0;
    snprintf(path, sizeof path, "%s/%s", data_dir, name);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        n += chip_uuid_valid(entry->d_name);
    if (dir)
        closedir(dir);
    return n;
}

static void say_counts(const struct played *p)
{
    json_t *jobs = NULL;
    struct chip_err err;
    must(chip_store_call(p->store, NULL, "list_jobs", json_object(), &jobs, &err), &err);
    printf("jobs %zu recordings %d uploads %d\n", json_array_size(json_object_get(jobs, "jobs")),
           count_folder(p->data_dir, "recordings"), count_folder(p->data_dir, "uploads"));
    fflush(stdout);
    json_decref(jobs);
}

/* ---- settings ---- */

static void set(struct settings *s, const char *arg)
{
    const char *value = strchr(arg, '=');
    if (!value)
        exit(2);
    size_t n = (size_t)(value++ - arg);
    struct {
        const char *name;
        int64_t *number;
        const char **text;
        int *small;
    } known[] = {
        {"max_bytes", &s->uploads.max_bytes, NULL, NULL},
        {"max_user_bytes", &s->uploads.max_user_bytes, NULL, NULL},
        {"keep_free_bytes", &s->uploads.keep_free_bytes, NULL, NULL},
        {"stale_ms", NULL, NULL, &s->uploads.stale_ms},
        {"origins", NULL, &s->server.origins, NULL},
        {"jwt_secret", NULL, &s->auth.jwt_secret, NULL},
        {"api_keys", NULL, &s->auth.api_keys, NULL},
        {"database_url", NULL, &s->database_url, NULL},
        {"model", NULL, &s->model, NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) != n || strncmp(known[i].name, arg, n) != 0)
            continue;
        if (known[i].number)
            *known[i].number = atoll(value);
        else if (known[i].small)
            *known[i].small = atoi(value);
        else
            *known[i].text = value;
        return;
    }
    exit(2);
}

/* ---- all together ---- */

static void obey(struct played *p)
{
    for (int c; (c = getchar()) != EOF && c != 'q';) {
        if (c == 'g')
            signal_worker(p, NULL, &p->n_go);
        else if (c == 'n')
            say_counts(p);
    }
}

static const struct chip_route_table *tables(size_t *n)
{
    static struct chip_route_table list[2];
    list[0] = (struct chip_route_table){chip_upload_routes, chip_upload_n_routes};
    list[1] = (struct chip_route_table){chip_openai_routes, chip_openai_n_routes};
    *n = 2;
    return list;
}

static int print_routes(void)
{
    size_t n;
    const struct chip_route_table *list = tables(&n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n; k++)
            printf("%s %s\n", list[i].routes[k].method, list[i].routes[k].path);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (strcmp(argv[1], "--routes") == 0)
        return print_routes();
    struct settings s = {.data_dir = argv[1], .model = "moonshine-base"};
    for (int i = 2; i < argc; i++)
        set(&s, argv[i]);
    struct chip_err err;
    struct played p = {.data_dir = s.data_dir,
                       .lock = PTHREAD_MUTEX_INITIALIZER,
                       .changed = PTHREAD_COND_INITIALIZER};
    struct chip_auth *auth = NULL;
    struct chip_watch *watch;
    struct chip_server *server;
    pthread_t worker;
    struct chip_store_settings store = {.data_dir = s.data_dir, .database_url = s.database_url};
    must(chip_store_open(&p.store, &store, &err), &err);
    must(chip_store_migrate(p.store, NULL, &err), &err);
    s.uploads.data_dir = s.data_dir;
    must(chip_uploads_open(&p.uploads, &s.uploads, &err), &err);
    must(chip_watch_start(&watch, p.store, 20, &err), &err);
    if (s.auth.jwt_secret || s.auth.api_keys)
        must(chip_auth_new(&auth, &s.auth, &err), &err);

    struct chip_app app = {.store = p.store,
                           .data_dir = s.data_dir,
                           .node = "here",
                           .model = s.model,
                           .watch = watch,
                           .uploads = p.uploads,
                           .wake_workers = on_job,
                           .wake_user = &p};
    s.server.tables = tables(&s.server.n_tables);
    s.server.app = &app;
    s.server.auth = auth;
    s.server.access_log = CHIP_ACCESS_LOG_NONE;
    must(chip_server_start(&server, &s.server, &err), &err);
    if (pthread_create(&worker, NULL, work, &p) != 0)
        return 1;
    printf("port %d\n", chip_server_port(server));
    fflush(stdout);

    obey(&p);

    chip_server_stop(server);
    signal_worker(&p, &p.stop, NULL);
    pthread_join(worker, NULL);
    chip_watch_stop(watch);
    chip_auth_free(auth);
    chip_uploads_close(p.uploads);
    chip_store_close(p.store);
    return 0;
}
