#include "minutes/yaml.h"

#include <stdbool.h>
#include <yaml.h>

enum { MAX_DEPTH = 10 };

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
}

static enum chip_status refuse(const yaml_event_t *at, const char *what, struct chip_err *err)
{
    return chip_fail(err, CHIP_E_FORMAT, "line %zu: %s", at->start_mark.line + 1, what);
}

/* @param event release it with yaml_event_delete(), on success only */
static enum chip_status next(yaml_parser_t *parser, yaml_event_t *event, struct chip_err *err)
{
    if (yaml_parser_parse(parser, event))
        return CHIP_OK;
    if (parser->error == YAML_MEMORY_ERROR)
        return no_memory(err);
    return chip_fail(err, CHIP_E_FORMAT, "line %zu: %.160s", parser->problem_mark.line + 1,
                     parser->problem ? parser->problem : "not YAML");
}

static enum chip_status read_value(yaml_parser_t *parser, const yaml_event_t *first, int depth,
                                   json_t **out, struct chip_err *err);

/* @param event the next one; `*ended`: it was the end of the mapping or list */
static enum chip_status step(yaml_parser_t *parser, yaml_event_type_t end, yaml_event_t *event,
                             bool *ended, struct chip_err *err)
{
    enum chip_status status = next(parser, event, err);
    *ended = status == CHIP_OK && event->type == end;
    if (*ended)
        yaml_event_delete(event);
    return status;
}

static enum chip_status read_list(yaml_parser_t *parser, int depth, json_t *list,
                                  struct chip_err *err)
{
    yaml_event_t event;
    bool ended;
    for (;;) {
        enum chip_status status = step(parser, YAML_SEQUENCE_END_EVENT, &event, &ended, err);
        if (status != CHIP_OK || ended)
            return status;
        json_t *item = NULL;
        status = read_value(parser, &event, depth, &item, err);
        yaml_event_delete(&event);
        if (status == CHIP_OK && json_array_append_new(list, item) != 0)
            status = no_memory(err);
        if (status != CHIP_OK)
            return status;
    }
}

/* The value behind a key. @param key its event */
static enum chip_status read_member(yaml_parser_t *parser, const yaml_event_t *key, int depth,
                                    json_t *mapping, struct chip_err *err)
{
    json_t *name = NULL, *value = NULL;
    yaml_event_t event;
    if (key->type != YAML_SCALAR_EVENT)
        return refuse(key, "a key must be a word or text", err);
    enum chip_status status = read_value(parser, key, depth, &name, err);
    if (status == CHIP_OK && json_object_get(mapping, json_string_value(name)))
        status = refuse(key, "this key is there twice", err);
    if (status == CHIP_OK)
        status = next(parser, &event, err);
    if (status == CHIP_OK) {
        status = read_value(parser, &event, depth, &value, err);
        yaml_event_delete(&event);
    }
    if (status == CHIP_OK && json_object_set_new(mapping, json_string_value(name), value) != 0)
        status = no_memory(err);
    json_decref(name);
    return status;
}

static enum chip_status read_mapping(yaml_parser_t *parser, int depth, json_t *mapping,
                                     struct chip_err *err)
{
    yaml_event_t event;
    bool ended;
    for (;;) {
        enum chip_status status = step(parser, YAML_MAPPING_END_EVENT, &event, &ended, err);
        if (status != CHIP_OK || ended)
            return status;
        status = read_member(parser, &event, depth, mapping, err);
        yaml_event_delete(&event);
        if (status != CHIP_OK)
            return status;
    }
}

/* An anchor could make a small file huge, a tag something else than it looks like. */
static bool is_marked(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return true;
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor || event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return false;
    }
    return false;
}

static enum chip_status read_value(yaml_parser_t *parser, const yaml_event_t *first, int depth,
                                   json_t **out, struct chip_err *err)
{
    if (is_marked(first))
        return refuse(first, "anchors (&), aliases (*) and tags (!) are not understood here", err);
    if (depth >= MAX_DEPTH)
        return refuse(first, "nested too deeply", err);
    json_t *value;
    enum chip_status status = CHIP_OK;
    if (first->type == YAML_SCALAR_EVENT) {
        value = json_stringn((const char *)first->data.scalar.value, first->data.scalar.length);
    } else if (first->type == YAML_SEQUENCE_START_EVENT) {
        value = json_array();
        status = value ? read_list(parser, depth + 1, value, err) : CHIP_OK;
    } else {
        value = json_object();
        status = value ? read_mapping(parser, depth + 1, value, err) : CHIP_OK;
    }
    if (!value)
        return no_memory(err);
    if (status == CHIP_OK)
        *out = value;
    else
        json_decref(value);
    return status;
}

/* The stream's and the document's beginning, the value, and nothing behind it. */
static enum chip_status read_document(yaml_parser_t *parser, json_t **out, struct chip_err *err)
{
    static const yaml_event_type_t frame[] = {YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT,
                                              YAML_NO_EVENT, YAML_DOCUMENT_END_EVENT,
                                              YAML_STREAM_END_EVENT};
    for (size_t i = 0; i < sizeof frame / sizeof *frame; i++) {
        yaml_event_t event;
        enum chip_status status = next(parser, &event, err);
        if (status != CHIP_OK)
            return status;
        if (frame[i] == YAML_NO_EVENT)
            status = read_value(parser, &event, 0, out, err);
        else if (event.type != frame[i])
            status = refuse(&event, *out ? "only one document is expected" : "it is empty", err);
        yaml_event_delete(&event);
        if (status != CHIP_OK)
            return status;
    }
    return CHIP_OK;
}

enum chip_status chip_yaml_read(const char *text, size_t size, json_t **out, struct chip_err *err)
{
    yaml_parser_t parser;
    json_t *value = NULL;
    if (!yaml_parser_initialize(&parser))
        return no_memory(err);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    enum chip_status status = read_document(&parser, &value, err);
    yaml_parser_delete(&parser);
    if (status == CHIP_OK)
        *out = value;
    else
        json_decref(value);
    return status;
}
