#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "models/folder.h"
#include "meeting/format.h"

/* ---- names ----------------------------------------------------------------------------------- */

static bool has_format(const struct chip_outputs *o, enum chip_format format)
{
    for (size_t i = 0; i < o->n_formats; i++)
        if (o->formats[i] == format)
            return true;
    return false;
}

/* The file's name without folder and extension: "talks/a.b.mp3" is "a.b". */
static void stem(const char *file, const char **start, size_t *n)
{
    if (strcmp(file, "-") == 0)
        file = "stdin";
    const char *slash = strrchr(file, '/');
    *start = slash ? slash + 1 : file;
    const char *dot = strrchr(*start, '.');
    *n = dot && dot > *start ? (size_t)(dot - *start) : strlen(*start);
}

static enum chip_status name_output(const struct chip_outputs *o, const char *file,
                                    enum chip_format format, char **path, struct chip_err *err)
{
    const char *name;
    size_t n;
    stem(file, &name, &n);
    bool both = format == CHIP_FORMAT_WHISPERX && has_format(o, CHIP_FORMAT_JSON);
    struct chip_str text = {0};
    chip_str_add(&text, o->dir);
    if (o->dir[strlen(o->dir) - 1] != '/')
        chip_str_add(&text, "/");
    chip_str_add_n(&text, name, n);
    chip_str_addf(&text, "%s.%s", both ? ".whisperx" : "", chip_format_extension(format));
    return chip_str_finish(&text, path, err);
}

/* ---- what must not happen -------------------------------------------------------------------- */

struct named {
    const char *path;
    size_t file;
};

static int compare(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : (x->file > y->file) - (x->file < y->file);
}

static enum chip_status check_collisions(const struct chip_outputs *o, char *const *files,
                                         struct chip_err *err)
{
    struct named *all = calloc(o->n_paths, sizeof *all);
    if (!all)
        return chip_fail(err, CHIP_E_NOMEM, "no memory for %zu outputs", o->n_paths);
    for (size_t i = 0; i < o->n_paths; i++)
        all[i] = (struct named){o->paths[i], i / o->n_formats};
    qsort(all, o->n_paths, sizeof *all, compare);

    enum chip_status st = CHIP_OK;
    for (size_t i = 1; i < o->n_paths && st == CHIP_OK; i++) {
        const char *a = files[all[i - 1].file], *b = files[all[i].file];
        if (strcmp(all[i - 1].path, all[i].path) != 0)
            continue;
        if (strcmp(a, b) == 0)
            st = chip_fail(err, CHIP_E_INVAL, "'%s' is given twice", a);
        else
            st = chip_fail(err, CHIP_E_INVAL,
                           "'%s' and '%s' would both become '%s': give them different folders in "
                           "two runs, or rename one",
                           a, b, all[i].path);
    }
    free(all);
    return st;
}

