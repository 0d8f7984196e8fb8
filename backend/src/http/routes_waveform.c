/* GET /api/jobs/{id}/waveform: how loud the recording is over time. */

#include "http/job_view.h"
#include "http/routes.h"

static void get_waveform(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    struct chip_err err;
    json_t *waveform = NULL;
    if (!chip_route_job_id(req, id) ||
        !chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), NULL))
        return;
    enum chip_status st = chip_store_call(chip_request_app(req)->store, req->caller, "get_waveform",
                                          json_pack("{s:s}", "job_id", id), &waveform, &err);
    if (st == CHIP_E_NOT_FOUND)
        chip_reply_error(req, 404, "no_waveform",
                         "there is no waveform: the recording has not been listened to yet, or was "
                         "by a version of chip that made none; redo makes one",
                         NULL);
    else if (st != CHIP_OK)
        chip_reply_failure(req, &err);
    else
        chip_route_reply(req, 200, chip_view_camel(waveform));
    json_decref(waveform);
}

static const struct chip_route routes[] = {
    {"GET", "/api/jobs/{id}/waveform", .handle = get_waveform},
};

const struct chip_route_table chip_routes_waveform = CHIP_ROUTE_TABLE(routes);
