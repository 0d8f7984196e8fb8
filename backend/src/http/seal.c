#include "http/seal.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "net/base64.h"

enum { NONCE = 12, TAG = 16 };

/* @param out [NONCE + n + TAG] */
static bool encrypt(const unsigned char *key, const char *text, size_t n, unsigned char *out)
{
    int length = 0, rest = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok =
        ctx && getrandom(out, NONCE, 0) == NONCE &&
        EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
        EVP_EncryptUpdate(ctx, out + NONCE, &length, (const unsigned char *)text, (int)n) == 1 &&
        EVP_EncryptFinal_ex(ctx, out + NONCE + length, &rest) == 1 &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, out + NONCE + n) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

/* @param out [n - NONCE - TAG + 1], NUL-terminated */
static bool decrypt(const unsigned char *key, unsigned char *sealed, size_t n, char *out)
{
    int length = 0, rest = 0, n_text = (int)(n - NONCE - TAG);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, sealed) == 1 &&
              EVP_DecryptUpdate(ctx, (unsigned char *)out, &length, sealed + NONCE, n_text) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, sealed + NONCE + n_text) == 1 &&
              EVP_DecryptFinal_ex(ctx, (unsigned char *)out + length, &rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    out[n_text] = '\0';
    return ok;
}

enum chip_status chip_seal(const unsigned char key[CHIP_SEAL_KEY], json_t *object, char **out,
                           struct chip_err *err)
{
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    if (!text)
        return chip_fail(err, CHIP_E_INVAL, "what is sealed has to be UTF-8");
    size_t n = strlen(text), n_sealed = NONCE + n + TAG;
    unsigned char *sealed = malloc(n_sealed);
    char *token = NULL;
    if (sealed && encrypt(key, text, n, sealed))
        token = chip_base64_encode(CHIP_BASE64_URL, sealed, n_sealed);
    free(sealed);
    free(text);
    if (!token)
        return chip_fail(err, CHIP_E_NOMEM, "a token cannot be sealed (not enough memory)");
    if (strlen(token) > CHIP_MAX_SEALED) {
        free(token);
        return chip_fail(err, CHIP_E_INVAL, "what is sealed is too long");
    }
    *out = token;
    return CHIP_OK;
}

json_t *chip_unseal(const unsigned char key[CHIP_SEAL_KEY], const char *token)
{
    unsigned char *sealed;
    size_t n = strnlen(token, CHIP_MAX_SEALED + 1), n_sealed;
    if (n > CHIP_MAX_SEALED ||
        chip_base64_decode(CHIP_BASE64_URL, token, n, &sealed, &n_sealed, NULL) != CHIP_OK)
        return NULL;
    json_t *root = NULL;
    char *text = n_sealed > NONCE + TAG ? malloc(n_sealed - NONCE - TAG + 1) : NULL;
    if (text && decrypt(key, sealed, n_sealed, text))
        root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    free(sealed);
    return root;
}
