#include "cli/web_dir.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http/web.h"

/* The folder above that of the program: / of the repository, /usr of an installed one. */
static bool find_root(char root[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", root, PATH_MAX - 1);
    root[n > 0 ? n : 0] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(root, '/');
        if (!slash)
            return false;
        *slash = '\0';
    }
    return true;
}

enum chip_status chip_web_dir_open(const struct chip_settings *settings, struct chip_web **out,
                                   struct chip_err *err)
{
    static const char *const places[] = {"frontend/out", "share/chip/web"};
    const char *given = chip_settings_text(settings, CHIP_SET_WEB_DIR);
    *out = NULL;
    if (given) {
        enum chip_status st = chip_web_open(out, given, err);
        return st == CHIP_OK ? st : chip_fail_in(err, "CHIP_WEB_DIR: ");
    }
    char root[PATH_MAX], folder[PATH_MAX + 32], index[PATH_MAX + 64];
    for (size_t i = 0; find_root(root) && i < sizeof places / sizeof *places; i++) {
        snprintf(folder, sizeof folder, "%s/%s", root, places[i]);
        snprintf(index, sizeof index, "%s/index.html", folder);
        if (access(index, R_OK) == 0)
            return chip_web_open(out, folder, err);
    }
    return CHIP_OK;
}
