#include "cli/exit.h"

const struct chip_exit_line chip_exit_lines[] = {
    {"0", "everything worked; a damaged recording counts too, with a warning"},
    {"1", "something failed: no space, no memory, a bug"},
    {"2", "the command line makes no sense"},
    {"3", "a recording was not found or could not be read"},
    {"4", "a file is not media, or has no sound that can be decoded"},
    {"5", "the model is missing or damaged"},
    {"130, 143", "interrupted (Ctrl-C), terminated"},
    {NULL, NULL},
};

static enum chip_exit input_code(enum chip_status status)
{
    switch (status) {
    case CHIP_OK:
        return CHIP_EXIT_OK;
    case CHIP_E_IO:
    case CHIP_E_NOT_FOUND:
    case CHIP_E_INVAL: /* a folder is given for a file */
        return CHIP_EXIT_INPUT;
    case CHIP_E_FORMAT:
    case CHIP_E_NO_AUDIO:
    case CHIP_E_UNSUPPORTED:
    case CHIP_E_LIMIT:
        return CHIP_EXIT_MEDIA;
    case CHIP_E_CANCELLED:
        return CHIP_EXIT_INTERRUPTED;
    case CHIP_E_NOMEM:
    case CHIP_E_NETWORK:
    case CHIP_E_CHECKSUM:
    case CHIP_E_INTERNAL:
    case CHIP_E_CONFLICT:
    case CHIP_E_DENIED:
    case CHIP_E_UNAVAILABLE:
        return CHIP_EXIT_FAILURE;
    }
    return CHIP_EXIT_FAILURE;
}

static enum chip_exit model_code(enum chip_status status)
{
    switch (status) {
    case CHIP_OK:
        return CHIP_EXIT_OK;
    case CHIP_E_IO:
    case CHIP_E_NOT_FOUND:
    case CHIP_E_INVAL:
    case CHIP_E_FORMAT:
    case CHIP_E_NO_AUDIO:
    case CHIP_E_UNSUPPORTED:
    case CHIP_E_LIMIT:
    case CHIP_E_CHECKSUM:
        return CHIP_EXIT_MODEL;
    case CHIP_E_CANCELLED:
        return CHIP_EXIT_INTERRUPTED;
    case CHIP_E_NOMEM:
    case CHIP_E_NETWORK:
    case CHIP_E_INTERNAL:
    case CHIP_E_CONFLICT:
    case CHIP_E_DENIED:
    case CHIP_E_UNAVAILABLE:
        return CHIP_EXIT_FAILURE;
    }
    return CHIP_EXIT_FAILURE;
}

enum chip_exit chip_exit_code(enum chip_status status, enum chip_stage stage)
{
    if (status == CHIP_OK)
        return CHIP_EXIT_OK;
    switch (stage) {
    case CHIP_STAGE_ARGUMENTS:
        return status == CHIP_E_INVAL ? CHIP_EXIT_USAGE : CHIP_EXIT_FAILURE;
    case CHIP_STAGE_MODEL:
        return model_code(status);
    case CHIP_STAGE_INPUT:
        return input_code(status);
    case CHIP_STAGE_OUTPUT:
        return status == CHIP_E_CANCELLED ? CHIP_EXIT_INTERRUPTED : CHIP_EXIT_FAILURE;
    }
    return CHIP_EXIT_FAILURE;
}
