#include "script.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINE_BYTES = 2000, MAX_GAP_MS = 10000 };

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("speak: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void *take(size_t size_bytes)
{
    void *memory = malloc(size_bytes ? size_bytes : 1);
    if (!memory)
        die("out of memory");
    return memory;
}

char *take_copy(const char *text)
{
    size_t size_bytes = strlen(text) + 1;
    return memcpy(take(size_bytes), text, size_bytes);
}

/** A table with one heading line; lines that begin with '#' are comments. */
struct table {
    char path[512];
    FILE *file;
    int row; /* of the file, for messages */
};

/** Reads the next line that is no comment. @return whether there was one */
static bool table_line(struct table *table, char line[MAX_LINE_BYTES])
{
    do {
        if (!fgets(line, MAX_LINE_BYTES, table->file))
            return false;
        table->row++;
    } while (line[0] == '#');

    size_t length = strcspn(line, "\n");
    if (line[length] != '\n')
        die("%s:%d: the row is too long or does not end", table->path, table->row);
    line[length] = '\0';
    return true;
}

static void table_open(struct table *table, const char *folder, const char *name,
                       const char *heading)
{
    snprintf(table->path, sizeof table->path, "%s/%s", folder, name);
    table->file = fopen(table->path, "r");
    table->row = 0;
    if (!table->file)
        die("can't open %s", table->path);

    char line[MAX_LINE_BYTES];
    if (!table_line(table, line) || strcmp(line, heading) != 0)
        die("%s does not begin with the heading '%s'", table->path, heading);
}

/** Reads the next row into n owned cells. @return false at the end of the file, which it closes */
static bool table_next(struct table *table, char **cells, size_t n)
{
    char line[MAX_LINE_BYTES];
    if (!table_line(table, line)) {
        fclose(table->file);
        return false;
    }

    char *rest = take_copy(line);
    for (size_t i = 0; i < n; i++) {
        cells[i] = rest;
        rest = strchr(rest, '\t');
        if (!rest != (i == n - 1))
            die("%s:%d: a row has %zu cells, split by tabs", table->path, table->row, n);
        if (rest)
            *rest++ = '\0';
        if (!*cells[i])
            die("%s:%d: an empty cell", table->path, table->row);
    }
    return true;
}

static long number(const struct table *table, const char *cell, long least, long most)
{
    char *end;
    long value = strtol(cell, &end, 10);
    if (*end || value < least || value > most)
        die("%s:%d: '%s' is not a number from %ld to %ld", table->path, table->row, cell, least,
            most);
    return value;
}

static void load_people(struct script *script, const char *folder)
{
    struct table table;
    char *cells[3];
    table_open(&table, folder, "people.tsv", "name\tvoice\tpart");
    while (table_next(&table, cells, 3)) {
        if (script->n_people == SCRIPT_MAX_PEOPLE)
            die("%s: more than %d people", table.path, SCRIPT_MAX_PEOPLE);
        script->people[script->n_people++] = (struct script_person){cells[0], cells[1]};
    }
}

static size_t person_named(const struct script *script, const struct table *table, const char *name)
{
    for (size_t i = 0; i < script->n_people; i++)
        if (strcmp(script->people[i].name, name) == 0)
            return i;
    die("%s:%d: '%s' is not in people.tsv", table->path, table->row, name);
}

static void load_lines(struct script *script, const char *folder)
{
    struct table table;
    char *cells[4];
    table_open(&table, folder, "script.tsv", "id\tspeaker\tgap_ms\ttext");
    while (table_next(&table, cells, 4)) {
        if (script->n_lines == SCRIPT_MAX_LINES)
            die("%s: more than %d lines", table.path, SCRIPT_MAX_LINES);
        script->lines[script->n_lines++] = (struct script_line){
            .id = (int)number(&table, cells[0], 1, SCRIPT_MAX_LINES),
            .person = person_named(script, &table, cells[1]),
            .gap_ms = number(&table, cells[2], -MAX_GAP_MS, MAX_GAP_MS),
            .text = cells[3],
        };
    }
}

void script_load(struct script *script, const char *folder)
{
    memset(script, 0, sizeof *script);
    load_people(script, folder);
    load_lines(script, folder);
    if (!script->n_lines)
        die("%s/script.tsv has no lines", folder);
}
