/** What a job's work has told and the store does not know yet. One thread, or under a lock. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "job/lease.h"

/** Starts zeroed. */
struct chip_news {
    struct chip_lease_progress progress;
    bool moved;       /* progress is new */
    char title[256];  /* "": none */
    json_t *events;   /* [{"kind", "data"}], or NULL, as both below */
    json_t *segments; /* of the transcript that grows */
    json_t *keep;     /* [{"stage", "slice", "data"}: a checkpoint, or {"data"}: the waveform] */
};

void chip_news_done(struct chip_news *news);

bool chip_news_any(const struct chip_news *news);

/** Adds to one of the lists; `item` is taken. */
void chip_news_append(json_t **list, json_t *item);

/** Puts back what could not be written, before what came since; `old` is taken. */
void chip_news_put_back(struct chip_news *news, struct chip_news *old);

/** The arguments of heartbeat_job, without whose it is; NULL when out of memory. */
json_t *chip_news_heartbeat(const struct chip_news *news, int lease_seconds);
