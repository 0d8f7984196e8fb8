/* GET /api/jobs/{id}/audio: the recording itself, in ranges, for a player. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "http/media_type.h"
#include "http/routes.h"
#include "store/recordings.h"

static void reply_recording(struct chip_request *req, const char *path)
{
    unsigned char head[CHIP_MEDIA_TYPE_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);
    if (fd >= 0)
        close(fd);
    chip_reply_header(req, "Cache-Control", "private, no-cache");
    chip_reply_header(req, "Content-Disposition", "inline");
    chip_reply_file(req, path, chip_media_type(head, n < 0 ? 0 : (size_t)n));
}

/* Why there is no recording here. */
static void reply_missing(struct chip_request *req, const json_t *job)
{
    const char *node = json_string_value(json_object_get(json_object_get(job, "source"), "node"));
    const char *status = json_string_value(json_object_get(job, "status"));
    const char *own = chip_request_app(req)->node;
    if (node && own && strcmp(node, own) != 0)
        chip_reply_error(req, 404, "recording_elsewhere",
                         "the recording lies on another server; ask that one",
                         json_pack("{s:s}", "node", node));
    else if (status && (strcmp(status, "pending") == 0 || strcmp(status, "processing") == 0))
        chip_reply_error(req, 404, "recording_not_here_yet",
                         "the recording is not on this server yet; try again when the job's stage "
                         "is past fetch",
                         NULL);
    else
        chip_reply_error(req, 404, "recording_removed",
                         "the recording is not on this server any more; the transcript still is",
                         NULL);
}

static void get_audio(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT], path[CHIP_UPLOAD_PATH];
    const char *data_dir = chip_request_app(req)->data_dir;
    struct chip_err err;
    json_t *job;
    if (!chip_route_job_id(req, id) ||
        !chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), &job))
        return;
    if (chip_recording_path(data_dir, id, path, &err) != CHIP_OK)
        chip_reply_failure(req, &err);
    else if (chip_recording_exists(data_dir, id))
        reply_recording(req, path);
    else
        reply_missing(req, job);
    json_decref(job);
}

static const struct chip_route routes[] = {
    {"GET", "/api/jobs/{id}/audio", .handle = get_audio, .token_in_query = true},
};

const struct chip_route_table chip_routes_audio = CHIP_ROUTE_TABLE(routes);
