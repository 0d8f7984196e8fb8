/** The running parts of `chip serve`, in the order in which they start; they stop the other way. */
#pragma once

#include <pthread.h>

#include "cli/housekeeping.h"
#include "cli/minutes_settings.h"
#include "cli/service.h"
#include "http/app.h"
#include "http/server.h"
#include "job/deliveries.h"
#include "job/supervisor.h"
#include "net/guard.h"
#include "store/uploads.h"

struct chip_errands;
struct chip_job_cache;
struct chip_limit;
struct chip_web;

enum { CHIP_SERVE_WORKER_ARGS = 12, CHIP_SERVE_TABLES = 16 };

struct chip_serve {
    struct chip_service service;
    struct chip_minutes_settings minutes;
    struct chip_uploads *uploads;
    struct chip_guard *guard;          /* of recordings */
    struct chip_guard *callback_guard; /* of webhooks: https only */
    struct chip_auth *auth;
    struct chip_limit *limit; /* NULL: none is set */
    struct chip_job_cache *jobs;
    struct chip_errands *errands;
    struct chip_meters *meters;
    struct chip_web *web; /* NULL: the web app is not built */
    struct chip_watch *watch;
    struct chip_supervisor *workers; /* NULL: CHIP_WORKERS is 0 */
    pthread_mutex_t attend_lock;
    int n_waiting; /* requests that wait for their job; under attend_lock; CHIP_PUSH only */
    struct chip_deliveries *deliveries;
    struct chip_housekeeping *housekeeping;
    struct chip_app app;
    struct chip_route_table tables[CHIP_SERVE_TABLES];
    struct chip_server *server;
    char *worker_args[CHIP_SERVE_WORKER_ARGS];
};

/**
 * Starts to answer, and workers.
 *
 * @param serve service.settings are loaded, the rest is zero; chip_serve_stop() is due in any case
 * @return CHIP_OK; what the first part that could not start says
 */
CHIP_MUST_CHECK
enum chip_status chip_serve_start(struct chip_serve *serve, struct chip_err *err);

/** Starts what nobody waits for: callbacks and tidying up. @return as above */
CHIP_MUST_CHECK
enum chip_status chip_serve_start_rest(struct chip_serve *serve, struct chip_err *err);

/** Finishes what is being answered, puts jobs down where they are: within 8 seconds. */
void chip_serve_stop(struct chip_serve *serve);
