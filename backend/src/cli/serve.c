#include "cli/serve.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/serve_meters.h"
#include "cli/web_dir.h"
#include "cli/webhook_secret.h"
#include "http/auth.h"
#include "http/errands.h"
#include "http/job_cache.h"
#include "http/limit.h"
#include "http/meters.h"
#include "http/openai.h"
#include "http/routes.h"
#include "http/routes_upload.h"
#include "http/session.h"
#include "http/watch.h"
#include "http/web.h"

enum {
    WATCH_MS = 150,
    DELIVERIES_MS = 1000,
    DRAIN_SECONDS = 1,
    GRACE_MS = 6000, /* with the above within the 10 s that Cloud Run gives */
};

/* ---- who may come in, and where we may go ---- */

static enum chip_status open_auth(struct chip_serve *serve, struct chip_err *err)
{
    const struct chip_settings *set = &serve->service.settings;
    const char *supabase = chip_settings_text(set, CHIP_SET_SUPABASE_URL);
    struct chip_str jwks = {0}, issuer = {0};
    if (supabase) {
        size_t n = strlen(supabase);
        while (n > 0 && supabase[n - 1] == '/')
            n--;
        chip_str_addf(&issuer, "%.*s/auth/v1", (int)n, supabase);
        chip_str_addf(&jwks, "%.*s/auth/v1/.well-known/jwks.json", (int)n, supabase);
    }
    const struct chip_auth_settings auth = {
        .open = !supabase && !chip_settings_text(set, CHIP_SET_API_KEY) &&
                !chip_settings_text(set, CHIP_SET_SUPABASE_JWT_SECRET),
        .api_keys = chip_settings_text(set, CHIP_SET_API_KEY),
        .jwt_secret = chip_settings_text(set, CHIP_SET_SUPABASE_JWT_SECRET),
        .jwks_url = jwks.data,
        .issuer = issuer.data,
    };
    enum chip_status s = jwks.failed || issuer.failed
                             ? chip_fail(err, CHIP_E_NOMEM, "not enough memory for the settings")
                             : chip_auth_new(&serve->auth, &auth, err);
    chip_str_done(&jwks);
    chip_str_done(&issuer);
    return s;
}

static enum chip_status open_guards(struct chip_serve *serve, struct chip_err *err)
{
    struct chip_guard_settings guard = {
        .allow = chip_settings_text(&serve->service.settings, CHIP_SET_FETCH_ALLOW)};
    enum chip_status s = chip_guard_new(&serve->guard, &guard, err);
    guard.https_only = true;
    return s == CHIP_OK ? chip_guard_new(&serve->callback_guard, &guard, err) : s;
}

static enum chip_status open_limit(struct chip_serve *serve, struct chip_err *err)
{
    double per_minute = (double)chip_settings_number(&serve->service.settings, CHIP_SET_RATE_LIMIT);
    if (per_minute <= 0)
        return CHIP_OK;
    /* A page asks for several things at once: a sixth of a minute's requests may come together. */
    const struct chip_limit_settings limit = {.per_second = per_minute / 60,
                                              .burst = per_minute < 60 ? 10 : per_minute / 6};
    return chip_limit_new(&serve->limit, &limit, err);
}

static enum chip_status open_uploads(struct chip_serve *serve, struct chip_err *err)
{
    const struct chip_settings *set = &serve->service.settings;
    const struct chip_upload_settings uploads = {
        .data_dir = serve->service.data_dir,
        .max_bytes = chip_settings_number(set, CHIP_SET_MAX_UPLOAD_BYTES),
        .expire_seconds = (int)chip_settings_number(set, CHIP_SET_UPLOAD_HOURS) * 3600,
    };
    return chip_uploads_open(&serve->uploads, &uploads, err);
}

/* ---- what works in the background ---- */

static enum chip_status add_arg(struct chip_serve *serve, size_t *n, const char *arg,
                                struct chip_err *err)
{
    serve->worker_args[*n] = strdup(arg);
    if (!serve->worker_args[*n])
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to start workers");
    ++*n;
    return CHIP_OK;
}

/* What is set on the command line goes on to the workers there; the rest is in the environment. */
static enum chip_status start_workers(struct chip_serve *serve, struct chip_err *err)
{
    const struct chip_settings *set = &serve->service.settings;
    int n_workers = (int)chip_settings_number(set, CHIP_SET_WORKERS);
    if (n_workers == 0)
        return CHIP_OK;
    char fd[16];
    snprintf(fd, sizeof fd, "%d", CHIP_CHILD_FD);
    const char *const args[] = {
        "chip",       "worker",
        "--child-fd", fd,
        "--data-dir", serve->service.data_dir,
        "--model",    chip_settings_text(set, CHIP_SET_MODEL),
        "--threads",  chip_settings_text(set, CHIP_SET_THREADS),
    };
    size_t n = 0;
    enum chip_status s = CHIP_OK;
    for (size_t i = 0; s == CHIP_OK && i < sizeof args / sizeof *args; i++)
        s = add_arg(serve, &n, args[i], err);
    if (s != CHIP_OK)
        return s;
    const struct chip_supervisor_settings workers = {.argv = serve->worker_args,
                                                     .n_workers = n_workers,
                                                     .grace_ms = GRACE_MS,
                                                     .is_held =
                                                         chip_settings_number(set, CHIP_SET_PUSH)};
    return chip_supervisor_start(&serve->workers, &workers, err);
}

