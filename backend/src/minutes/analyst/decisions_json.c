/* Decisions as minutes show them. */
#include "minutes/analyst/decisions.h"

json_t *chip_decisions_json(const struct chip_items *items, const struct chip_reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < items->n && list; i++) {
        const struct chip_item *item = &items->items[i];
        if (item->dropped)
            continue;
        json_t *json =
            json_pack("{s:o, s:o, s:o}", "text", chip_item_statement(item, r), "confidence",
                      chip_item_confidence(item), "evidence", chip_item_evidence(item, r));
        if (!json || json_array_append_new(list, json) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}
