/* How the service is: health, readiness, numbers; what it answers, who can write minutes. */

#include <stdlib.h>
#include <string.h>

#include "http/meters.h"
#include "http/openapi.h"
#include "http/routes.h"
#include "minutes/choose.h"
#include "minutes/template.h"

/* ---- alive, ready ---- */

static void get_health(struct chip_request *req)
{
    chip_route_reply(req, 200, json_pack("{s:s, s:s}", "status", "ok", "version", chip_version()));
}

static void add_reason(json_t *reasons, const char *text)
{
    json_array_append_new(reasons, json_string(text));
}

static void get_ready(struct chip_request *req)
{
    const struct chip_app *app = chip_request_app(req);
    const char *why = "it is still starting";
    struct chip_err err;
    json_t *reasons = json_array();
    if (app->is_ready && !app->is_ready(app->ready_user, &why))
        add_reason(reasons, why);
    if (chip_store_call(app->store, NULL, "queue_stats", json_object(), NULL, &err) != CHIP_OK)
        add_reason(reasons, "the store does not answer");
    if (reasons && json_array_size(reasons) == 0) {
        json_decref(reasons);
        chip_route_reply(req, 200, json_pack("{s:s}", "status", "ready"));
        return;
    }
    chip_reply_header(req, "Retry-After", "1");
    chip_reply_error(req, 503, "not_ready", "chip cannot take work now",
                     json_pack("{s:o*}", "reasons", reasons));
}

/* ---- numbers ---- */

static void add_gauge(struct chip_str *out, const json_t *stats, const char *column,
                      const char *name, const char *help)
{
    chip_meters_head(out, CHIP_GAUGE, name, help);
    chip_meters_sample(out, name, json_number_value(json_object_get(stats, column)), NULL);
}

static void add_queue(struct chip_str *out, const json_t *stats)
{
    static const char *const states[] = {"pending", "processing", "completed", "failed",
                                         "cancelled"};
    chip_meters_head(out, CHIP_GAUGE, "chip_jobs", "Jobs in the store, by state.");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        chip_meters_sample(out, "chip_jobs", json_number_value(json_object_get(stats, states[i])),
                           "state", states[i], NULL);
    add_gauge(out, stats, "oldest_pending_seconds", "chip_queue_oldest_pending_seconds",
              "How long the oldest job has waited that could be started.");
    add_gauge(out, stats, "retries_waiting", "chip_queue_retries_waiting",
              "Jobs that failed and wait for their next try.");
    add_gauge(out, stats, "deliveries_pending", "chip_webhook_deliveries_pending",
              "Webhooks that are still to be delivered.");
}

static void get_metrics(struct chip_request *req)
{
    const struct chip_app *app = chip_request_app(req);
    struct chip_str out = {0};
    struct chip_err err;
    char *meters = NULL, *text = NULL;
    json_t *stats = NULL;
    enum chip_status up =
        chip_store_call(app->store, NULL, "queue_stats", json_object(), &stats, &err);
    chip_meters_head(&out, CHIP_GAUGE, "chip_store_up", "1 if the store answers.");
    chip_meters_sample(&out, "chip_store_up", up == CHIP_OK, NULL);
    if (up == CHIP_OK)
        add_queue(&out, stats);
    json_decref(stats);
    enum chip_status st = app->meters ? chip_meters_write(app->meters, &meters, &err) : CHIP_OK;
    if (st == CHIP_OK) {
        chip_str_add(&out, meters ? meters : "");
        st = chip_str_finish(&out, &text, &err);
    }
    free(meters);
    chip_str_done(&out);
    if (st == CHIP_OK)
        chip_reply_text(req, 200, chip_meters_type, text, strlen(text));
    else
        chip_reply_failure(req, &err);
}

/* ---- what it answers ---- */

static void get_openapi(struct chip_request *req)
{
    char *text = malloc(chip_openapi_size + 1);
    if (text)
        memcpy(text, chip_openapi, chip_openapi_size + 1);
    chip_reply_header(req, "Cache-Control", "no-cache");
    chip_reply_text(req, 200, "application/yaml; charset=utf-8", text, chip_openapi_size);
}

/* ---- what a job can ask for ---- */

static void get_minutes(struct chip_request *req)
{
    static const struct chip_minutes_provider nobody;
    const struct chip_minutes_provider *minutes = chip_request_app(req)->minutes;
    json_t *providers = NULL;
    struct chip_err err;
    if (chip_minutes_choices(minutes ? minutes : &nobody, &providers, &err) != CHIP_OK)
        chip_reply_failure(req, &err);
    else
        chip_route_reply(req, 200,
                         json_pack("{s:o, s:o}", "providers", providers, "templates",
                                   chip_template_list(minutes ? minutes->templates_dir : NULL)));
}

static const struct chip_route routes[] = {
    {"GET", "/api/health", CHIP_ROUTE_PUBLIC, .handle = get_health},
    {"GET", "/api/ready", CHIP_ROUTE_PUBLIC, .handle = get_ready},
    {"GET", "/metrics", CHIP_ROUTE_SERVICE, .handle = get_metrics},
    {"GET", "/api/minutes", .handle = get_minutes},
    {"GET", "/api/openapi.yaml", CHIP_ROUTE_PUBLIC, .handle = get_openapi},
};

const struct chip_route_table chip_routes_service = CHIP_ROUTE_TABLE(routes);
