/** The routes of jobs, and what they share. docs/openapi.yaml says what each answers. */
#pragma once

#include "base/uuid.h"
#include "http/app.h"
#include "http/http.h"

extern const struct chip_route_table chip_routes_ask;         /* .../ask */
extern const struct chip_route_table chip_routes_process;     /* POST /api/process */
extern const struct chip_route_table chip_routes_jobs;        /* /api/jobs, /api/jobs/{id} */
extern const struct chip_route_table chip_routes_job_records; /* .../deliveries, audit, token */
extern const struct chip_route_table chip_routes_analysis;    /* .../analysis */
extern const struct chip_route_table chip_routes_export;      /* .../export */
extern const struct chip_route_table chip_routes_audio;       /* .../audio */
extern const struct chip_route_table chip_routes_events;      /* .../events */
extern const struct chip_route_table chip_routes_process_job; /* /api/process-job */
extern const struct chip_route_table chip_routes_search;      /* /api/search */
extern const struct chip_route_table chip_routes_service;     /* health, ready, metrics, openapi */
extern const struct chip_route_table chip_routes_waveform;    /* .../waveform */
extern const struct chip_route_table chip_routes_web;         /* everything else: the web app */

/** For the tables above. */
#define CHIP_ROUTE_TABLE(array)                  \
    {                                            \
        (array), sizeof(array) / sizeof *(array) \
    }

/**
 * The job's id in the path, in lower case.
 *
 * @return false: it is no UUID, which has been answered: there is no such job
 */
bool chip_route_job_id(struct chip_request *req, char id[CHIP_UUID_TEXT]);

/**
 * Calls the store on behalf of the caller.
 *
 * @param args   as chip_store_call()
 * @param result a new reference; may be NULL
 * @return false: it failed, which has been answered
 */
bool chip_route_call(struct chip_request *req, const char *function, json_t *args, json_t **result);

/** Answers with `body`, a new reference; NULL is lack of memory. */
void chip_route_reply(struct chip_request *req, int status, json_t *body);

/** Reads ?name= as a whole number. @return false: it is none, which has been answered */
bool chip_route_number(struct chip_request *req, const char *name, int64_t least, int64_t most,
                       int64_t *out);
