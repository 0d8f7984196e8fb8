#include "meeting/voices.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/*
 * Bytes before base64: version (1), bytes of a voice (128), number of tracklets (u32); each
 * tracklet: start (u32 ms), length (u32 ms), speaker (u8), voice (i8 each). Little endian.
 */
enum { VERSION = 1, HEAD = 6, ITEM = 9 + CHIP_TRACKLET_DIM };

struct chip_voices *chip_voices_new(size_t n)
{
    struct chip_voices *v = calloc(1, sizeof *v);
    if (v)
        v->tracklets = calloc(n + 1, sizeof *v->tracklets);
    if (!v || !v->tracklets) {
        free(v);
        return NULL;
    }
    v->n = n;
    return v;
}

void chip_voices_free(struct chip_voices *v)
{
    if (!v)
        return;
    free(v->tracklets);
    free(v);
}

struct chip_voices *chip_voices_copy(const struct chip_voices *voices)
{
    struct chip_voices *v = chip_voices_new(voices->n);
    if (v)
        memcpy(v->tracklets, voices->tracklets, v->n * sizeof *v->tracklets);
    return v;
}

/* ---- writing ---- */

static void put32(unsigned char *to, uint64_t x)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(x >> 8 * i);
}

void chip_voices_encode(const struct chip_voices *voices, struct chip_str *out)
{
    size_t n = HEAD + voices->n * ITEM, n_text = (n + 2) / 3 * 4;
    unsigned char *bytes = malloc(n + n_text + 1);
    if (!bytes) {
        out->failed = true;
        return;
    }
    bytes[0] = VERSION;
    bytes[1] = CHIP_TRACKLET_DIM;
    put32(bytes + 2, voices->n);
    for (size_t i = 0; i < voices->n; i++) {
        const struct chip_tracklet *t = &voices->tracklets[i];
        unsigned char *to = bytes + HEAD + i * ITEM;
        put32(to, (uint64_t)t->start_ms);
        put32(to + 4, (uint64_t)(t->end_ms - t->start_ms));
        to[8] = (unsigned char)t->speaker;
        memcpy(to + 9, t->voice, sizeof t->voice);
    }
    EVP_EncodeBlock(bytes + n, bytes, (int)n);
    chip_str_add_n(out, (const char *)bytes + n, n_text);
    free(bytes);
}

/* ---- reading ---- */

static uint32_t get32(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

static bool read_tracklet(const unsigned char *from, struct chip_tracklet *t)
{
    static const int8_t nothing[CHIP_TRACKLET_DIM];
    t->start_ms = get32(from);
    t->end_ms = t->start_ms + get32(from + 4);
    t->speaker = from[8];
    memcpy(t->voice, from + 9, sizeof t->voice);
    return t->start_ms < t->end_ms && t->end_ms <= UINT32_MAX &&
           memcmp(t->voice, nothing, sizeof nothing) != 0;
}

static struct chip_voices *read_bytes(const unsigned char *bytes, size_t n, bool *damaged)
{
    uint32_t count = n >= HEAD ? get32(bytes + 2) : 0;
    *damaged = n < HEAD || bytes[0] != VERSION || bytes[1] != CHIP_TRACKLET_DIM ||
               count > CHIP_MAX_TRACKLETS || n != HEAD + (size_t)count * ITEM;
    if (*damaged)
        return NULL;
    struct chip_voices *v = chip_voices_new(count);
    for (size_t i = 0; v && i < count && !*damaged; i++) {
        *damaged = !read_tracklet(bytes + HEAD + i * ITEM, &v->tracklets[i]) ||
                   (i && v->tracklets[i].start_ms < v->tracklets[i - 1].start_ms);
    }
    return v;
}

enum chip_status chip_voices_decode(const char *base64, struct chip_voices **out,
                                    struct chip_err *err)
{
    size_t n = strlen(base64), padding = 0;
    while (padding < 2 && padding < n && base64[n - 1 - padding] == '=')
        padding++;
    bool damaged = n % 4 != 0 || n > (size_t)4 * (CHIP_MAX_TRACKLETS + 1) * ITEM / 3;
    unsigned char *bytes = malloc(n / 4 * 3 + 1);
    struct chip_voices *v = NULL;
    if (bytes && !damaged) {
        int got = EVP_DecodeBlock(bytes, (const unsigned char *)base64, (int)n);
        damaged = got < 0 || (size_t)got != n / 4 * 3;
        if (!damaged)
            v = read_bytes(bytes, n / 4 * 3 - padding, &damaged);
    }
    free(bytes);
    if (damaged) {
        chip_voices_free(v);
        return chip_fail(err, CHIP_E_FORMAT, "the voices are damaged, or of another version");
    }
    if (!v)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the voices");
    *out = v;
    return CHIP_OK;
}
