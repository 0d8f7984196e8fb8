#include "job/news.h"

#include <string.h>

void chip_news_done(struct chip_news *news)
{
    json_decref(news->events);
    json_decref(news->segments);
    json_decref(news->keep);
    *news = (struct chip_news){0};
}

bool chip_news_any(const struct chip_news *news)
{
    return news->moved || news->title[0] || news->events || news->segments ||
           json_array_size(news->keep) > 0;
}

void chip_news_append(json_t **list, json_t *item)
{
    if (!*list)
        *list = json_array();
    json_array_append_new(*list, item); /* takes it, also when it or the list is NULL */
}

static void put_before(json_t **list, json_t *older)
{
    if (!older)
        return;
    json_array_extend(older, *list);
    json_decref(*list);
    *list = older;
}

void chip_news_put_back(struct chip_news *news, struct chip_news *old)
{
    put_before(&news->events, old->events);
    put_before(&news->segments, old->segments);
    put_before(&news->keep, old->keep);
    if (!news->moved && old->moved) {
        news->progress = old->progress;
        news->moved = true;
    }
    if (!news->title[0])
        memcpy(news->title, old->title, sizeof news->title);
}

static json_t *number_or_null(double number)
{
    return number < 0.0 ? json_null() : json_real(number);
}

static void add_progress(json_t *args, const struct chip_lease_progress *p)
{
    json_object_set_new(args, "stage", json_string(p->stage));
    json_object_set_new(args, "progress", json_integer(p->percent));
    json_object_set_new(args, "speed", number_or_null(p->speed));
    json_object_set_new(args, "eta_seconds", number_or_null(p->eta_seconds));
    if (p->duration_ms >= 0)
        json_object_set_new(args, "duration_ms", json_integer(p->duration_ms));
}

json_t *chip_news_heartbeat(const struct chip_news *news, int lease_seconds)
{
    json_t *args = json_pack("{s:i}", "lease_seconds", lease_seconds);
    if (!args)
        return NULL;
    if (news->moved)
        add_progress(args, &news->progress);
    if (news->title[0])
        json_object_set_new(args, "title", json_string(news->title));
    json_t *events = news->events ? json_copy(news->events) : json_array();
    if (news->segments)
        json_array_append_new(events, json_pack("{s:s, s:{s:O}}", "kind", "segments", "data",
                                                "segments", news->segments));
    if (json_array_size(events) > 0)
        json_object_set(args, "events", events);
    json_decref(events);
    return args;
}
