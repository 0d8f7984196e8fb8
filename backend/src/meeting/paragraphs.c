#include "meeting/paragraphs.h"

#define SILENCE_MS 2000 /* wherever it falls */
#define BREATH_MS 1000  /* behind a sentence */
#define LONG_CHARS 600  /* then any sentence end will do */

static bool ends_here(const struct chip_flow_word *word, size_t n_chars)
{
    if (word->pause_ms >= SILENCE_MS)
        return true;
    return word->sense == CHIP_BREAK_SENTENCE &&
           (word->pause_ms >= BREATH_MS || n_chars >= LONG_CHARS);
}

struct chip_paragraph chip_paragraph_at(const struct chip_flow *flow, size_t first_word)
{
    size_t n_chars = 0, at = first_word;
    while (at < flow->n_words) {
        const struct chip_flow_word *word = &flow->words[at++];
        n_chars += word->n_chars + 1;
        bool changes = at < flow->n_words && flow->words[at].speaker != word->speaker;
        if (changes || ends_here(word, n_chars))
            break;
    }
    return (struct chip_paragraph){.first_word = first_word, .n_words = at - first_word};
}
