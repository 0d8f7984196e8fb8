#include "cli/json_text.h"

#include "meeting/text.h"

json_t *chip_json_text(const char *text)
{
    json_t *exact = json_string(text);
    if (exact)
        return exact;
    struct chip_str clean = {0};
    chip_text_clean(&clean, text);
    json_t *replaced = json_string(clean.data ? clean.data : "");
    chip_str_done(&clean);
    return replaced;
}
