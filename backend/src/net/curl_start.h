/** libcurl wants to be started once, before its first use by any thread. */
#pragma once

/** Any thread, any number of times. */
void chip_curl_start(void);
