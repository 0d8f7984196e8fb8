/**
 * The stack machine that a pickle is a program for, as far as weights need it: values, a stack with
 * marks, and reading operands. It knows no module and can call nothing. Private to pickle.c.
 */
#pragma once

#include <stdbool.h>

#include "models/pickle.h"

enum chip_pickle_kind {
    CHIP_PICKLE_OTHER,
    CHIP_PICKLE_MARK,
    CHIP_PICKLE_NUMBER,
    CHIP_PICKLE_TEXT,
    CHIP_PICKLE_GLOBAL,
    CHIP_PICKLE_TUPLE,
    CHIP_PICKLE_STORAGE,
    CHIP_PICKLE_TENSOR
};

/* CHIP_PICKLE_TEXT, CHIP_PICKLE_GLOBAL (its name without the module) and CHIP_PICKLE_STORAGE (its
 * key) have text; a CHIP_PICKLE_TUPLE has items; a CHIP_PICKLE_TENSOR's items are those of the call
 * that makes it. */
struct chip_pickle_value {
    enum chip_pickle_kind kind;
    int64_t number;
    const char *text;
    size_t len;
    size_t first, n; /* in `items`; a CHIP_PICKLE_STORAGE has its type there */
};

struct chip_pickle_values {
    struct chip_pickle_value *at;
    size_t n, room;
};

struct chip_pickle_machine {
    const unsigned char *next, *end;
    size_t size; /* of all of it: more places than bytes cannot be in use */
    struct chip_pickle_values stack, items, memo;
    enum chip_status (*found)(void *, const struct chip_pickle_tensor *, struct chip_err *);
    void *user;
    enum chip_status status; /* the first failure; everything after it does nothing */
    struct chip_err *err;
};

/* After a failure all of these do nothing. */

/** Notes that the data are not what they should be. */
void chip_pickle_broken(struct chip_pickle_machine *m);
/** Adds a value to a list. */
void chip_pickle_append(struct chip_pickle_machine *m, struct chip_pickle_values *v,
                        struct chip_pickle_value value);
void chip_pickle_push(struct chip_pickle_machine *m, struct chip_pickle_value value);
/** The newest value of the stack, taken off; CHIP_PICKLE_OTHER after a failure. */
struct chip_pickle_value chip_pickle_pop(struct chip_pickle_machine *m);
/** The n newest values of the stack as one, which is not pushed. */
struct chip_pickle_value chip_pickle_tuple(struct chip_pickle_machine *m, size_t n);
/** How many values lie above the newest mark. */
size_t chip_pickle_above_mark(struct chip_pickle_machine *m);
/** Takes those values and the mark away. */
void chip_pickle_drop_to_mark(struct chip_pickle_machine *m);
/** The next n bytes of the program; NULL after a failure, or when there are not so many. */
const unsigned char *chip_pickle_take(struct chip_pickle_machine *m, uint64_t n);
/** A little-endian number of so many bytes. */
uint64_t chip_pickle_take_number(struct chip_pickle_machine *m, size_t bytes);
/** Pushes values, the latter two with their bytes taken from the program. */
void chip_pickle_push_number(struct chip_pickle_machine *m, int64_t x);
void chip_pickle_push_text(struct chip_pickle_machine *m, enum chip_pickle_kind kind, uint64_t n);
void chip_pickle_push_other(struct chip_pickle_machine *m);
void chip_pickle_push_long(struct chip_pickle_machine *m, uint64_t n);
/** The rest of a line, as text. */
struct chip_pickle_value chip_pickle_take_line(struct chip_pickle_machine *m);
/** Whether a value is of a kind and has a text. */
bool chip_pickle_is(struct chip_pickle_value v, enum chip_pickle_kind kind, const char *text);
