#include "http/job_cache.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"

struct slot {
    char id[CHIP_UUID_TEXT], user[CHIP_UUID_TEXT];
    int64_t version;
    char *text; /* [n], owned; NULL: nothing yet */
    size_t n;
};

struct chip_job_cache {
    pthread_mutex_t lock;
    struct slot slots[CHIP_CACHED_JOBS]; /* under lock; each job and user has one place */
};

enum chip_status chip_job_cache_new(struct chip_job_cache **out, struct chip_err *err)
{
    struct chip_job_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the last answers");
    pthread_mutex_init(&cache->lock, NULL);
    *out = cache;
    return CHIP_OK;
}

void chip_job_cache_free(struct chip_job_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < CHIP_CACHED_JOBS; i++)
        free(cache->slots[i].text);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static uint64_t add_hash(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3; /* FNV-1a */
    return hash;
}

static struct slot *place_of(struct chip_job_cache *cache, const char *id, const char *user)
{
    uint64_t hash = add_hash(add_hash(0xcbf29ce484222325, id), user);
    return &cache->slots[(hash ^ hash >> 32) % CHIP_CACHED_JOBS];
}

static bool is_of(const struct slot *slot, const char *id, const char *user)
{
    return slot->text && strcmp(slot->id, id) == 0 && strcmp(slot->user, user) == 0;
}

char *chip_job_cache_find(struct chip_job_cache *cache, const char *id, const char *user,
                          int64_t version, size_t *n)
{
    const struct slot *slot = place_of(cache, id, user);
    char *text = NULL;
    pthread_mutex_lock(&cache->lock);
    if (is_of(slot, id, user) && slot->version == version && (text = malloc(slot->n + 1))) {
        memcpy(text, slot->text, slot->n + 1);
        *n = slot->n;
    }
    pthread_mutex_unlock(&cache->lock);
    return text;
}

void chip_job_cache_keep(struct chip_job_cache *cache, const char *id, const char *user,
                         int64_t version, const char *text, size_t n)
{
    bool fits = strlen(id) < CHIP_UUID_TEXT && strlen(user) < CHIP_UUID_TEXT;
    char *copy = fits && n <= CHIP_CACHED_BYTES ? malloc(n + 1) : NULL;
    if (!copy)
        return;
    memcpy(copy, text, n);
    copy[n] = '\0';
    struct slot *slot = place_of(cache, id, user);
    pthread_mutex_lock(&cache->lock);
    char *old = slot->text;
    *slot = (struct slot){.version = version, .text = copy, .n = n};
    strcpy(slot->id, id);
    strcpy(slot->user, user);
    pthread_mutex_unlock(&cache->lock);
    free(old);
}
