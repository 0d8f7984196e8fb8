#include "net/guard.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/address.h"

enum { MAX_RULES = 256, MAX_ENTRY = 300 };

struct rule {
    char name[256]; /* lower case, "" for addresses; ".corp.example" stands for hosts below */
    struct chip_network network;
    int port; /* 0: any */
};

struct chip_guard {
    struct rule *rules;
    size_t n_rules;
    char *proxy;
    bool https_only;
};

/* ---- the list -------------------------------------------------------------------------------- */

static bool parse_port(const char *text, int *port)
{
    size_t n = strspn(text, "0123456789");
    if (n < 1 || n > 5 || text[n])
        return false;
    *port = atoi(text);
    return *port >= 1 && *port <= 65535;
}

/* Cuts ":443" off, but not the end of a bare IPv6 address. */
static bool cut_port(char *entry, int *port)
{
    char *colon = strrchr(entry, ':');
    struct chip_network network;
    if (!colon || chip_network_parse(entry, &network))
        return true;
    *colon = '\0';
    return parse_port(colon + 1, port);
}

static bool is_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
    return n > 0 && !name[n] && n < sizeof((struct rule *)0)->name;
}

static bool parse_rule(char *entry, struct rule *rule)
{
    for (char *c = entry; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    *rule = (struct rule){0};
    if (!cut_port(entry, &rule->port))
        return false;
    if (chip_network_parse(entry, &rule->network))
        return true;
    const char *name = entry[0] == '*' ? entry + 1 : entry;
    if (!is_name(name) || (entry[0] == '*') != (name[0] == '.'))
        return false;
    memcpy(rule->name, name, strlen(name) + 1);
    return true;
}

static enum chip_status parse_rules(struct chip_guard *guard, const char *allow,
                                    struct chip_err *err)
{
    const char *blanks = ", \t\r\n";
    while (*(allow += strspn(allow, blanks))) {
        char entry[MAX_ENTRY + 1] = "";
        size_t n = strcspn(allow, blanks);
        if (n <= MAX_ENTRY)
            memcpy(entry, allow, n);
        if (n > MAX_ENTRY || guard->n_rules == MAX_RULES ||
            !parse_rule(entry, &guard->rules[guard->n_rules]))
            return chip_fail(err, CHIP_E_INVAL,
                             "'%.*s' in the list of hosts that may be fetched from is neither a "
                             "host, *.domain, address nor network (or there are more than %d)",
                             n > 80 ? 80 : (int)n, allow, MAX_RULES);
        guard->n_rules++;
        allow += n;
    }
    return CHIP_OK;
}

enum chip_status chip_guard_new(struct chip_guard **out, const struct chip_guard_settings *settings,
                                struct chip_err *err)
{
    CHIP_AUTO(chip_guard) guard = calloc(1, sizeof *guard);
    if (guard)
        guard->rules = calloc(MAX_RULES, sizeof *guard->rules);
    if (!guard || !guard->rules || (settings->proxy && !(guard->proxy = strdup(settings->proxy))))
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    guard->https_only = settings->https_only;
    enum chip_status status = settings->allow ? parse_rules(guard, settings->allow, err) : CHIP_OK;
    if (status != CHIP_OK)
        return status;
    *out = guard;
    guard = NULL;
    return CHIP_OK;
}

void chip_guard_free(struct chip_guard *guard)
{
    if (!guard)
        return;
    free(guard->rules);
    free(guard->proxy);
    free(guard);
}

/* ---- where a URL leads ----------------------------------------------------------------------- */

struct place {
    bool https, has_user, is_address;
    char host[256]; /* lower case, without a dot at the end */
    struct chip_address address;
    int port;
};

static bool take_part(CURLU *handle, CURLUPart part, unsigned flags, char *out, size_t size)
{
    char *value = NULL;
    if (curl_url_get(handle, part, &value, flags) != CURLUE_OK)
        return false;
    bool fits = strlen(value) < size;
    if (fits)
        memcpy(out, value, strlen(value) + 1);
    curl_free(value);
    return fits;
}

static bool has_part(CURLU *handle, CURLUPart part)
{
    char *value = NULL;
    bool has = curl_url_get(handle, part, &value, 0) == CURLUE_OK;
    curl_free(value);
    return has;
}

/* curl's parser turns other spellings of IPv4 (127.1, 0x7f000001, 2130706433) into dots. */
static bool parse_place(const char *url, struct place *place)
{
    *place = (struct place){0};
    CURLU *handle = curl_url();
    char scheme[8], port[8];
    bool ok = handle && curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK &&
              take_part(handle, CURLUPART_SCHEME, 0, scheme, sizeof scheme) &&
              take_part(handle, CURLUPART_HOST, CURLU_URLDECODE, place->host, sizeof place->host) &&
              take_part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof port) &&
              parse_port(port, &place->port);
    if (ok) {
        place->https = !strcmp(scheme, "https");
        ok = place->https || !strcmp(scheme, "http");
        place->has_user = has_part(handle, CURLUPART_USER) || has_part(handle, CURLUPART_PASSWORD);
    }
    curl_url_cleanup(handle);
    if (!ok)
        return false;
    for (char *c = place->host; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    size_t n = strlen(place->host);
    if (n > 1 && place->host[n - 1] == '.')
        place->host[n - 1] = '\0';
    place->is_address = chip_address_parse(place->host, &place->address);
    return true;
}

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), n_end = strlen(end);
    return n > n_end && !strcmp(text + n - n_end, end);
}

