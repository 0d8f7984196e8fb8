#include "minutes/evidence.h"

#include "base/str.h"

static bool add_entry(json_t *evidence, const struct chip_said *talk, struct chip_range in)
{
    struct chip_str quote = {0};
    for (size_t i = in.from; i < in.to; i++) {
        if (i > in.from)
            chip_str_add(&quote, " ");
        chip_str_add(&quote, talk->tokens[i].text);
    }
    json_t *entry = quote.failed ? NULL
                                 : json_pack("{s:I, s:f, s:f, s:s}", "segment",
                                             (json_int_t)talk->tokens[in.from].segment, "start",
                                             (double)talk->tokens[in.from].start_ms / 1000, "end",
                                             (double)talk->tokens[in.to - 1].end_ms / 1000, "quote",
                                             quote.data);
    chip_str_done(&quote);
    if (!entry)
        return false;
    size_t i;
    const json_t *other;
    json_array_foreach(evidence, i, other)
    {
        if (json_equal(other, entry)) {
            json_decref(entry);
            return true;
        }
    }
    return json_array_append_new(evidence, entry) == 0;
}

bool chip_evidence_add(json_t *evidence, const struct chip_said *talk, struct chip_range tokens)
{
    for (size_t from = tokens.from, to; from < tokens.to; from = to) {
        for (to = from + 1;
             to < tokens.to && talk->tokens[to].segment == talk->tokens[from].segment; to++)
            ;
        if (!add_entry(evidence, talk, (struct chip_range){from, to}))
            return false;
    }
    return true;
}
