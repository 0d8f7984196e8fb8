/* Tasks as minutes show them. */
#include <stdlib.h>

#include "minutes/analyst/actions.h"

static json_t *owner_json(const struct chip_item *item, const struct chip_reading *r)
{
    if (item->owner < 0 && item->owner_word == SIZE_MAX)
        return json_null();
    char *said = NULL;
    const char *name = chip_names_of(&r->names, item->owner);
    if (item->owner < 0)
        name = said =
            chip_reading_text(r, (struct chip_range){item->owner_word, item->owner_word + 1});
    json_t *owner = json_pack("{s:o, s:o}", "speaker", chip_item_speaker(r, item->owner), "name",
                              name ? json_string(name) : json_null());
    free(said);
    return owner;
}

static json_t *due_json(const struct chip_item *item, const struct chip_reading *r)
{
    if (item->due_said.to <= item->due_said.from)
        return json_null();
    return chip_item_when(r, item->due, item->due_said);
}

json_t *chip_actions_json(const struct chip_items *items, const struct chip_reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < items->n && list; i++) {
        const struct chip_item *item = &items->items[i];
        if (item->dropped)
            continue;
        json_t *json =
            json_pack("{s:o, s:o, s:o, s:o, s:o}", "what", chip_item_task(item, r), "owner",
                      owner_json(item, r), "due", due_json(item, r), "confidence",
                      chip_item_confidence(item), "evidence", chip_item_evidence(item, r));
        if (!json || json_array_append_new(list, json) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}
