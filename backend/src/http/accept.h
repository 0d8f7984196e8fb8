/** What a client takes: Accept-Encoding (RFC 9110, section 12.5.3). Any thread. */
#pragma once

/**
 * How much a client likes a content coding.
 *
 * @param accept the header's value; NULL: it was not sent
 * @param coding "gzip", "br"
 * @return 1 to 1000, the weight q of the coding or of "*"; 0: it is not to be used
 */
int chip_accept_coding(const char *accept, const char *coding);
