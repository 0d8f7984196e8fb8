#include "http/upload_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct chip_form {
    struct chip_uploads *uploads;
    const char *user_id;
    struct chip_multipart *mp;
    struct chip_upload_writer *writer; /* while the file arrives */
    struct chip_upload upload;         /* id "" before */
    bool kept;
    struct chip_form_field fields[CHIP_FORM_FIELDS];
    size_t n_fields;
    struct chip_str value; /* of the field that arrives */
    enum { NOTHING, FILE_PART, FIELD } now;
};

/* ---- the file ---- */

static enum chip_status begin_file(struct chip_form *form, const struct chip_part *part,
                                   struct chip_err *err)
{
    if (form->upload.id[0])
        return chip_fail(err, CHIP_E_INVAL, "the form has two files: send one at a time");
    enum chip_status st =
        chip_upload_create(form->uploads, form->user_id, part->file, NULL, -1, &form->upload, err);
    if (st != CHIP_OK)
        return st;
    form->now = FILE_PART;
    return chip_upload_write_begin(form->uploads, form->user_id, form->upload.id, 0, NULL,
                                   &form->writer, err);
}

static enum chip_status end_file(struct chip_form *form, struct chip_err *err)
{
    struct chip_upload_writer *writer = form->writer;
    form->writer = NULL;
    return chip_upload_write_end(writer, CHIP_UPLOAD_FINISH, &form->upload, err);
}

/* ---- fields ---- */

static void begin_field(struct chip_form *form, const struct chip_part *part)
{
    if (part->is_file || form->n_fields == CHIP_FORM_FIELDS)
        return; /* a file that is not asked for, or too much */
    struct chip_form_field *field = &form->fields[form->n_fields];
    *field = (struct chip_form_field){0};
    strcpy(field->name, part->name);
    size_t n = strlen(field->name);
    if (n > 2 && strcmp(field->name + n - 2, "[]") == 0)
        field->name[n - 2] = '\0';
    form->now = FIELD;
}

static void add_to_field(struct chip_form *form, const char *bytes, size_t n)
{
    struct chip_form_field *field = &form->fields[form->n_fields];
    if (form->value.len + n > CHIP_FORM_FIELD)
        field->too_long = true;
    if (!field->too_long)
        chip_str_add_n(&form->value, bytes, n);
}

static enum chip_status end_field(struct chip_form *form, struct chip_err *err)
{
    struct chip_form_field *field = &form->fields[form->n_fields];
    if (field->too_long)
        chip_str_reset(&form->value);
    enum chip_status st = chip_str_finish(&form->value, &field->value, err);
    if (st == CHIP_OK)
        form->n_fields++;
    return st;
}

/* ---- parts ---- */

static enum chip_status on_begin(void *user, const struct chip_part *part, struct chip_err *err)
{
    struct chip_form *form = user;
    form->now = NOTHING;
    if (strcmp(part->name, "file") == 0)
        return begin_file(form, part, err);
    begin_field(form, part);
    return CHIP_OK;
}

static enum chip_status on_data(void *user, const char *bytes, size_t n, struct chip_err *err)
{
    struct chip_form *form = user;
    if (form->now == FILE_PART)
        return chip_upload_write(form->writer, bytes, n, err);
    if (form->now == FIELD)
        add_to_field(form, bytes, n);
    return CHIP_OK;
}

static enum chip_status on_end(void *user, struct chip_err *err)
{
    struct chip_form *form = user;
    enum chip_status st = CHIP_OK;
    if (form->now == FILE_PART)
        st = end_file(form, err);
    else if (form->now == FIELD)
        st = end_field(form, err);
    form->now = NOTHING;
    return st;
}

static const struct chip_part_events events = {on_begin, on_data, on_end};

/* ---- the form ---- */

enum chip_status chip_form_new(struct chip_form **out, struct chip_uploads *uploads,
                               const char *user_id, const char *content_type, struct chip_err *err)
{
    struct chip_form *form = calloc(1, sizeof *form);
    if (!form)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a form");
    form->uploads = uploads;
    form->user_id = user_id;
    enum chip_status st =
        chip_multipart_new(&form->mp, content_type ? content_type : "", &events, form, err);
    if (st != CHIP_OK) {
        chip_form_free(form);
        return st;
    }
    *out = form;
    return CHIP_OK;
}

void chip_form_free(struct chip_form *form)
{
    if (!form)
        return;
    chip_upload_write_end(form->writer, CHIP_UPLOAD_CUT, NULL, NULL);
    if (form->upload.id[0] && !form->kept)
        chip_upload_delete(form->uploads, NULL, form->upload.id, NULL);
    for (size_t i = 0; i < form->n_fields; i++)
        free(form->fields[i].value);
    chip_str_done(&form->value);
    chip_multipart_free(form->mp);
    free(form);
}

enum chip_status chip_form_feed(struct chip_form *form, const char *bytes, size_t n,
                                struct chip_err *err)
{
    return chip_multipart_feed(form->mp, bytes, n, err);
}

enum chip_status chip_form_finish(struct chip_form *form, struct chip_err *err)
{
    enum chip_status st = chip_multipart_finish(form->mp, err);
    if (st == CHIP_OK && !form->upload.id[0])
        st = chip_fail(err, CHIP_E_NOT_FOUND, "the form has no file: send one in the part 'file'");
    return st;
}

const struct chip_upload *chip_form_upload(const struct chip_form *form)
{
    return &form->upload;
}

void chip_form_keep(struct chip_form *form)
{
    form->kept = true;
}

const struct chip_form_field *chip_form_find(const struct chip_form *form, const char *name)
{
    const struct chip_form_field *found = NULL;
    for (size_t i = 0; i < form->n_fields; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            found = &form->fields[i];
    return found;
}

const struct chip_form_field *chip_form_fields(const struct chip_form *form, size_t *n)
{
    *n = form->n_fields;
    return form->fields;
}
