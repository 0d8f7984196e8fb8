/** IP addresses: what lies in the public internet, what in somebody's own network. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/** IPv4 is kept as ::ffff:a.b.c.d, so that there is one way to compare. */
struct chip_address {
    uint8_t bytes[16];
};

struct chip_network {
    struct chip_address address;
    int bits; /* 0..128 */
};

enum { CHIP_ADDRESS_TEXT = 46 };

/** @return false for anything but IPv4 and IPv6 */
bool chip_address_of(const struct sockaddr *from, struct chip_address *out);

/** @param text "10.1.2.3", "fd00::1" or "[fd00::1]" */
bool chip_address_parse(const char *text, struct chip_address *out);

void chip_address_format(const struct chip_address *address, char text[CHIP_ADDRESS_TEXT]);

/** @param text an address, or one with "/24" behind it */
bool chip_network_parse(const char *text, struct chip_network *out);

bool chip_network_has(const struct chip_network *network, const struct chip_address *address);

/**
 * Is it an address of the public internet? Not so are private, shared (CGNAT), loopback,
 * link-local, multicast, documentation, reserved and unspecified ones, addresses at which clouds
 * serve their machines' metadata, and those forms of IPv6 that carry such an IPv4 address or hide
 * where they lead: mapped, 6to4, NAT64, Teredo.
 * Source: IANA's special-purpose address registries (RFC 6890 and its updates).
 */
bool chip_address_is_public(const struct chip_address *address);

/** Does a cloud serve its machines' metadata (and credentials) there, or is it link-local? */
bool chip_address_is_metadata(const struct chip_address *address);