/* A secret that makes no sense is told before anybody is let in. */
static enum chip_status check_secrets(const struct chip_serve *serve, struct chip_err *err)
{
    struct chip_webhook_keys keys;
    return chip_webhook_keys_parse(
        chip_settings_text(&serve->service.settings, CHIP_SET_WEBHOOK_SECRET), &keys, err);
}

static enum chip_status start_deliveries(struct chip_serve *serve, struct chip_err *err)
{
    char *secrets = NULL;
    struct chip_webhook_keys keys;
    enum chip_status s = chip_webhook_secrets(&serve->service, &secrets, err);
    if (s == CHIP_OK)
        s = chip_webhook_keys_parse(secrets, &keys, err);
    free(secrets);
    if (s != CHIP_OK)
        return s;
    const struct chip_deliveries_settings deliveries = {.store = serve->service.store,
                                                        .guard = serve->callback_guard,
                                                        .keys = &keys,
                                                        .poll_ms = DELIVERIES_MS};
    return chip_deliveries_start(&serve->deliveries, &deliveries, err);
}

static enum chip_status start_housekeeping(struct chip_serve *serve, struct chip_err *err)
{
    const struct chip_housekeeping_settings housekeeping = {
        .store = serve->service.store,
        .uploads = serve->uploads,
        .data_dir = serve->service.data_dir,
        .retain_days = (int)chip_settings_number(&serve->service.settings, CHIP_SET_RETAIN_DAYS),
    };
    return chip_housekeeping_start(&serve->housekeeping, &housekeeping, err);
}

/* ---- the server ---- */

static bool is_ready(void *user, const char **why)
{
    static const char *const waits = "workers are still opening the speech model";
    static const char *const fails =
        "no worker can start; 'chip doctor' and the log say what is missing";
    struct chip_serve *serve = user;
    if (!serve->workers)
        return true;
    struct chip_workers_state state;
    chip_supervisor_state(serve->workers, &state);
    *why = state.why[0] ? fails : waits;
    return state.ready > 0 || state.at_rest;
}

static void wake_workers(void *user)
{
    struct chip_serve *serve = user;
    if (serve->workers)
        chip_supervisor_wake(serve->workers);
}

/* ---- CHIP_PUSH: work only while somebody waits for it ---- */

static void attend(void *user, bool waits)
{
    struct chip_serve *serve = user;
    pthread_mutex_lock(&serve->attend_lock);
    int before = serve->n_waiting;
    serve->n_waiting += waits ? 1 : -1;
    if (before == 0 || serve->n_waiting == 0)
        chip_supervisor_hold(serve->workers, serve->n_waiting == 0);
    pthread_mutex_unlock(&serve->attend_lock);
}

static bool is_at_rest(void *user)
{
    struct chip_serve *serve = user;
    struct chip_workers_state state;
    chip_supervisor_state(serve->workers, &state);
    pthread_mutex_lock(&serve->attend_lock);
    bool others_wait = serve->n_waiting > 0;
    pthread_mutex_unlock(&serve->attend_lock);
    return others_wait || state.at_rest;
}

static size_t collect_routes(struct chip_serve *serve)
{
    const struct chip_route_table all[] = {
        chip_routes_service,
        chip_routes_process,
        chip_routes_process_job,
        chip_routes_jobs,
        chip_routes_job_records,
        chip_routes_events,
        chip_routes_analysis,
        chip_routes_ask,
        chip_routes_export,
        chip_routes_audio,
        chip_routes_search,
        chip_routes_session,
        chip_routes_waveform,
        chip_routes_web,
        {chip_upload_routes, chip_upload_n_routes},
        {chip_openai_routes, chip_openai_n_routes},
    };
    static_assert(sizeof all == sizeof serve->tables, "as many as there is room for");
    memcpy(serve->tables, all, sizeof all);
    return sizeof all / sizeof *all;
}

