/**
 * The script of a meeting: who takes part, and what is said in which order.
 *
 * One thread. Every function stops the program with a message when something is wrong: this is a
 * tool of the build, and half a sample is of no use.
 */
#pragma once

#include <stddef.h>

enum { SCRIPT_MAX_PEOPLE = 8, SCRIPT_MAX_LINES = 500 };

struct script_person {
    const char *name;
    const char *voice; /* of flite: "slt" */
};

struct script_line {
    int id;
    size_t person; /* index into people */
    long gap_ms;   /* from the end of everything before; negative: begins earlier than that */
    const char *text;
};

/** Everything in it lives until the program ends. */
struct script {
    struct script_person people[SCRIPT_MAX_PEOPLE];
    size_t n_people;
    struct script_line lines[SCRIPT_MAX_LINES];
    size_t n_lines;
};

/** Prints "speak: ..." and ends the program with exit code 1. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/** malloc() and strdup() that die. */
void *take(size_t size_bytes);
char *take_copy(const char *text);

/** Reads FOLDER/people.tsv and FOLDER/script.tsv. */
void script_load(struct script *script, const char *folder);
