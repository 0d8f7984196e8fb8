#include "cli/service.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

/* Makes the folder and those above it. */
static enum chip_status make_folder(const char *path, struct chip_err *err)
{
    struct chip_str part = {0};
    for (const char *end = path; *end;) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        chip_str_reset(&part);
        chip_str_add_n(&part, path, (size_t)(end - path));
        if (part.failed) {
            chip_str_done(&part);
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a path");
        }
        if (mkdir(part.data, 0700) != 0 && errno != EEXIST) {
            chip_str_done(&part);
            return chip_fail(err, CHIP_E_IO, "the data folder '%s' cannot be made: %s; set %s",
                             path, strerror(errno), chip_setting_info(CHIP_SET_DATA_DIR)->name);
        }
    }
    chip_str_done(&part);
    return CHIP_OK;
}

/* The folder's own name for itself, kept in it: made by whoever comes first. */
static enum chip_status read_node(struct chip_service *service, struct chip_err *err)
{
    struct chip_str path = {0};
    chip_str_addf(&path, "%s/node-id", service->data_dir);
    if (path.failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a path");
    struct chip_file file;
    enum chip_status s = chip_file_map(&file, path.data, 4096, err);
    if (s == CHIP_E_NOT_FOUND) {
        char made[CHIP_UUID_TEXT];
        chip_uuid_make(made);
        s = chip_file_replace(path.data, made, CHIP_UUID_TEXT - 1, err);
        if (s == CHIP_OK)
            s = chip_file_map(&file, path.data, 4096, err);
    }
    if (s == CHIP_OK) {
        if (file.size >= CHIP_UUID_TEXT - 1)
            memcpy(service->node, file.data, CHIP_UUID_TEXT - 1);
        chip_file_unmap(&file);
        if (!chip_uuid_valid(service->node))
            s = chip_fail(err, CHIP_E_FORMAT,
                          "'%s' holds no UUID; delete it, and a new one is made", path.data);
    }
    chip_str_done(&path);
    return s;
}

struct chip_store_settings chip_service_store_settings(const struct chip_service *service)
{
    const struct chip_settings *s = &service->settings;
    return (struct chip_store_settings){
        .data_dir = service->data_dir,
        .database_url = chip_settings_text(s, CHIP_SET_DATABASE_URL),
        .supabase_url = chip_settings_text(s, CHIP_SET_SUPABASE_URL),
        .supabase_key = chip_settings_text(s, CHIP_SET_SUPABASE_SERVICE_ROLE_KEY),
    };
}

enum chip_status chip_service_open_store(struct chip_service *service, struct chip_err *err)
{
    const struct chip_settings *settings = &service->settings;
    chip_log_set_level((enum chip_log_level)chip_settings_number(settings, CHIP_SET_LOG_LEVEL));
    service->data_dir = chip_settings_text(settings, CHIP_SET_DATA_DIR);
    enum chip_status s = make_folder(service->data_dir, err);
    if (s == CHIP_OK)
        s = read_node(service, err);
    if (s != CHIP_OK)
        return s;
    const struct chip_store_settings store = chip_service_store_settings(service);
    return chip_store_open(&service->store, &store, err);
}

enum chip_status chip_service_open(struct chip_service *service, struct chip_err *err)
{
    enum chip_status s = chip_service_open_store(service, err);
    return s == CHIP_OK ? chip_store_migrate(service->store, NULL, err) : s;
}

void chip_service_close(struct chip_service *service)
{
    chip_store_close(service->store);
    chip_settings_done(&service->settings);
}
