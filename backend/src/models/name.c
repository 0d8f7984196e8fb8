#include "models/name.h"

#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool chip_model_name_valid(const char *name)
{
    size_t n = strlen(name);
    return n >= 1 && n <= 64 && strchr(LOWER, name[0]) && strspn(name, LOWER "._-") == n;
}

bool chip_file_name_valid(const char *name)
{
    size_t n = strlen(name);
    return n >= 1 && n <= 128 && name[0] != '.' && strspn(name, LOWER UPPER "._-") == n;
}

bool chip_relative_path_valid(const char *path)
{
    if (strlen(path) > 512)
        return false;
    for (;;) {
        size_t n = strcspn(path, "/");
        size_t at = path[0] == '@';
        if (n == at || path[at] == '.' || strspn(path + at, LOWER UPPER "._-") != n - at)
            return false;
        if (path[n] == '\0')
            return true;
        path += n + 1;
    }
}