static enum chip_status start_server(struct chip_serve *serve, struct chip_err *err)
{
    const struct chip_settings *set = &serve->service.settings;
    bool by_push = serve->workers && chip_settings_number(set, CHIP_SET_PUSH);
    serve->app = (struct chip_app){
        .store = serve->service.store,
        .data_dir = serve->service.data_dir,
        .node = serve->service.node,
        .model = chip_settings_text(set, CHIP_SET_MODEL),
        .jobs = serve->jobs,
        .errands = serve->errands,
        .watch = serve->watch,
        .meters = serve->meters,
        .auth = serve->auth,
        .guard = serve->guard,
        .callback_guard = serve->callback_guard,
        .uploads = serve->uploads,
        .web = serve->web,
        .minutes = &serve->minutes.provider,
        .max_upload_bytes = chip_settings_number(set, CHIP_SET_MAX_UPLOAD_BYTES),
        .max_duration_ms = chip_settings_number(set, CHIP_SET_MAX_DURATION_SECONDS) * 1000,
        .is_ready = is_ready,
        .ready_user = serve,
        .wake_workers = wake_workers,
        .wake_user = serve,
        .wait_ms = (int)chip_settings_number(set, CHIP_SET_WAIT_SECONDS) * 1000,
        .attend = by_push ? attend : NULL,
        .is_at_rest = by_push ? is_at_rest : NULL,
        .attend_user = serve,
    };
    const struct chip_server_settings server = {
        .host = chip_settings_text(set, CHIP_SET_HOST),
        .port = (int)chip_settings_number(set, CHIP_SET_PORT),
        .tables = serve->tables,
        .n_tables = collect_routes(serve),
        .app = &serve->app,
        .auth = serve->auth,
        .open = !chip_settings_text(set, CHIP_SET_API_KEY) &&
                !chip_settings_text(set, CHIP_SET_SUPABASE_URL) &&
                !chip_settings_text(set, CHIP_SET_SUPABASE_JWT_SECRET),
        .allow_open = chip_settings_number(set, CHIP_SET_ALLOW_OPEN),
        .origins = chip_settings_text(set, CHIP_SET_CORS_ORIGINS),
        .trusted_proxies = (int)chip_settings_number(set, CHIP_SET_TRUSTED_PROXIES),
        .limit = serve->limit,
        .max_connections = (int)chip_settings_number(set, CHIP_SET_MAX_CONNECTIONS),
        .trace_project = getenv("GOOGLE_CLOUD_PROJECT"),
    };
    return chip_server_start(&serve->server, &server, err);
}

/* The server comes before the workers, so that /api/health answers while they open their models. */
enum chip_status chip_serve_start(struct chip_serve *serve, struct chip_err *err)
{
    pthread_mutex_init(&serve->attend_lock, NULL);
    enum chip_status s = chip_minutes_settings_read(&serve->service.settings, &serve->minutes, err);
    if (s == CHIP_OK)
        s = chip_service_open(&serve->service, err);
    if (s == CHIP_OK)
        s = open_guards(serve, err);
    if (s == CHIP_OK)
        s = check_secrets(serve, err);
    if (s == CHIP_OK)
        s = open_auth(serve, err);
    if (s == CHIP_OK)
        s = open_limit(serve, err);
    if (s == CHIP_OK)
        s = open_uploads(serve, err);
    if (s == CHIP_OK)
        s = chip_web_dir_open(&serve->service.settings, &serve->web, err);
    if (s == CHIP_OK)
        s = chip_job_cache_new(&serve->jobs, err);
    if (s == CHIP_OK)
        s = chip_errands_start(&serve->errands, &(struct chip_errands_settings){0}, err);
    if (s == CHIP_OK)
        s = chip_meters_new(&serve->meters, err);
    if (s == CHIP_OK)
        s = chip_watch_start(&serve->watch, serve->service.store, WATCH_MS, err);
    if (s == CHIP_OK)
        s = start_workers(serve, err);
    if (s == CHIP_OK)
        s = chip_serve_meters_add(serve, err);
    if (s == CHIP_OK)
        s = start_server(serve, err);
    return s;
}

enum chip_status chip_serve_start_rest(struct chip_serve *serve, struct chip_err *err)
{
    enum chip_status s = start_deliveries(serve, err);
    return s == CHIP_OK ? start_housekeeping(serve, err) : s;
}

void chip_serve_stop(struct chip_serve *serve)
{
    if (serve->server && chip_server_drain(serve->server, DRAIN_SECONDS) > 0)
        chip_log(CHIP_LOG_WARNING, NULL, "some requests are cut off, as the server stops");
    if (serve->workers)
        chip_supervisor_halt(serve->workers);
    chip_server_stop(serve->server);
    chip_supervisor_stop(serve->workers);
    chip_deliveries_free(serve->deliveries);
    chip_housekeeping_stop(serve->housekeeping);
    chip_watch_stop(serve->watch);
    chip_meters_free(serve->meters);
    chip_errands_stop(serve->errands);
    chip_job_cache_free(serve->jobs);
    chip_web_free(serve->web);
    chip_uploads_close(serve->uploads);
    chip_limit_free(serve->limit);
    chip_auth_free(serve->auth);
    chip_guard_free(serve->callback_guard);
    chip_guard_free(serve->guard);
    for (size_t i = 0; i < CHIP_SERVE_WORKER_ARGS; i++)
        free(serve->worker_args[i]);
    chip_minutes_settings_done(&serve->minutes);
    chip_service_close(&serve->service);
}
