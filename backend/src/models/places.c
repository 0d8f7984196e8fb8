#include "models/store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* A path that does not fit is left out. */
CHIP_PRINTF(2, 3)
static void add(struct chip_places *places, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(places->dirs[places->n], CHIP_STORE_PATH_MAX, fmt, args);
    va_end(args);
    if (n > 0 && n < CHIP_STORE_PATH_MAX)
        places->n++;
}

static const char *env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* The folder of the program, "" if the system does not say. */
static void program_folder(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - 1);
    out[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
}

/*
 * A program in build/ is in its repository, whose models/ is made when it is needed; anywhere else
 * (/usr/bin) the neighbour must exist already.
 */
static void add_neighbour(struct chip_places *places, const char *program_dir)
{
    char parent[CHIP_STORE_PATH_MAX];
    const char *slash = strrchr(program_dir, '/');
    if (!slash || slash == program_dir)
        return;
    snprintf(parent, sizeof parent, "%.*s", (int)(slash - program_dir), program_dir);
    int before = places->n;
    add(places, "%s/models", parent);
    if (places->n > before && strcmp(slash + 1, "build") != 0 && !is_folder(places->dirs[before]))
        places->n = before;
}

void chip_places_init(struct chip_places *places, const char *program_dir)
{
    char program[CHIP_STORE_PATH_MAX];
    *places = (struct chip_places){0};
    if (env("CHIP_MODELS_DIR")) {
        add(places, "%s", env("CHIP_MODELS_DIR"));
        return;
    }
    if (!program_dir) {
        program_folder(program, sizeof program);
        program_dir = program;
    }
    add_neighbour(places, program_dir);
    if (env("XDG_DATA_HOME"))
        add(places, "%s/chip/models", env("XDG_DATA_HOME"));
    else if (env("HOME"))
        add(places, "%s/.local/share/chip/models", env("HOME"));
    add(places, "/usr/local/share/chip/models");
    if (places->n < CHIP_MAX_PLACES)
        add(places, "/usr/share/chip/models");
}

const char *chip_places_text(const struct chip_places *places, char *buf, size_t size)
{
    size_t n = 0;
    buf[0] = '\0';
    for (int i = 0; i < places->n && n < size; i++)
        n += (size_t)snprintf(buf + n, size - n, "%s'%s'", i ? ", " : "", places->dirs[i]);
    return buf;
}
