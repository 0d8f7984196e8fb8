#include "http/request_meters.h"

#include <stdatomic.h>
#include <stdlib.h>

static const double seconds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                 0.25,  0.5,    1,     2.5,  5,     10};
enum { N_SECONDS = sizeof seconds / sizeof *seconds, CLASSES = 5 };

static const char *const classes[CLASSES] = {"1xx", "2xx", "3xx", "4xx", "5xx"};

struct of_route {
    _Atomic(struct chip_series *) by_class[CLASSES]; /* made when first needed */
    _Atomic(struct chip_series *) duration;
};

struct chip_request_meters {
    const struct chip_router *router;
    struct chip_meter *requests, *durations;
    struct chip_series *in_progress, *bodies;
    struct of_route *routes; /* [count + 1]; the last is for what has no route */
};

enum chip_status chip_request_meters_new(struct chip_request_meters **out,
                                         struct chip_meters *meters,
                                         const struct chip_router *router, struct chip_err *err)
{
    struct chip_request_meters *rm = calloc(1, sizeof *rm);
    if (rm)
        rm->routes = calloc(chip_router_count(router) + 1, sizeof *rm->routes);
    if (!rm || !rm->routes) {
        chip_request_meters_free(rm);
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");
    }
    rm->router = router;
    rm->requests =
        chip_meters_family(meters, CHIP_COUNTER, "chip_http_requests_total",
                           "Requests that were answered.", "route method status", NULL, 0);
    rm->durations = chip_meters_family(
        meters, CHIP_HISTOGRAM, "chip_http_request_duration_seconds",
        "From a request's first line to the end of its answer; streams are not in it.",
        "route method", seconds, N_SECONDS);
    rm->in_progress = chip_meter_series(chip_meters_family(
        meters, CHIP_GAUGE, "chip_http_requests_in_progress",
        "Requests that are being read or answered, streams included.", "", NULL, 0));
    rm->bodies = chip_meter_series(chip_meters_family(meters, CHIP_GAUGE, "chip_http_bodies_bytes",
                                                      "Memory of bodies that are being collected.",
                                                      "", NULL, 0));
    *out = rm;
    return CHIP_OK;
}

void chip_request_meters_free(struct chip_request_meters *rm)
{
    if (!rm)
        return;
    free(rm->routes);
    free(rm);
}

void chip_request_meters_count(struct chip_request_meters *rm, long route, int status, int64_t ns)
{
    size_t none = chip_router_count(rm->router), i = route < 0 ? none : (size_t)route;
    const struct chip_route *r = route < 0 ? NULL : chip_router_route(rm->router, i);
    const char *path = r ? r->path : "none", *method = r ? r->method : "any";
    struct of_route *of = &rm->routes[i];
    int class = status / 100 - 1;
    if (class < 0 || class >= CLASSES)
        return;
    struct chip_series *count = of->by_class[class];
    if (!count)
        count = of->by_class[class] = chip_meter_series(rm->requests, path, method, classes[class]);
    chip_series_add(count, 1);
    if (ns < 0)
        return;
    struct chip_series *duration = of->duration;
    if (!duration)
        duration = of->duration = chip_meter_series(rm->durations, path, method);
    chip_series_observe(duration, (double)ns / 1e9);
}

void chip_request_meters_in_progress(struct chip_request_meters *rm, int change)
{
    chip_series_add(rm->in_progress, change);
}

void chip_request_meters_bodies(struct chip_request_meters *rm, double bytes)
{
    chip_series_add(rm->bodies, bytes);
}
