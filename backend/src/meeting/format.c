#include "meeting/format.h"

#include <string.h>

#include "meeting/cues.h"

#define DEFAULT_LINE_CHARS 42
#define DEFAULT_LINES 2

static const struct format {
    const char *name, *extension;
    chip_format_fn *write;
} formats[] = {
    [CHIP_FORMAT_JSON] = {"json", "json", chip_format_json},
    [CHIP_FORMAT_WHISPERX] = {"whisperx", "json", chip_format_whisperx},
    [CHIP_FORMAT_SRT] = {"srt", "srt", chip_format_srt},
    [CHIP_FORMAT_VTT] = {"vtt", "vtt", chip_format_vtt},
    [CHIP_FORMAT_TXT] = {"txt", "txt", chip_format_txt},
    [CHIP_FORMAT_MD] = {"md", "md", chip_format_md},
    [CHIP_FORMAT_TSV] = {"tsv", "tsv", chip_format_tsv},
    [CHIP_FORMAT_RTTM] = {"rttm", "rttm", chip_format_rttm},
};
#define N_FORMATS (sizeof formats / sizeof formats[0])

bool chip_format_by_name(const char *name, enum chip_format *out)
{
    for (size_t i = 0; name && i < N_FORMATS; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *out = (enum chip_format)i;
            return true;
        }
    }
    return false;
}

const char *chip_format_extension(enum chip_format format)
{
    return (size_t)format < N_FORMATS ? formats[format].extension : "txt";
}

enum chip_status chip_format_transcript(const struct chip_transcript *transcript,
                                        enum chip_format format,
                                        const struct chip_format_options *options, char **out,
                                        struct chip_err *err)
{
    if (!transcript || !out)
        return chip_fail(err, CHIP_E_INVAL, "there is no transcript to write");
    if ((size_t)format >= N_FORMATS)
        return chip_fail(err, CHIP_E_INVAL, "there is no output format %d", (int)format);

    struct chip_format_options full = options ? *options : (struct chip_format_options){0};
    if (!full.max_line_chars)
        full.max_line_chars = DEFAULT_LINE_CHARS;
    if (!full.max_lines)
        full.max_lines = DEFAULT_LINES;
    if (full.max_line_chars < 1 || full.max_line_chars > CHIP_CUE_MAX_LINE_CHARS)
        return chip_fail(err, CHIP_E_INVAL, "a subtitle line of %d characters: use 1 to %d",
                         full.max_line_chars, CHIP_CUE_MAX_LINE_CHARS);
    if (full.max_lines < 1 || full.max_lines > CHIP_CUE_MAX_LINES)
        return chip_fail(err, CHIP_E_INVAL, "subtitles of %d lines: use 1 to %d", full.max_lines,
                         CHIP_CUE_MAX_LINES);

    struct chip_str text = {0};
    enum chip_status st = formats[format].write(transcript, &full, &text, err);
    if (st != CHIP_OK) {
        chip_str_done(&text);
        return st;
    }
    return chip_str_finish(&text, out, err);
}
