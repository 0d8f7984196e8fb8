#include "cli/hotword_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { MAX_FILE_BYTES = 1 << 20 };

#define SEPARATORS ",\r\n"
#define BLANKS " \t\v\f"

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for hotwords");
}

static enum chip_status read_file(const char *path, char **out, struct chip_err *err)
{
    struct chip_file file;
    enum chip_status s = chip_file_map(&file, path, MAX_FILE_BYTES, err);
    if (s != CHIP_OK)
        return s;
    char *text = file.size ? strndup((const char *)file.data, file.size) : strdup("");
    chip_file_unmap(&file);
    if (!text)
        return no_memory(err);
    *out = text;
    return CHIP_OK;
}

/* The word at *rest, made a string of its own, and *rest behind it. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, SEPARATORS BLANKS), *end = word + strcspn(word, SEPARATORS);
    *rest = *end ? end + 1 : end;
    while (end > word && strchr(BLANKS, end[-1]))
        end--;
    *end = '\0';
    return *word ? word : NULL;
}

static enum chip_status split(char *text, struct chip_hotword_list *out, struct chip_err *err)
{
    size_t n = 2;
    for (const char *c = text; *c; c++)
        n += strchr(SEPARATORS, *c) != NULL;
    const char **words = calloc(n, sizeof *words);
    if (!words)
        return no_memory(err);
    n = 0;
    for (char *rest = text, *word; (word = next_word(&rest));)
        words[n++] = word;
    *out = (struct chip_hotword_list){.text = text, .words = words};
    return CHIP_OK;
}

enum chip_status chip_hotword_list_read(const char *list, struct chip_hotword_list *out,
                                        struct chip_err *err)
{
    char *text = NULL;
    if (list && list[0] == '@') {
        enum chip_status s = read_file(list + 1, &text, err);
        if (s != CHIP_OK)
            return s;
    } else {
        text = strdup(list ? list : "");
    }
    enum chip_status s = text ? split(text, out, err) : no_memory(err);
    if (s != CHIP_OK)
        free(text);
    return s;
}

void chip_hotword_list_done(struct chip_hotword_list *list)
{
    free(list->text);
    free(list->words);
    *list = (struct chip_hotword_list){0};
}
