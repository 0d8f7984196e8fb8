/**
 * What is counted and measured, for Prometheus (text format 0.0.4).
 *
 *     struct chip_meter *jobs = chip_meters_family(meters, CHIP_COUNTER, "chip_jobs_total",
 *                                                  "Jobs that ended.", "status", NULL, 0);
 *     struct chip_series *done = chip_meter_series(jobs, "completed");
 *     chip_series_add(done, 1);
 *
 * Families and series are made once and live as long as the meters; keep their pointers. Adding is
 * lock-free, from any thread; all functions accept NULL in place of a meter or series and do
 * nothing then, so a counter that could not be made costs its numbers only.
 *
 * Label values come from closed sets (a state, a route's template), never from outside.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct chip_meters;
struct chip_meter;
struct chip_series;

enum chip_meter_kind { CHIP_COUNTER, CHIP_GAUGE, CHIP_HISTOGRAM };

/** Series of one family; beyond that there is one more for all others, its labels "other". */
enum { CHIP_MAX_SERIES = 1000, CHIP_MAX_LABELS = 4, CHIP_MAX_BUCKETS = 16 };

CHIP_MUST_CHECK
enum chip_status chip_meters_new(struct chip_meters **out, struct chip_err *err);
void chip_meters_free(struct chip_meters *meters);
CHIP_DEFINE_AUTO(chip_meters)

/**
 * A family of series; the same name again gives the same one.
 *
 * @param name    "chip_..."; counters end in _total, units are seconds and bytes
 * @param labels  names of labels, "route method status"; "": none
 * @param buckets [n_buckets] upper bounds, rising, without +Inf; histograms only
 * @return NULL without memory or with more labels or buckets than there may be
 */
struct chip_meter *chip_meters_family(struct chip_meters *meters, enum chip_meter_kind kind,
                                      const char *name, const char *help, const char *labels,
                                      const double *buckets, size_t n_buckets);

/** The series for these label values, as many as the family has labels; found, or made. */
struct chip_series *chip_meter_series(struct chip_meter *family, ...);

void chip_series_add(struct chip_series *series, double amount);
void chip_series_set(struct chip_series *series, double value);
void chip_series_observe(struct chip_series *series, double value);

/**
 * Has `collect` called at every scrape, to append whole families that are known elsewhere: numbers
 * of jobs, memory. Use chip_meters_head() and chip_meters_sample().
 */
enum chip_status chip_meters_collect(struct chip_meters *meters,
                                     void (*collect)(void *user, struct chip_str *out), void *user);

void chip_meters_head(struct chip_str *out, enum chip_meter_kind kind, const char *name,
                      const char *help);
/** @param labels pairs, ended by NULL: "state", "pending", NULL */
void chip_meters_sample(struct chip_str *out, const char *name, double value, ...);

/** Its Content-Type. */
extern const char chip_meters_type[];

/** @param out the whole text, malloc'ed */
CHIP_MUST_CHECK
enum chip_status chip_meters_write(struct chip_meters *meters, char **out, struct chip_err *err);
