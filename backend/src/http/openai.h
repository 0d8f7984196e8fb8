/**
 * OpenAI's speech API: POST /v1/audio/transcriptions, GET /v1/models. The official clients work
 * unchanged; docs/openapi.yaml says where it differs.
 */
#pragma once

#include "http/http.h"

extern const struct chip_route chip_openai_routes[];
extern const size_t chip_openai_n_routes;
