/** What `chip doctor` looks at, one function per topic; each appends its lines. */
#pragma once

#include "base/str.h"
#include "cli/settings.h"

enum chip_check_state {
    CHIP_CHECK_OK,
    CHIP_CHECK_WARN, /* works, but could be better */
    CHIP_CHECK_FAIL, /* transcribing does not work without it */
};

struct chip_check {
    enum chip_check_state state;
    char name[32];
    char detail[400];
    char hint[520]; /* what to do; "" nothing */
};

enum { CHIP_CHECKS_MAX = 64 };

struct chip_checks {
    struct chip_check items[CHIP_CHECKS_MAX];
    size_t n; /* further ones are left out */
};

/** Appends a line; its detail and hint follow with chip_check_detail() and chip_check_hint(). */
struct chip_check *chip_checks_add(struct chip_checks *checks, const char *name);
void chip_check_detail(struct chip_check *check, const char *fmt, ...) CHIP_PRINTF(2, 3);
void chip_check_hint(struct chip_check *check, enum chip_check_state state, const char *fmt, ...)
    CHIP_PRINTF(3, 4);

/** CPU, kernels, integer products, threads, memory, temporary folder. */
void chip_check_machine(struct chip_checks *checks);

/** FFmpeg and its decoders, oneDNN, jansson, libcurl, OpenSSL. */
void chip_check_libraries(struct chip_checks *checks);

/** The service's settings, data folder, store, who may call it, and how decoders are locked in. */
void chip_check_service(struct chip_checks *checks);

/** Who writes minutes, and the file of values. No network is needed. */
void chip_check_minutes(struct chip_checks *checks, const struct chip_settings *settings);

/** Where models are searched, which are there, and how to get those that are not. */
void chip_check_models(struct chip_checks *checks);
