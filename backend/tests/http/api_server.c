/**
 * The real server with the routes of jobs and the real store, for tests over HTTP (api.py). The
 * test plays the worker: it sends the store's calls through standard input.
 *
 *     api_server DATA_DIR [NAME=VALUE...]     see set()
 *     api_server --routes                     prints "METHOD PATH" of each route
 *
 * Prints "port N". Each line of standard input is "call NAME {arguments}", answered by
 * "ok RESULT" or "failed CODE MESSAGE"; "ready" and "starting" change what /api/ready says. The
 * server stops at the end of standard input.
 */
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "http/auth.h"
#include "http/errands.h"
#include "http/job_cache.h"
#include "http/meters.h"
#include "http/openai.h"
#include "http/routes.h"
#include "http/routes_upload.h"
#include "http/session.h"
#include "http/server.h"
#include "http/watch.h"
#include "http/web.h"
#include "minutes/write.h"
#include "net/guard.h"
#include "store/uploads.h"

struct settings {
    struct chip_store_settings store;
    struct chip_upload_settings uploads;
    struct chip_auth_settings auth;
    struct chip_guard_settings guard;
    const char *web;
    int wait_ms;
    struct chip_minutes_provider minutes;
};

static atomic_bool is_starting;

static void must(enum chip_status st, const struct chip_err *err)
{
    if (st == CHIP_OK)
        return;
    fprintf(stderr, "api_server: %s\n", err->message);
    exit(1);
}

static bool is_ready(void *user, const char **why)
{
    (void)user;
    *why = "the model is still being loaded";
    return !is_starting;
}

static void set(struct settings *s, const char *argument)
{
    const char *value = strchr(argument, '=');
    size_t n = value ? (size_t)(value++ - argument) : 0;
    if (n == 8 && strncmp(argument, "database", n) == 0)
        s->store.database_url = value;
    else if (n == 8 && strncmp(argument, "api_keys", n) == 0)
        s->auth.api_keys = value;
    else if (n == 10 && strncmp(argument, "jwt_secret", n) == 0)
        s->auth.jwt_secret = value;
    else if (n == 3 && strncmp(argument, "web", n) == 0)
        s->web = value;
    else if (n == 7 && strncmp(argument, "wait_ms", n) == 0)
        s->wait_ms = atoi(value);
    else if (n == 10 && strncmp(argument, "openai_key", n) == 0)
        s->minutes.openai_key = value;
    else if (n == 6 && strncmp(argument, "ai_url", n) == 0)
        s->minutes.base_url = value, s->minutes.model = "a-model", s->minutes.retry_ms = 1;
    else {
        fprintf(stderr, "api_server: what is '%s'?\n", argument);
        exit(2);
    }
}

/* ---- the played worker ---- */

static void call(struct chip_store *store, char *line)
{
    char *name = line + strlen("call "), *args = strchr(name, ' ');
    struct chip_err err;
    json_t *result = NULL;
    if (args)
        *args++ = '\0';
    if (chip_store_call(store, NULL, name, json_loads(args ? args : "{}", 0, NULL), &result,
                        &err) == CHIP_OK) {
        char *text = json_dumps(result, JSON_COMPACT | JSON_ENCODE_ANY);
        printf("ok %s\n", text);
        free(text);
    } else {
        printf("failed %s %s\n", chip_status_name(err.code), err.message);
    }
    json_decref(result);
    fflush(stdout);
}

static void obey(struct chip_store *store)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    while ((n = getline(&line, &size, stdin)) > 0) {
        line[n - 1] = '\0';
        if (strncmp(line, "call ", 5) == 0)
            call(store, line);
        else
            is_starting = strcmp(line, "starting") == 0;
        if (strncmp(line, "call ", 5) != 0) {
            puts("ok null");
            fflush(stdout);
        }
    }
    free(line);
}

/* ---- the server ---- */

