#include "cli/transcript_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "meeting/json.h"

static enum chip_status read_stdin(struct chip_str *text, struct chip_err *err)
{
    char part[1 << 16];
    for (ssize_t n; (n = read(STDIN_FILENO, part, sizeof part)) != 0;) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return chip_fail(err, CHIP_E_IO, "standard input: %s", strerror(errno));
        chip_str_add_n(text, part, (size_t)n);
        if (text->failed)
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the transcript");
        if (text->len > CHIP_TRANSCRIPT_MAX_BYTES)
            return chip_fail(err, CHIP_E_LIMIT, "standard input: too long for a transcript");
    }
    return CHIP_OK;
}

enum chip_status chip_transcript_file_read(const char *path, struct chip_transcript **out,
                                           struct chip_err *err)
{
    enum chip_status st;
    if (strcmp(path, "-") == 0) {
        struct chip_str text = {0};
        st = read_stdin(&text, err);
        if (st == CHIP_OK)
            st = chip_transcript_from_json(text.data ? text.data : "", text.len, out, err);
        chip_str_done(&text);
        return st;
    }
    struct chip_file file;
    st = chip_file_map(&file, path, CHIP_TRANSCRIPT_MAX_BYTES, err);
    if (st != CHIP_OK)
        return st;
    st = chip_transcript_from_json(file.data ? (const char *)file.data : "", file.size, out, err);
    if (st != CHIP_OK)
        st = chip_fail_in(err, "'%s': ", path);
    if (st == CHIP_E_FORMAT && (!file.size || file.data[0] != '{'))
        st = chip_fail(err, st,
                       "'%s' is no transcript; make one with: chip transcribe FILE --format json",
                       path);
    chip_file_unmap(&file);
    return st;
}
