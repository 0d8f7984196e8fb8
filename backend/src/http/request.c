#include <stdlib.h>
#include <string.h>

#include "http/exchange.h"

struct chip_app *chip_request_app(const struct chip_request *req)
{
    return chip_exchange_of(req)->server->settings.app;
}

const char *chip_request_header(const struct chip_request *req, const char *name)
{
    return MHD_lookup_connection_value(chip_exchange_of(req)->mhd, MHD_HEADER_KIND, name);
}

const char *chip_request_query(const struct chip_request *req, const char *name)
{
    return chip_target_query(&chip_exchange_of(req)->target, name);
}

bool chip_request_gone(const struct chip_request *req)
{
    return chip_exchange_of(req)->gone;
}

void chip_request_audit(struct chip_request *req, const char *job_id, json_t *detail)
{
    struct chip_exchange *x = chip_exchange_of(req);
    if (job_id) {
        free(x->audit_job);
        x->audit_job = strdup(job_id);
    }
    if (detail) {
        json_decref(x->audit_detail);
        x->audit_detail = detail;
    }
}
