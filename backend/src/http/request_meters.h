/** Counts requests by route, method and kind of status, and how long they took. Any thread. */
#pragma once

#include <stdint.h>

#include "http/meters.h"
#include "http/router.h"

struct chip_request_meters;

/** @param meters NULL: nothing is counted */
CHIP_MUST_CHECK
enum chip_status chip_request_meters_new(struct chip_request_meters **out,
                                         struct chip_meters *meters,
                                         const struct chip_router *router, struct chip_err *err);
void chip_request_meters_free(struct chip_request_meters *rm);

/**
 * @param route its number; -1: none was found
 * @param ns    how long it took; negative: a stream, whose time says nothing
 */
void chip_request_meters_count(struct chip_request_meters *rm, long route, int status, int64_t ns);

/** A request begins (1) or ends (-1). */
void chip_request_meters_in_progress(struct chip_request_meters *rm, int change);
/** Memory of collected bodies grows or shrinks by that. */
void chip_request_meters_bodies(struct chip_request_meters *rm, double bytes);
