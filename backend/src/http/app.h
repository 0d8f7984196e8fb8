/** What all routes share. Set up by the server's owner before it starts; read only after. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct chip_auth;
struct chip_errands;
struct chip_guard;
struct chip_job_cache;
struct chip_meters;
struct chip_minutes_provider;
struct chip_uploads;
struct chip_watch;
struct chip_web;

struct chip_app {
    struct chip_store *store;
    const char *data_dir;           /* uploads/, recordings/, tmp/ lie in it */
    const char *node;               /* whose data_dir it is: source.node of uploads */
    const char *model;              /* name of the default speech model */
    struct chip_watch *watch;       /* tells when jobs have new events; watch.h */
    struct chip_job_cache *jobs;    /* the last answers; job_cache.h; NULL: none are kept */
    struct chip_meters *meters;     /* counts for /metrics; meters.h */
    const struct chip_auth *auth;   /* makes short-lived links; auth.h; NULL: none are needed */
    const struct chip_guard *guard; /* where recordings may be fetched from; net/guard.h */
    const struct chip_guard *callback_guard; /* where webhooks may go: by https, unless listed */
    struct chip_uploads *uploads;            /* store/uploads.h */
    const struct chip_web *web;              /* the web app's files; web.h; NULL: it is not built */
    const struct chip_minutes_provider *minutes; /* who can write them; NULL: only the analyst */
    struct chip_errands *errands;                /* slow work for requests that wait; errands.h */
    int ping_ms; /* between comments in streams of events that are idle; 0: 15 s */
    int64_t max_upload_bytes;
    int64_t max_duration_ms;                        /* of a recording; 0: no limit */
    bool (*is_ready)(void *user, const char **why); /* models there, queue moving */
    void *ready_user;
    void (*wake_workers)(void *user); /* a job has become pending; NULL: they find it themselves */
    void *wake_user;
    int wait_ms; /* how long a request waits for its job; 0: 270 s */
    /* A request waits for its job, or no longer does; NULL: jobs are done without that too. */
    void (*attend)(void *user, bool waits);
    bool (*is_at_rest)(void *user); /* nobody waits, and what was in work has been put down */
    void *attend_user;
};
