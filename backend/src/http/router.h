/**
 * Which route a request is for. A literal part of a path wins over a parameter: "/api/jobs/stats"
 * over "/api/jobs/{id}". "/{page*}" takes what no other route is for, slashes included. Read only
 * once it is made; any thread.
 */
#pragma once

#include <stdbool.h>

#include "http/http.h"
#include "http/target.h"

struct chip_router;

/** @return CHIP_OK; CHIP_E_INVAL for two routes that cannot be told apart; CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_router_new(struct chip_router **out, const struct chip_route_table *tables,
                                 size_t n_tables, struct chip_err *err);
void chip_router_free(struct chip_router *router);
CHIP_DEFINE_AUTO(chip_router)

/** Routes are numbered from 0, for tables of counters. */
size_t chip_router_count(const struct chip_router *router);
const struct chip_route *chip_router_route(const struct chip_router *router, size_t number);

enum { CHIP_ALLOW_TEXT = 96 };

struct chip_match {
    const struct chip_route *route; /* NULL: none for that path and method */
    size_t number;
    bool path_known; /* there are routes for that path */
    bool rest;       /* only one that takes the rest */
    const char *params[CHIP_MAX_PARAMS];
    char allow[CHIP_ALLOW_TEXT]; /* "GET, HEAD, OPTIONS"; only without a route, and for OPTIONS */
};

/**
 * @param method "GET"; HEAD finds the route of GET
 * @param target parameters point into it
 */
void chip_router_match(const struct chip_router *router, const char *method,
                       const struct chip_target *target, struct chip_match *match);
