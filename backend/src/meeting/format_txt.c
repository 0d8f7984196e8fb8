#include "meeting/format.h"

#include "meeting/paragraphs.h"

enum chip_status chip_format_txt(const struct chip_transcript *t,
                                 const struct chip_format_options *options, struct chip_str *out,
                                 struct chip_err *err)
{
    (void)options;
    struct chip_flow flow;
    enum chip_status st = chip_flow_make(t, 0, true, &flow, err);
    if (st != CHIP_OK)
        return st;

    struct chip_paragraph p;
    for (size_t at = 0; at < flow.n_words; at += p.n_words) {
        p = chip_paragraph_at(&flow, at);
        chip_str_add(out, at ? "\n" : "");
        chip_flow_add_text(&flow, p.first_word, p.n_words, out);
        chip_str_add(out, "\n");
    }
    chip_flow_done(&flow);
    return CHIP_OK;
}
