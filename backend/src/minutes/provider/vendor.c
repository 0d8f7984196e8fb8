#include "minutes/provider/vendor.h"

#include <string.h>

const struct chip_llm_vendor *chip_llm_vendor_by_name(const char *name)
{
    static const struct chip_llm_vendor *const all[] = {&chip_llm_gemini, &chip_llm_openai,
                                                        &chip_llm_anthropic, &chip_llm_compatible};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}
