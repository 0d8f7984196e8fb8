#include "meeting/format.h"

#include <string.h>

#include "meeting/paragraphs.h"
#include "meeting/stamp.h"
#include "meeting/text.h"
#include "meeting/transcript.h"

/*
 * CommonMark's inline markup, and what common dialects add to it (tables, strikethrough, formulas).
 * Marks that count only at the beginning of a line are safe: no line begins with a word.
 */
static void add_escaped(struct chip_str *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_[]<>&#|~$", *text))
            chip_str_add(out, "\\");
        chip_str_add_n(out, text, 1);
    }
}

/* Escapes a text that may not be clean. */
static void add_clean(struct chip_str *out, const char *text)
{
    struct chip_str clean = {0};
    chip_text_clean(&clean, text);
    add_escaped(out, clean.data ? clean.data : "");
    out->failed = out->failed || clean.failed;
    chip_str_done(&clean);
}

static void add_facts(struct chip_str *out, const struct chip_transcript *t, size_t n_words)
{
    chip_str_add(out, "- Duration: ");
    chip_stamp_add(out, t->duration_ms, 0);
    chip_str_add(out, "\n- Speech: ");
    chip_stamp_add(out, t->speech_ms, 0);
    if (t->duration_ms > 0)
        chip_str_addf(out, " (%d %%)",
                      (int)((t->speech_ms * 100 + t->duration_ms / 2) / t->duration_ms));
    if (t->n_speakers)
        chip_str_addf(out, "\n- Speakers: %zu", t->n_speakers);
    chip_str_addf(out, "\n- Words: %zu\n", n_words);
    if (*t->language) {
        chip_str_add(out, "- Language: ");
        add_escaped(out, t->language);
        chip_str_add(out, "\n");
    }
    if (*t->model) {
        chip_str_add(out, "- Model: ");
        add_escaped(out, t->model);
        chip_str_add(out, "\n");
    }
}

static void add_paragraphs(struct chip_str *out, const struct chip_transcript *t,
                           const struct chip_flow *flow)
{
    if (!flow->n_words)
        chip_str_add(out, "\n*No speech was found.*\n");
    struct chip_str text = {0};
    struct chip_paragraph p;
    for (size_t at = 0; at < flow->n_words; at += p.n_words) {
        p = chip_paragraph_at(flow, at);
        chip_str_add(out, "\n**[");
        chip_stamp_add(out, flow->words[at].start_ms, 0);
        chip_str_add(out, "]");
        chip_str_reset(&text);
        int speaker = flow->words[at].speaker;
        if (speaker >= 0 && (at == 0 || flow->words[at - 1].speaker != speaker)) {
            chip_flow_add_speaker(t, speaker, &text);
            chip_str_add(out, " ");
            add_escaped(out, text.data ? text.data : "");
            chip_str_add(out, ":");
            chip_str_reset(&text);
        }
        chip_str_add(out, "** ");
        chip_flow_add_text(flow, p.first_word, p.n_words, &text);
        add_escaped(out, text.data ? text.data : "");
        chip_str_add(out, "\n");
    }
    out->failed = out->failed || text.failed;
    chip_str_done(&text);
}

static void add_audit(struct chip_str *out, const struct chip_transcript *t)
{
    if (t->n_audit)
        chip_str_add(out, "\n## Left out or doubtful\n\n");
    for (size_t i = 0; i < t->n_audit; i++) {
        const struct chip_audit *audit = &t->audit[i];
        chip_str_add(out, "- [");
        chip_stamp_add(out, audit->start_ms, 0);
        chip_str_add(out, "] to [");
        chip_stamp_add(out, audit->end_ms, 0);
        chip_str_addf(out, "]: %s", chip_audit_kind_name(audit->kind));
        if (*audit->detail) {
            chip_str_add(out, ": ");
            add_escaped(out, audit->detail);
        }
        chip_str_add(out, "\n");
    }
}

enum chip_status chip_format_md(const struct chip_transcript *t,
                                const struct chip_format_options *options, struct chip_str *out,
                                struct chip_err *err)
{
    struct chip_flow flow;
    enum chip_status st = chip_flow_make(t, 0, false, &flow, err);
    if (st != CHIP_OK)
        return st;

    chip_str_add(out, "# Transcript");
    if (options->source && !chip_text_is_blank(options->source)) {
        chip_str_add(out, " of ");
        add_clean(out, options->source);
    }
    chip_str_add(out, "\n\n");
    add_facts(out, t, flow.n_words);
    add_paragraphs(out, t, &flow);
    add_audit(out, t);
    chip_flow_done(&flow);
    return CHIP_OK;
}