static const struct chip_route_table *const tables[] = {
    &chip_routes_ask,         &chip_routes_process, &chip_routes_jobs,    &chip_routes_job_records,
    &chip_routes_analysis,    &chip_routes_export,  &chip_routes_audio,   &chip_routes_events,
    &chip_routes_process_job, &chip_routes_search,  &chip_routes_service, &chip_routes_session,
    &chip_routes_waveform,
};

enum { N_TABLES = sizeof tables / sizeof *tables };

static void print_table(const struct chip_route *routes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%s %s\n", routes[i].method, routes[i].path);
}

static int print_routes(void)
{
    for (size_t i = 0; i < N_TABLES; i++)
        print_table(tables[i]->routes, tables[i]->n);
    print_table(chip_upload_routes, chip_upload_n_routes);
    print_table(chip_openai_routes, chip_openai_n_routes);
    return 0;
}

static void serve(struct chip_app *app, const struct chip_auth *auth, bool open)
{
    struct chip_route_table all[N_TABLES + 2];
    for (size_t i = 0; i < N_TABLES; i++)
        all[i] = *tables[i];
    all[N_TABLES] = (struct chip_route_table){chip_upload_routes, chip_upload_n_routes};
    all[N_TABLES + 1] = chip_routes_web;
    const struct chip_server_settings settings = {
        .tables = all,
        .n_tables = N_TABLES + 2,
        .app = app,
        .auth = auth,
        .open = open,
        .access_log = CHIP_ACCESS_LOG_NONE,
    };
    struct chip_server *server;
    struct chip_err err;
    must(chip_server_start(&server, &settings, &err), &err);
    printf("port %d\n", chip_server_port(server));
    fflush(stdout);
    obey(app->store);
    chip_server_drain(server, 5);
    chip_server_stop(server);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--routes") == 0)
        return print_routes();
    if (argc < 2)
        return 2;
    struct settings s = {.store.data_dir = argv[1],
                         .uploads.data_dir = argv[1],
                         .uploads.keep_free_bytes = 1,
                         .guard.allow = "127.0.0.1"};
    for (int i = 2; i < argc; i++)
        set(&s, argv[i]);
    s.auth.open = !s.auth.api_keys && !s.auth.jwt_secret;

    struct chip_err err;
    struct chip_auth *auth;
    struct chip_guard *guard, *callback_guard;
    struct chip_app app = {.data_dir = argv[1],
                           .node = "here",
                           .model = "moonshine-base",
                           .is_ready = is_ready,
                           .ping_ms = 200};
    must(chip_store_open(&app.store, &s.store, &err), &err);
    must(chip_store_migrate(app.store, NULL, &err), &err);
    must(chip_watch_start(&app.watch, app.store, 5, &err), &err);
    must(chip_job_cache_new(&app.jobs, &err), &err);
    const struct chip_errands_settings errands = {.threads = 2, .max_waiting = 2};
    must(chip_errands_start(&app.errands, &errands, &err), &err);
    must(chip_meters_new(&app.meters, &err), &err);
    struct chip_web *web = NULL;
    if (s.web)
        must(chip_web_open(&web, s.web, &err), &err);
    app.web = web;
    must(chip_uploads_open(&app.uploads, &s.uploads, &err), &err);
    must(chip_guard_new(&guard, &s.guard, &err), &err);
    s.guard.https_only = true;
    must(chip_guard_new(&callback_guard, &s.guard, &err), &err);
    must(chip_auth_new(&auth, &s.auth, &err), &err);
    app.wait_ms = s.wait_ms;
    app.guard = guard;
    app.minutes = &s.minutes;
    app.callback_guard = callback_guard;
    app.auth = s.auth.open ? NULL : auth;
    serve(&app, auth, s.auth.open);
    chip_errands_stop(app.errands);
    chip_watch_stop(app.watch);
    chip_auth_free(auth);
    chip_guard_free(callback_guard);
    chip_guard_free(guard);
    chip_web_free(web);
    chip_uploads_close(app.uploads);
    chip_meters_free(app.meters);
    chip_job_cache_free(app.jobs);
    chip_store_close(app.store);
    return 0;
}
