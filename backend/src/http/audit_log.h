/**
 * Writes the audit log from a thread of its own, many entries at a time, so that no request waits
 * for it. Its queue has an end: what finds no room, and what the store would not take after some
 * tries, is dropped, counted and logged.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "http/meters.h"
#include "store/store.h"

struct chip_audit_log;

/** @param dropped counts; may be NULL */
CHIP_MUST_CHECK
enum chip_status chip_audit_log_new(struct chip_audit_log **out, struct chip_store *store,
                                    struct chip_series *dropped, struct chip_err *err);

/** Writes what is left, for up to five seconds. NULL is accepted. */
void chip_audit_log_free(struct chip_audit_log *audit);

/**
 * Whether the same (who reads what from where, as text) was noted within the last minute: pages
 * poll, and one entry a minute says as much as twenty. Any thread.
 */
bool chip_audit_log_repeats(struct chip_audit_log *audit, const char *what);

/**
 * Any thread; never waits.
 *
 * @param entry as add_audit of the store wants it; its reference is taken; NULL is a dropped one
 */
void chip_audit_log_add(struct chip_audit_log *audit, json_t *entry);
