#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct chip_address *a)
{
    return !memcmp(a->bytes, mapped, sizeof mapped);
}

static struct chip_address from_v4(const uint8_t bytes[4])
{
    struct chip_address a;
    memcpy(a.bytes, mapped, sizeof mapped);
    memcpy(a.bytes + 12, bytes, 4);
    return a;
}

bool chip_address_of(const struct sockaddr *from, struct chip_address *out)
{
    if (from->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, from, sizeof v4);
        *out = from_v4((const uint8_t *)&v4.sin_addr);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        memcpy(out->bytes, (const char *)from + offsetof(struct sockaddr_in6, sin6_addr), 16);
        return true;
    }
    return false;
}

bool chip_address_parse(const char *text, struct chip_address *out)
{
    char copy[CHIP_ADDRESS_TEXT + 2];
    size_t n = strlen(text);
    if (n >= sizeof copy)
        return false;
    memcpy(copy, text, n + 1);
    char *inner = copy;
    if (n >= 2 && copy[0] == '[' && copy[n - 1] == ']') {
        copy[n - 1] = '\0';
        inner++;
        return inet_pton(AF_INET6, inner, out->bytes) == 1;
    }
    uint8_t v4[4];
    if (inet_pton(AF_INET, inner, v4) == 1) {
        *out = from_v4(v4);
        return true;
    }
    return inet_pton(AF_INET6, inner, out->bytes) == 1;
}

void chip_address_format(const struct chip_address *a, char text[CHIP_ADDRESS_TEXT])
{
    if (is_v4(a))
        inet_ntop(AF_INET, a->bytes + 12, text, CHIP_ADDRESS_TEXT);
    else
        inet_ntop(AF_INET6, a->bytes, text, CHIP_ADDRESS_TEXT);
}

bool chip_network_parse(const char *text, struct chip_network *out)
{
    char copy[CHIP_ADDRESS_TEXT + 2];
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : strlen(text);
    struct chip_network network;
    if (n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (!chip_address_parse(copy, &network.address))
        return false;
    int shift = is_v4(&network.address) ? 96 : 0;
    network.bits = 128;
    if (slash) {
        size_t digits = strspn(slash + 1, "0123456789");
        if (digits < 1 || digits > 3 || slash[1 + digits])
            return false;
        network.bits = shift + atoi(slash + 1);
        if (network.bits > 128)
            return false;
    }
    *out = network;
    return true;
}

bool chip_network_has(const struct chip_network *network, const struct chip_address *address)
{
    int whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->address.bytes, address->bytes, (size_t)whole) != 0)
        return false;
    if (rest == 0)
        return true;
    uint8_t mask = (uint8_t)(0xff << (8 - rest));
    return ((network->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

static bool in_any(const struct chip_address *address, const char *const *networks)
{
    for (; *networks; networks++) {
        struct chip_network network;
        if (chip_network_parse(*networks, &network) && chip_network_has(&network, address))
            return true;
    }
    return false;
}

static const char *const v4_not_public[] = {
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "168.63.129.16", /* Azure's wire server, public by its number only */
    NULL,
};

/* Within 2000::/3, which is all that is given out to the internet. */
static const char *const v6_not_public[] = {
    "2001::/23", /* protocols' own: Teredo, ORCHID, benchmarks */
    "2001:db8::/32",
    "3fff::/20",
    NULL,
};

static const char *const metadata[] = {
    "169.254.0.0/16", "fe80::/10",   "fd00:ec2::254", "100.100.100.200",
    "168.63.129.16",  "192.0.0.192", "fd20:ce::254",  NULL,
};

/* NAT64's well-known prefix (RFC 6052) and 6to4 (RFC 3056) carry an IPv4 address. */
static bool carried(const struct chip_address *a, struct chip_address *v4)
{
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (!memcmp(a->bytes, nat64, sizeof nat64)) {
        *v4 = from_v4(a->bytes + 12);
        return true;
    }
    if (a->bytes[0] == 0x20 && a->bytes[1] == 0x02) {
        *v4 = from_v4(a->bytes + 2);
        return true;
    }
    return false;
}

bool chip_address_is_public(const struct chip_address *address)
{
    struct chip_address v4 = *address;
    if (is_v4(address) || carried(address, &v4))
        return !in_any(&v4, v4_not_public);
    return address->bytes[0] >> 5 == 1 && !in_any(address, v6_not_public);
}

bool chip_address_is_metadata(const struct chip_address *address)
{
    struct chip_address v4;
    return in_any(carried(address, &v4) ? &v4 : address, metadata);
}
