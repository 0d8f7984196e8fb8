/* `chip relabel`: another number of speakers for a transcript, without its recording. */

#include "cli/cmd_relabel.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/transcript_file.h"
#include "meeting/transcript.h"

static enum chip_status make(const struct chip_parsed *args, char **text, struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) before = NULL;
    CHIP_AUTO(chip_transcript) after = NULL;
    enum chip_status s = chip_transcript_file_read(args->operands[0], &before, err);
    if (s == CHIP_OK)
        s = chip_transcript_relabel(before, (int)args->values[CHIP_RELABEL_OPT_SPEAKERS].number,
                                    &after, err);
    if (s != CHIP_OK)
        return s;
    const struct chip_format_options options = {
        .source = strcmp(args->operands[0], "-") == 0 ? NULL : args->operands[0]};
    return chip_format_transcript(
        after, (enum chip_format)args->values[CHIP_RELABEL_OPT_FORMAT].number, &options, text, err);
}

int chip_cmd_relabel(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("relabel", argc, argv, &args);
    if (code >= 0)
        return code;
    code = chip_command_check_files("relabel", &args);
    if (code >= 0)
        return code;
    if (args.n_operands > 1)
        return chip_usage_error("relabel", "one transcript at a time");
    if (!args.values[CHIP_RELABEL_OPT_SPEAKERS].is_set)
        return chip_usage_error("relabel", "how many people speak? Say --speakers N");

    char *text = NULL;
    struct chip_err err;
    if (make(&args, &text, &err) != CHIP_OK)
        return chip_command_fail(&err, CHIP_STAGE_INPUT);
    const char *output = args.values[CHIP_RELABEL_OPT_OUTPUT].text;
    if (output) {
        enum chip_status s = chip_file_replace(output, text, strlen(text), &err);
        free(text);
        return s == CHIP_OK ? CHIP_EXIT_OK : chip_command_fail(&err, CHIP_STAGE_OUTPUT);
    }
    struct chip_str out = {0};
    chip_str_add(&out, text);
    free(text);
    return chip_command_print(&out);
}
