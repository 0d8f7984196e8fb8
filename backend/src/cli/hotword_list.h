/** What --hotwords says: a list, or "@FILE", which holds one. One thread. */
#pragma once

#include "base/err.h"

struct chip_hotword_list {
    char *text;         /* behind the words; owned */
    const char **words; /* ends with NULL, as chip_options takes them; owned */
};

/**
 * @param list "Siobhan, Kubernetes", or "@names.txt": commas and line ends separate, blanks around
 *             words and what is empty do not count; NULL: none
 * @param out  chip_hotword_list_done() frees it; untouched on failure
 * @return CHIP_OK; CHIP_E_NOT_FOUND, CHIP_E_IO, CHIP_E_LIMIT for the file; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_hotword_list_read(const char *list, struct chip_hotword_list *out,
                                        struct chip_err *err);
void chip_hotword_list_done(struct chip_hotword_list *list);
