#include "cli/webhook_secret.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/file.h"
#include "base/str.h"

enum { SECRET_BYTES = 32, BASE64_BYTES = (SECRET_BYTES + 2) / 3 * 4 + 1, MAX_FILE = 4096 };

static enum chip_status make(const char *path, struct chip_err *err)
{
    unsigned char bytes[SECRET_BYTES];
    char text[8 + BASE64_BYTES] = "whsec_";
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return chip_fail(err, CHIP_E_INTERNAL, "the kernel gives no random bytes");
    EVP_EncodeBlock((unsigned char *)text + strlen(text), bytes, sizeof bytes);
    return chip_file_replace(path, text, strlen(text), err);
}

enum chip_status chip_webhook_secrets(const struct chip_service *service, char **out,
                                      struct chip_err *err)
{
    struct chip_str text = {0}, path = {0};
    const char *set = chip_settings_text(&service->settings, CHIP_SET_WEBHOOK_SECRET);
    if (set) {
        chip_str_add(&text, set);
        return chip_str_finish(&text, out, err);
    }
    chip_str_addf(&path, "%s/webhook-secret", service->data_dir);
    if (path.failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a path");
    struct chip_file file;
    enum chip_status s = chip_file_map(&file, path.data, MAX_FILE, err);
    if (s == CHIP_E_NOT_FOUND) {
        s = make(path.data, err);
        if (s == CHIP_OK)
            s = chip_file_map(&file, path.data, MAX_FILE, err);
    }
    chip_str_done(&path);
    if (s != CHIP_OK)
        return s;
    chip_str_add_n(&text, (const char *)file.data, file.size);
    chip_file_unmap(&file);
    return chip_str_finish(&text, out, err);
}
