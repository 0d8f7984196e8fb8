#include "net/label.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_NAME = 64 };

static void add_host(CURLU *handle, char label[CHIP_LABEL])
{
    char *host = NULL, *port = NULL;
    curl_url_get(handle, CURLUPART_HOST, &host, 0);
    curl_url_get(handle, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);
    snprintf(label, CHIP_LABEL, "%.80s%s%.5s", host ? host : "(no URL)", port ? ":" : "",
             port ? port : "");
    curl_free(host);
    curl_free(port);
}

static CURLU *parse(const char *url)
{
    CURLU *handle = curl_url();
    if (handle && curl_url_set(handle, CURLUPART_URL, url, 0) != CURLUE_OK) {
        curl_url_cleanup(handle);
        handle = NULL;
    }
    return handle;
}

void chip_label_host(const char *url, char label[CHIP_LABEL])
{
    CURLU *handle = parse(url);
    if (handle)
        add_host(handle, label);
    else
        strcpy(label, "(no URL)");
    curl_url_cleanup(handle);
}

/* A name that people gave is worth reading; a long one, or one without a dot, may be a secret. */
static bool is_telling(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= LONGEST_NAME && strchr(name, '.');
}

void chip_label_file(const char *url, char label[CHIP_LABEL])
{
    CURLU *handle = parse(url);
    chip_label_host(url, label);
    char *path = NULL;
    if (!handle || curl_url_get(handle, CURLUPART_PATH, &path, 0) != CURLUE_OK) {
        curl_url_cleanup(handle);
        return;
    }
    const char *name = strrchr(path, '/');
    size_t n = strlen(label);
    if (name && is_telling(name + 1))
        snprintf(label + n, CHIP_LABEL - n, "%s%s", name == path ? "" : "/...", name);
    else if (name && name[1])
        snprintf(label + n, CHIP_LABEL - n, "/...");
    curl_free(path);
    curl_url_cleanup(handle);
}
