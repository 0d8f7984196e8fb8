/* Signs a webhook for test_standard_webhooks.mjs: sign SECRETS ID TIMESTAMP BODY */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/webhook.h"

int main(int argc, char **argv)
{
    struct chip_webhook_keys keys;
    struct chip_err err;
    char *signature;
    if (argc != 5)
        return 2;
    if (chip_webhook_keys_parse(argv[1], &keys, &err) != CHIP_OK ||
        chip_webhook_sign(&keys, argv[2], atoll(argv[3]), argv[4], strlen(argv[4]), &signature,
                          &err) != CHIP_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    puts(signature);
    free(signature);
    return 0;
}
