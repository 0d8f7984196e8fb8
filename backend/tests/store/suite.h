/**
 * What every store promises (docs/STORE.md), as one set of tests for all drivers.
 *
 *     static const struct chip_suite suite = {.open = fresh, .close = done};
 *     int main(void) { return chip_suite_run(&suite); }
 */
#pragma once

#include "store/store.h"

struct chip_suite {
    const char *name; /* of the driver */
    /** Makes a store with its schema and no rows; fails the test if it cannot. */
    struct chip_store *(*open)(void *user);
    void (*close)(void *user, struct chip_store *store);
    /** A token that says who the user is, for drivers that need one; NULL: they don't. */
    const char *(*token)(void *user, const char *user_id);
    void *user;
};

/** @return the number of tests that failed */
int chip_suite_run(const struct chip_suite *suite);