static bool name_listed(const struct chip_guard *guard, const struct place *place)
{
    for (size_t i = 0; i < guard->n_rules; i++) {
        const struct rule *rule = &guard->rules[i];
        if (!rule->name[0] || (rule->port && rule->port != place->port))
            continue;
        if (rule->name[0] == '.' ? ends_in(place->host, rule->name)
                                 : !strcmp(place->host, rule->name))
            return true;
    }
    return false;
}

static bool address_listed(const struct chip_guard *guard, const struct chip_address *address,
                           int port)
{
    for (size_t i = 0; i < guard->n_rules; i++) {
        const struct rule *rule = &guard->rules[i];
        if (!rule->name[0] && (!rule->port || rule->port == port) &&
            chip_network_has(&rule->network, address))
            return true;
    }
    return false;
}

static bool listed(const struct chip_guard *guard, const struct place *place)
{
    return name_listed(guard, place) ||
           (place->is_address && address_listed(guard, &place->address, place->port));
}

/* Names that never lead to the internet (RFC 6761, RFC 6762, ICANN's ".internal"). */
static bool is_local_name(const char *host)
{
    return !strcmp(host, "localhost") || ends_in(host, ".localhost") || ends_in(host, ".local") ||
           ends_in(host, ".internal");
}

enum chip_status chip_guard_check(const struct chip_guard *guard, const char *url,
                                  const char *redirected_from, struct chip_err *err)
{
    struct place place, from;
    if (!parse_place(url, &place))
        return chip_fail(err, CHIP_E_INVAL, "this is not a URL for http or https");
    if (place.has_user)
        return chip_fail(err, CHIP_E_INVAL,
                         "a URL with a user name or password is not accepted ('%.100s')",
                         place.host);
    if (listed(guard, &place))
        return CHIP_OK;
    bool was_https = redirected_from && parse_place(redirected_from, &from) && from.https;
    if (!place.https && was_https)
        return chip_fail(err, CHIP_E_DENIED,
                         "'%.100s' is redirected to from https, but without https", place.host);
    if (!place.https && guard->https_only)
        return chip_fail(err, CHIP_E_INVAL, "the URL for '%.100s' must be https", place.host);
    if (place.is_address ? !chip_address_is_public(&place.address) : is_local_name(place.host))
        return chip_fail(err, CHIP_E_DENIED,
                         "'%.100s' is not in the public internet; the operator can allow it "
                         "(CHIP_FETCH_ALLOW)",
                         place.host);
    return CHIP_OK;
}

/* ---- while curl connects --------------------------------------------------------------------- */

static bool may_connect(const struct chip_guard_hop *hop, const struct sockaddr *to,
                        struct chip_address *address)
{
    if (!chip_address_of(to, address))
        return false;
    if (address_listed(hop->guard, address, hop->port) || chip_address_is_public(address))
        return true;
    return hop->listed && !chip_address_is_metadata(address);
}

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct chip_guard_hop *hop = user;
    struct chip_address address;
    (void)purpose;
    if (!may_connect(hop, &to->addr, &address)) {
        strcpy(hop->refused, "an address that is not of the internet");
        if (to->family == AF_INET || to->family == AF_INET6)
            chip_address_format(&address, hop->refused);
        return CURL_SOCKET_BAD;
    }
    hop->tried = true;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void chip_guard_apply(const struct chip_guard *guard, struct chip_guard_hop *hop, CURL *curl,
                      const char *url)
{
    struct place place;
    *hop = (struct chip_guard_hop){.guard = guard};
    bool direct = !guard->proxy;
    if (parse_place(url, &place)) {
        hop->port = place.port;
        hop->listed = name_listed(guard, &place);
        direct = direct || listed(guard, &place);
    }
    /* An empty text, unlike NULL, keeps curl from asking the environment. */
    curl_easy_setopt(curl, CURLOPT_PROXY, direct ? "" : guard->proxy);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L); /* each hop is checked by us */
    if (!direct)
        return;
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, hop);
}

enum chip_status chip_guard_explain(const struct chip_guard_hop *hop, const char *label,
                                    struct chip_err *err)
{
    if (!hop->refused[0] || hop->tried)
        return CHIP_OK;
    return chip_fail(err, CHIP_E_DENIED,
                     "'%s' leads to %s, which is not in the public internet; the operator can "
                     "allow it (CHIP_FETCH_ALLOW)",
                     label, hop->refused);
}
