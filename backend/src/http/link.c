#include "http/link.h"

#include <inttypes.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "net/base64.h"

enum { NONCE = 12, TAG = 16 };

/* ---- sealing --------------------------------------------------------------------------------- */

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

enum chip_status chip_link_seal(const unsigned char key[CHIP_LINK_KEY],
                                const struct chip_link *link, char **out, struct chip_err *err)
{
    json_t *root = json_pack("{s:s*, s:s*, s:s, s:I}", "user", link->user_id, "jwt", link->jwt,
                             "path", link->path, "expires", (json_int_t)link->expires_s);
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    if (!text)
        return chip_fail(err, CHIP_E_INVAL, "a link is made for a path and a user in UTF-8");
    size_t n = strlen(text), n_sealed = NONCE + n + TAG;
    unsigned char *sealed = malloc(n_sealed);
    char *token = NULL;
    if (sealed && encrypt(key, text, n, sealed))
        token = chip_base64_encode(CHIP_BASE64_URL, sealed, n_sealed);
    free(sealed);
    free(text);
    if (!token)
        return chip_fail(err, CHIP_E_NOMEM, "a link cannot be sealed (not enough memory)");
    if (strlen(token) > CHIP_MAX_LINK) {
        free(token);
        return chip_fail(err, CHIP_E_INVAL, "the path is too long for a link");
    }
    *out = token;
    return CHIP_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

static json_t *unseal(const unsigned char *key, const char *token)
{
    unsigned char *sealed;
    size_t n = strnlen(token, CHIP_MAX_LINK + 1), n_sealed;
    if (n > CHIP_MAX_LINK ||
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

static bool covers(const char *prefix, const char *path)
{
    size_t n = strlen(prefix);
    return n > 0 && !strncmp(path, prefix, n) && (path[n] == '\0' || path[n] == '/');
}

/* @return false without memory */
static bool copy_member(const json_t *root, const char *name, char **out)
{
    const char *text = json_string_value(json_object_get(root, name));
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

bool chip_link_open(const unsigned char key[CHIP_LINK_KEY], const char *token, const char *path,
                    int64_t now_s, char **user_id, char **jwt, const char **why)
{
    json_t *root = unseal(key, token);
    const char *prefix = json_string_value(json_object_get(root, "path"));
    char *user = NULL, *own = NULL;
    *why = NULL;
    if (!prefix)
        *why = "the link's token is not one of ours";
    else if (now_s >= json_integer_value(json_object_get(root, "expires")))
        *why = "the link has expired";
    else if (!covers(prefix, path))
        *why = "the link is for another path";
    else if (!copy_member(root, "user", &user) || !copy_member(root, "jwt", &own))
        *why = "not enough memory";
    json_decref(root);
    if (*why) {
        free(user);
        free(own);
        return false;
    }
    *user_id = user;
    *jwt = own;
    return true;
}
