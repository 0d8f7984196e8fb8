#include "../test.h"

#include "given.h"

#include <unistd.h>

#include "media/media.h"

const char *given_root(void)
{
    return CHIP_SOURCE_ROOT;
}

const char *given_model(const char *name)
{
    static char path[1024], file[1100];
    const char *dir = getenv("CHIP_MODELS_DIR");
    if (dir && *dir)
        snprintf(path, sizeof path, "%s/%s", dir, name);
    else
        snprintf(path, sizeof path, "%s/models/%s", given_root(), name);
    snprintf(file, sizeof file, "%s/model.safetensors", path);
    if (access(file, R_OK) != 0) {
        print_message("skipped: there is no model '%s' (make setup brings it)\n", path);
        skip();
    }
    return path;
}

float *given_clip(const char *name, size_t *n)
{
    float *pcm = given_clip_if_any(name, n);
    if (!pcm) {
        print_message("skipped: there is no recording '%s' in ../shared/eval\n", name);
        skip();
    }
    return pcm;
}

float *given_clip_if_any(const char *name, size_t *n)
{
    char path[1024];
    const char *dir = getenv("CHIP_SHARED");
    if (dir && *dir)
        snprintf(path, sizeof path, "%s/eval/%s", dir, name);
    else
        snprintf(path, sizeof path, "%s/../shared/eval/%s", given_root(), name);
    if (access(path, R_OK) != 0)
        return NULL;

    struct chip_err err;
    struct chip_media *media;
    if (chip_media_open(&media, path, NULL, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    float *pcm = NULL;
    size_t got, max = 0;
    *n = 0;
    do {
        if (max - *n < 65536) {
            max = 2 * max + 65536;
            pcm = realloc(pcm, max * sizeof *pcm);
            assert_non_null(pcm);
        }
        if (chip_media_read(media, pcm + *n, max - *n, &got, &err) != CHIP_OK)
            fail_msg("%s", err.message);
        *n += got;
    } while (got > 0);
    chip_media_free(media);
    return pcm;
}
