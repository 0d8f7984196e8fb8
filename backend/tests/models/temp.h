/** A temporary folder for each test. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char temp[64]; /* the folder of the running test */

static int temp_make(void **state)
{
    (void)state;
    strcpy(temp, "/tmp/chip-models-XXXXXX");
    return mkdtemp(temp) ? 0 : -1;
}

static int temp_delete(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", temp);
    return system(command);
}

/** The path of something in it; a few at a time. */
__attribute__((unused)) static const char *temp_path(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", temp, name);
    return path;
}

__attribute__((unused)) static void write_bytes(const char *path, const void *data, size_t n)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, n, file) != n || fclose(file) != 0)
        abort();
}

__attribute__((unused)) static void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

/** The whole file, NUL-terminated; free it. */
__attribute__((unused)) static char *read_bytes(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        abort();
    *n = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*n + 1);
    if (!data || fread(data, 1, *n, file) != *n)
        abort();
    data[*n] = '\0';
    fclose(file);
    return data;
}

__attribute__((unused)) static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

#define IN_TEMP(test) cmocka_unit_test_setup_teardown(test, temp_make, temp_delete)