static enum chip_status check_inputs(const struct chip_outputs *o, char *const *files,
                                     size_t n_files, struct chip_err *err)
{
    for (size_t i = 0; i < o->n_paths; i++) {
        struct stat out, in;
        if (stat(o->paths[i], &out) < 0)
            continue;
        for (size_t f = 0; f < n_files; f++)
            if (stat(files[f], &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
                return chip_fail(err, CHIP_E_INVAL,
                                 "'%s' would overwrite the input '%s': choose another --output-dir",
                                 o->paths[i], files[f]);
    }
    return CHIP_OK;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static enum chip_status check_stdout(const struct chip_outputs *o, size_t n_files,
                                     struct chip_err *err)
{
    if (n_files > 1)
        return chip_fail(err, CHIP_E_INVAL,
                         "%zu files need --output-dir DIR: standard output takes one transcript",
                         n_files);
    if (o->n_formats > 1)
        return chip_fail(err, CHIP_E_INVAL,
                         "%zu formats need --output-dir DIR: standard output takes one",
                         o->n_formats);
    return CHIP_OK;
}

/* whisper.cpp and ffmpeg have taught people to name a file: "-o talk.srt". */
static enum chip_status check_folder_name(const char *dir, struct chip_err *err)
{
    const char *slash = strrchr(dir, '/'), *dot = strrchr(slash ? slash : dir, '.');
    enum chip_format format;
    struct stat info;
    if (!*dir)
        return chip_fail(err, CHIP_E_INVAL, "--output-dir needs the name of a folder");
    if (dot && chip_format_by_name(dot + 1, &format) && stat(dir, &info) < 0)
        return chip_fail(err, CHIP_E_INVAL,
                         "--output-dir takes a folder, and '%s' looks like a file; to write one "
                         "file, use --format %s > %s",
                         dir, dot + 1, dir);
    return CHIP_OK;
}

static enum chip_status plan_folder(struct chip_outputs *o, char *const *files, size_t n_files,
                                    struct chip_err *err)
{
    enum chip_status st = check_folder_name(o->dir, err);
    if (st != CHIP_OK)
        return st;
    o->n_paths = n_files * o->n_formats;
    o->paths = calloc(o->n_paths, sizeof *o->paths);
    if (!o->paths)
        return chip_fail(err, CHIP_E_NOMEM, "no memory for %zu outputs", o->n_paths);
    for (size_t i = 0; i < o->n_paths; i++) {
        st = name_output(o, files[i / o->n_formats], o->formats[i % o->n_formats], &o->paths[i],
                         err);
        if (st != CHIP_OK)
            return st;
    }
    st = check_collisions(o, files, err);
    if (st == CHIP_OK)
        st = check_inputs(o, files, n_files, err);
    if (st == CHIP_OK)
        st = chip_folder_make(o->dir, err);
    if (st == CHIP_OK && access(o->dir, W_OK | X_OK) < 0)
        st = chip_fail(err, CHIP_E_IO, "cannot write into '%s': %s", o->dir, strerror(errno));
    return st;
}

enum chip_status chip_outputs_plan(struct chip_outputs *out, char *const *files, size_t n_files,
                                   unsigned formats, const char *dir, struct chip_err *err)
{
    struct chip_outputs o = {.dir = dir};
    if (!formats)
        formats = 1U << CHIP_FORMAT_TXT | (dir ? 1U << CHIP_FORMAT_JSON : 0);
    for (int f = 0; f < CHIP_N_FORMATS; f++)
        if (formats & 1U << f)
            o.formats[o.n_formats++] = (enum chip_format)f;

    enum chip_status st =
        dir ? plan_folder(&o, files, n_files, err) : check_stdout(&o, n_files, err);
    if (st != CHIP_OK) {
        chip_outputs_done(&o);
        return st;
    }
    *out = o;
    return CHIP_OK;
}

void chip_outputs_done(struct chip_outputs *outputs)
{
    for (size_t i = 0; outputs->paths && i < outputs->n_paths; i++)
        free(outputs->paths[i]);
    free(outputs->paths);
    *outputs = (struct chip_outputs){0};
}

const char *chip_outputs_path(const struct chip_outputs *outputs, size_t file, size_t i)
{
    return outputs->paths ? outputs->paths[file * outputs->n_formats + i] : NULL;
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum chip_status write_stdout(const char *text, size_t n, struct chip_err *err)
{
    errno = 0;
    if (fwrite(text, 1, n, stdout) == n && fflush(stdout) == 0)
        return CHIP_OK;
    if (errno == EPIPE)
        return chip_fail(err, CHIP_E_CANCELLED, "nobody reads standard output any more");
    return chip_fail(err, CHIP_E_IO, "cannot write to standard output: %s", strerror(errno));
}

enum chip_status chip_outputs_write(const struct chip_outputs *outputs, size_t file,
                                    const struct chip_transcript *transcript,
                                    const struct chip_format_options *options, struct chip_err *err)
{
    for (size_t i = 0; i < outputs->n_formats; i++) {
        char *text;
        enum chip_status st =
            chip_format_transcript(transcript, outputs->formats[i], options, &text, err);
        if (st != CHIP_OK)
            return st;
        const char *path = chip_outputs_path(outputs, file, i);
        st = path ? chip_file_replace(path, text, strlen(text), err)
                  : write_stdout(text, strlen(text), err);
        free(text);
        if (st != CHIP_OK)
            return st;
    }
    return CHIP_OK;
}
