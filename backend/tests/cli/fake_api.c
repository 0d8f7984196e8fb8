/*
 * The engine's side of chip.h, played from a script, so that the command line's own behaviour can
 * be tested quickly and exactly. The "recording" is a text file, one step per line:
 *
 *     total MS                        the recording's length; -1: not known
 *     segment START END TEXT          a segment whose words share its time
 *     hotwords                        a segment that says those of the options: "chip|Acme"
 *     progress DONE                   a report of progress
 *     audit KIND START END DETAIL     a note
 *     wait                            until the cancel flag is set (at most 20 s)
 *     hang                            the same, then says so with a segment and goes on (20 s)
 *     fail STATUS MESSAGE             an error
 *
 * Models: "missing" and "damaged" do not open; anything else does. Only English is known.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "meeting/transcript.h"

struct chip_model {
    char name[64];
};

struct play {
    const struct chip_options *options;
    struct chip_transcript *transcript;
    int64_t total_ms, done_ms;
};

enum chip_status chip_model_open(struct chip_model **out, const char *name, struct chip_err *err)
{
    name = name ? name : "moonshine-base";
    if (strcmp(name, "missing") == 0)
        return chip_fail(err, CHIP_E_NOT_FOUND, "model 'missing' is not installed");
    if (strcmp(name, "damaged") == 0)
        return chip_fail(err, CHIP_E_FORMAT, "model 'damaged' is damaged");
    struct chip_model *m = calloc(1, sizeof *m);
    if (!m)
        return chip_fail(err, CHIP_E_NOMEM, "no memory");
    snprintf(m->name, sizeof m->name, "%s", name);
    *out = m;
    return CHIP_OK;
}

void chip_model_close(struct chip_model *model)
{
    free(model);
}

static bool is_cancelled(const struct play *p)
{
    return p->options->cancel && *p->options->cancel;
}

static enum chip_status step_segment(struct play *p, const char *line, struct chip_err *err)
{
    long long start, end;
    int at;
    if (sscanf(line, "%lld %lld %n", &start, &end, &at) < 2)
        return chip_fail(err, CHIP_E_INTERNAL, "bad script: %s", line);
    struct chip_word words[64];
    size_t n = 0;
    char *copy = strdup(line + at), *save = NULL;
    for (char *w = strtok_r(copy, " ", &save); w && n < 64; w = strtok_r(NULL, " ", &save))
        words[n++] = (struct chip_word){start, end, 0.9f, -1, w};
    const struct chip_segment segment = {
        .start_ms = start, .end_ms = end, .confidence = 0.9f, .text = line + at, .n_words = n};
    enum chip_status st = chip_transcript_add_segment(p->transcript, &segment, words, n, err);
    if (st == CHIP_OK && p->options->on_segment)
        p->options->on_segment(p->options->user, &segment, words);
    free(copy);
    p->done_ms = end;
    return st;
}

static enum chip_status step_hotwords(struct play *p, struct chip_err *err)
{
    char line[1024] = "0 1000 expected";
    for (const char *const *w = p->options->hotwords; w && *w; w++) {
        size_t n = strlen(line);
        snprintf(line + n, sizeof line - n, "|%s", *w);
    }
    return step_segment(p, line, err);
}

static enum chip_status step_audit(struct play *p, const char *line, struct chip_err *err)
{
    char kind[32];
    long long start, end;
    int at;
    struct chip_audit audit;
    if (sscanf(line, "%31s %lld %lld %n", kind, &start, &end, &at) < 3 ||
        !chip_audit_kind_by_name(kind, &audit.kind))
        return chip_fail(err, CHIP_E_INTERNAL, "bad script: %s", line);
    audit.start_ms = start;
    audit.end_ms = end;
    audit.detail = line + at;
    return chip_transcript_add_audit(p->transcript, &audit, err);
}

static enum chip_status step_fail(const char *line, struct chip_err *err)
{
    size_t n = strcspn(line, " ");
    for (int s = CHIP_E_INVAL; s <= CHIP_E_UNAVAILABLE; s++) {
        const char *name = chip_status_name((enum chip_status)s);
        if (strlen(name) == n && strncmp(name, line, n) == 0)
            return chip_fail(err, (enum chip_status)s, "%s", line + n + (line[n] == ' '));
    }
    return chip_fail(err, CHIP_E_INTERNAL, "bad script: fail %s", line);
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static enum chip_status step_wait(const struct play *p, struct chip_err *err)
{
    for (int i = 0; i < 20000 && !is_cancelled(p); i++)
        nap();
    return is_cancelled(p) ? chip_fail(err, CHIP_E_CANCELLED, "stopped")
                           : chip_fail(err, CHIP_E_INTERNAL, "nobody stopped it");
}

/* An engine that does not stop. */
static enum chip_status step_hang(struct play *p, struct chip_err *err)
{
    (void)step_wait(p, err);
    enum chip_status st = step_segment(p, "50000 51000 noticed", err);
    for (int i = 0; i < 20000; i++)
        nap();
    return st;
}

