#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "toy.h"

/* The 32,000 pieces: three special ones, the bytes, then " a", " b", ... and what fills up. */
void toy_tokenizer(const char *path)
{
    char *text = NULL;
    size_t n = 0;
    FILE *pieces = open_memstream(&text, &n);
    if (!pieces)
        abort();
    fputs("<unk>\n<s>\n</s>", pieces);
    for (int i = 0; i < 256; i++)
        fprintf(pieces, "\n<0x%02X>", i);
    for (int i = 259; i < 32000; i++)
        fprintf(pieces, "\n%sp%d", i % 2 ? "\xE2\x96\x81" : "", i);
    if (fclose(pieces) != 0)
        abort();
    static const unsigned char merges[] = {3, 1, 4, 1, 5, 1, 6, 1}; /* of ids 259+, not sensible */
    unsigned char *base64 = malloc(n * 2), base64_merges[32];
    FILE *file = fopen(path, "wb");
    if (!base64 || !file)
        abort();
    EVP_EncodeBlock(base64, (unsigned char *)text, (int)n);
    EVP_EncodeBlock(base64_merges, merges, sizeof merges);
    fprintf(file, "// a toy\nconst llama_vocab_base64 = \"%s\";\n", (char *)base64);
    fprintf(file, "const llama_merges_binary = \"%s\";\n", (char *)base64_merges);
    if (fclose(file) != 0)
        abort();
    free(base64);
    free(text);
}
