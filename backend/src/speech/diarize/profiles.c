#include "speech/diarize/profiles.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/file.h"
#include "speech/diarize/profiles_file.h"
#include "speech/diarize/rotation.h"

/* A wrong name is worse than none. On built conversations known voices are at 0.63 (another room)
 * to 0.96; docs/DIARIZATION.md. */
static const float MIN_SIMILARITY = 0.55f, MIN_MARGIN = 0.10f;

enum { KEY_BYTES = 32, PATH_MAX_BYTES = 4096 };

struct chip_profiles {
    char dir[PATH_MAX_BYTES - 32];
    struct chip_rotation rotation;
    bool has_key;
    struct chip_profile *list; /* [n] in order of name */
    size_t n;
};

static void path_of(const struct chip_profiles *p, const char *name, char *path)
{
    snprintf(path, PATH_MAX_BYTES, "%s/%s", p->dir, name);
}

/* ---- the key ---- */

static enum chip_status use_key(struct chip_profiles *p, const void *key, size_t n,
                                struct chip_err *err)
{
    if (n != KEY_BYTES)
        return chip_fail(
            err, CHIP_E_FORMAT,
            "'%s/voices.key' is damaged: the voices beside it cannot be used any more, "
            "remove both files and add the voices again",
            p->dir);
    enum chip_status s = chip_rotation_init(&p->rotation, key, n, err);
    p->has_key = s == CHIP_OK;
    return s;
}

static enum chip_status load_key(struct chip_profiles *p, struct chip_err *err)
{
    char path[PATH_MAX_BYTES];
    path_of(p, "voices.key", path);
    struct chip_file file;
    struct chip_err why;
    enum chip_status s = chip_file_map(&file, path, 1 << 20, &why);
    if (s == CHIP_E_NOT_FOUND)
        return CHIP_OK;
    if (s != CHIP_OK)
        return chip_fail(err, s, "%s", why.message);
    s = use_key(p, file.data, file.size, err);
    chip_file_unmap(&file);
    return s;
}

/* A new key, readable by its owner only. */
static enum chip_status make_key(struct chip_profiles *p, struct chip_err *err)
{
    char path[PATH_MAX_BYTES];
    unsigned char key[KEY_BYTES];
    path_of(p, "voices.key", path);
    if (getrandom(key, sizeof key, 0) != sizeof key)
        return chip_fail(err, CHIP_E_IO, "the system gives no random numbers");
    if (mkdir(p->dir, 0700) < 0 && errno != EEXIST)
        return chip_fail(err, CHIP_E_IO, "cannot make '%s': %s", p->dir, strerror(errno));
    mode_t before = umask(077);
    enum chip_status s = chip_file_replace(path, key, sizeof key, err);
    umask(before);
    return s == CHIP_OK ? use_key(p, key, sizeof key, err) : s;
}

/* ---- the list ---- */

enum chip_status chip_profiles_open(struct chip_profiles **out, const char *dir,
                                    struct chip_err *err)
{
    CHIP_AUTO(chip_profiles) p = calloc(1, sizeof *p);
    if (!p)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for voice profiles");
    if (snprintf(p->dir, sizeof p->dir, "%s", dir) >= (int)sizeof p->dir)
        return chip_fail(err, CHIP_E_INVAL, "the name of the folder for voices is too long");
    char path[PATH_MAX_BYTES];
    path_of(p, "voices.json", path);
    enum chip_status s = load_key(p, err);
    if (s == CHIP_OK)
        s = chip_profiles_file_read(path, &p->list, &p->n, err);
    if (s == CHIP_OK && p->n && !p->has_key)
        s = chip_fail(err, CHIP_E_NOT_FOUND,
                      "'%s/voices.key' is missing: the voices cannot be used without it, remove "
                      "voices.json and add them again",
                      p->dir);
    if (s != CHIP_OK)
        return s;
    *out = p;
    p = NULL;
    return CHIP_OK;
}

void chip_profiles_free(struct chip_profiles *p)
{
    if (!p)
        return;
    free(p->list);
    free(p);
}

const struct chip_profile *chip_profiles_list(const struct chip_profiles *p, size_t *n)
{
    *n = p->n;
    return p->list;
}

/* Where a name is, or would have to be inserted. */
static size_t place_of(const struct chip_profiles *p, const char *name, bool *found)
{
    size_t at = 0;
    while (at < p->n && strcmp(p->list[at].name, name) < 0)
        at++;
    *found = at < p->n && strcmp(p->list[at].name, name) == 0;
    return at;
}