static enum chip_status step(struct play *p, const char *line, struct chip_err *err)
{
    if (strncmp(line, "total ", 6) == 0) {
        p->total_ms = strtoll(line + 6, NULL, 10);
        return CHIP_OK;
    }
    if (strncmp(line, "segment ", 8) == 0)
        return step_segment(p, line + 8, err);
    if (strcmp(line, "hotwords") == 0)
        return step_hotwords(p, err);
    if (strncmp(line, "audit ", 6) == 0)
        return step_audit(p, line + 6, err);
    if (strncmp(line, "fail ", 5) == 0)
        return step_fail(line + 5, err);
    if (strcmp(line, "wait") == 0)
        return step_wait(p, err);
    if (strcmp(line, "hang") == 0)
        return step_hang(p, err);
    if (strncmp(line, "progress ", 9) == 0) {
        p->done_ms = strtoll(line + 9, NULL, 10);
        const struct chip_progress progress = {
            .done_ms = p->done_ms,
            .total_ms = p->total_ms,
            .elapsed_s = 1,
            .speed = 80.5,
            .remaining_s = p->total_ms < 0 ? -1 : (double)(p->total_ms - p->done_ms) / 80500,
        };
        if (p->options->on_progress)
            p->options->on_progress(p->options->user, &progress);
        return CHIP_OK;
    }
    return chip_fail(err, CHIP_E_INTERNAL, "bad script: %s", line);
}

static enum chip_status check_options(const struct chip_options *options, struct chip_err *err)
{
    if (options->language && strcmp(options->language, "en") != 0)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "this model knows English only");
    return CHIP_OK;
}

static enum chip_status play(FILE *script, const struct chip_model *model,
                             const struct chip_options *options, struct chip_transcript **out,
                             struct chip_err *err)
{
    struct play p = {.options = options, .total_ms = 60000};
    enum chip_status st = chip_transcript_new(&p.transcript, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_model(p.transcript, model->name, err);
    if (st == CHIP_OK)
        st = chip_transcript_set_language(p.transcript, "en", err);
    char line[1024];
    while (st == CHIP_OK && fgets(line, sizeof line, script)) {
        line[strcspn(line, "\n")] = '\0';
        bool stops = is_cancelled(&p) && strcmp(line, "hang") != 0;
        st = stops ? chip_fail(err, CHIP_E_CANCELLED, "stopped") : step(&p, line, err);
    }
    if (st == CHIP_OK || st == CHIP_E_CANCELLED) {
        int64_t duration = p.total_ms < 0 ? p.done_ms : p.total_ms;
        if (chip_transcript_set_durations(p.transcript, duration, p.done_ms, err) == CHIP_OK) {
            *out = p.transcript;
            return st;
        }
        st = CHIP_E_INTERNAL;
    }
    chip_transcript_free(p.transcript);
    return st;
}

enum chip_status chip_transcribe_file(const struct chip_model *model, const char *path,
                                      const struct chip_options *options,
                                      struct chip_transcript **out, struct chip_err *err)
{
    enum chip_status st = check_options(options, err);
    if (st != CHIP_OK)
        return st;
    if (strcmp(path, "-") == 0)
        return play(stdin, model, options, out, err);
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return chip_fail(err, CHIP_E_INVAL, "'%s' is a folder", path);
    FILE *script = fopen(path, "re");
    if (!script)
        return chip_fail(err, errno == ENOENT ? CHIP_E_NOT_FOUND : CHIP_E_IO, "'%s': %s", path,
                         strerror(errno));
    st = play(script, model, options, out, err);
    fclose(script);
    return st;
}

enum chip_status chip_transcribe_pcm(const struct chip_model *model, const float *pcm, size_t n_pcm,
                                     const struct chip_options *options,
                                     struct chip_transcript **out, struct chip_err *err)
{
    (void)model;
    (void)pcm;
    (void)out;
    enum chip_status st = check_options(options, err);
    if (st != CHIP_OK)
        return st;
    return n_pcm == 0 ? chip_fail(err, CHIP_E_NO_AUDIO, "there are no samples")
                      : chip_fail(err, CHIP_E_INTERNAL, "the script plays files only");
}

enum chip_status chip_transcribe_source(const struct chip_model *model,
                                        const struct chip_sound_source *source,
                                        const struct chip_options *options,
                                        struct chip_transcript **out, struct chip_err *err)
{
    (void)model;
    (void)source;
    (void)out;
    enum chip_status st = check_options(options, err);
    return st == CHIP_OK ? chip_fail(err, CHIP_E_INTERNAL, "the script plays files only") : st;
}