/* Writes `list` and, when that worked, makes it the list. */
static enum chip_status commit(struct chip_profiles *p, struct chip_profile *list, size_t n,
                               struct chip_err *err)
{
    char path[PATH_MAX_BYTES];
    path_of(p, "voices.json", path);
    mode_t before = umask(077);
    enum chip_status s = chip_profiles_file_write(path, list, n, err);
    umask(before);
    if (s != CHIP_OK) {
        free(list);
        return s;
    }
    free(p->list);
    p->list = list;
    p->n = n;
    return CHIP_OK;
}

static bool unit(float *voice)
{
    double square = 0.0;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        square += (double)(voice[i] * voice[i]);
    if (!(square > 0.0) || !isfinite(square))
        return false;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        voice[i] = (float)((double)voice[i] / sqrt(square));
    return true;
}

enum chip_status chip_profiles_add(struct chip_profiles *p, const struct chip_profile *profile,
                                   struct chip_err *err)
{
    struct chip_profile added = *profile;
    bool found;
    size_t at = place_of(p, added.name, &found);
    if (!added.name[0])
        return chip_fail(err, CHIP_E_INVAL, "a voice needs a name");
    if (!unit(added.voice))
        return chip_fail(err, CHIP_E_INVAL, "there is no voice to store for '%s'", added.name);
    if (!found && p->n == CHIP_PROFILES_MAX)
        return chip_fail(err, CHIP_E_LIMIT, "no more than %d voices can be stored",
                         CHIP_PROFILES_MAX);
    if (!p->has_key) {
        enum chip_status s = make_key(p, err);
        if (s != CHIP_OK)
            return s;
    }
    chip_rotation_apply(&p->rotation, added.voice);

    struct chip_profile *list = malloc((p->n + 1) * sizeof *list);
    if (!list)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for voice profiles");
    size_t after = found ? at + 1 : at;
    if (p->n) {
        memcpy(list, p->list, at * sizeof *list);
        memcpy(list + at + 1, p->list + after, (p->n - after) * sizeof *list);
    }
    list[at] = added;
    return commit(p, list, p->n + !found, err);
}

enum chip_status chip_profiles_remove(struct chip_profiles *p, const char *name,
                                      struct chip_err *err)
{
    bool found;
    size_t at = place_of(p, name, &found);
    if (!found)
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no voice named '%s'", name);
    struct chip_profile *list = malloc(p->n * sizeof *list);
    if (!list)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for voice profiles");
    memcpy(list, p->list, at * sizeof *list);
    memcpy(list + at, p->list + at + 1, (p->n - at - 1) * sizeof *list);
    return commit(p, list, p->n - 1, err);
}

enum chip_status chip_profiles_revoke(struct chip_profiles *p, struct chip_err *err)
{
    enum chip_status s = make_key(p, err);
    return s == CHIP_OK ? commit(p, NULL, 0, err) : s;
}

/* ---- recognition ---- */

/* Similarity of a speaker to a profile; below any threshold for one that is not in use. */
static float similarity(const struct chip_profile *profile, const float *voice, int32_t today)
{
    if (profile->expires <= today)
        return -2.0f;
    float sum = 0.0f;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        sum += profile->voice[i] * voice[i];
    return sum;
}

/* The largest of n values `step` apart, and the second largest. */
static size_t best_of(const float *x, size_t n, size_t step, float *second)
{
    size_t best = 0;
    *second = -2.0f;
    for (size_t i = 1; i < n; i++) {
        float loser = x[i * step];
        if (loser > x[best * step]) {
            loser = x[best * step];
            best = i;
        }
        *second = loser > *second ? loser : *second;
    }
    return best;
}

void chip_profiles_match(const struct chip_profiles *p, const float (*voices)[CHIP_VOICE_DIM],
                         size_t n, int32_t today, struct chip_profile_match *out)
{
    memset(out, 0, n * sizeof *out);
    float *table = malloc(n * p->n * sizeof *table); /* [n][p->n] */
    for (size_t i = 0; table && p->n && i < n; i++) {
        float voice[CHIP_VOICE_DIM];
        memcpy(voice, voices[i], sizeof voice);
        bool some = unit(voice);
        if (some)
            chip_rotation_apply(&p->rotation, voice);
        for (size_t k = 0; k < p->n; k++)
            table[i * p->n + k] = some ? similarity(&p->list[k], voice, today) : -2.0f;
    }
    for (size_t i = 0; table && p->n && i < n; i++) {
        float second, rival;
        size_t k = best_of(table + i * p->n, p->n, 1, &second);
        float got = table[i * p->n + k];
        size_t back = best_of(table + k, n, p->n, &rival);
        float margin = got - (second > rival ? second : rival);
        if (back == i && got >= MIN_SIMILARITY && margin >= MIN_MARGIN)
            out[i] = (struct chip_profile_match){&p->list[k], got};
    }
    free(table);
}
