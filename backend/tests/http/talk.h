/* A small transcript of two people for tests of edits. */
#pragma once

#include "../test.h"
#include "meeting/json.h"

/* Three segments: S1 says words 0-3, S2 words 4-6, S1 word 7. */
static const char talk_json[] =
    "{\"schema\": \"chip.transcript/1\", \"model\": \"m\", \"language\": \"en\","
    " \"duration\": 10.000, \"speech\": 6.000,"
    " \"speakers\": [{\"id\": \"S1\", \"name\": \"Ann\"}, {\"id\": \"S2\", \"name\": \"\"},"
    "  {\"id\": \"S3\", \"name\": \"Cem\"}],"
    " \"turns\": ["
    "  {\"start\": 0.000, \"end\": 4.000, \"speaker\": \"S1\", \"confidence\": 0.9000},"
    "  {\"start\": 4.000, \"end\": 7.000, \"speaker\": \"S2\", \"confidence\": 0.8000},"
    "  {\"start\": 7.000, \"end\": 8.000, \"speaker\": \"S1\", \"confidence\": 0.7000},"
    "  {\"start\": 9.000, \"end\": 10.000, \"speaker\": \"S3\", \"confidence\": 0.7000}],"
    " \"segments\": ["
    "  {\"id\": 0, \"start\": 0.000, \"end\": 4.000, \"speaker\": \"S1\","
    "   \"text\": \"We meet in Lublana.\", \"confidence\": 0.5000, \"words\": ["
    "    {\"word\": \"We\", \"start\": 0.000, \"end\": 1.000, \"confidence\": 0.5000},"
    "    {\"word\": \"meet\", \"start\": 1.000, \"end\": 2.000, \"confidence\": 0.5000},"
    "    {\"word\": \"in\", \"start\": 2.000, \"end\": 3.000, \"confidence\": 0.5000},"
    "    {\"word\": \"Lublana.\", \"start\": 3.000, \"end\": 4.000, \"confidence\": 0.5000}]},"
    "  {\"id\": 1, \"start\": 4.000, \"end\": 7.000, \"speaker\": \"S2\","
    "   \"text\": \"Yes, on Monday.\", \"confidence\": 0.6000, \"words\": ["
    "    {\"word\": \"Yes,\", \"start\": 4.000, \"end\": 5.000, \"confidence\": 0.6000},"
    "    {\"word\": \"on\", \"start\": 5.000, \"end\": 6.000, \"confidence\": 0.6000},"
    "    {\"word\": \"Monday.\", \"start\": 6.000, \"end\": 7.000, \"confidence\": 0.6000}]},"
    "  {\"id\": 2, \"start\": 7.000, \"end\": 8.000, \"speaker\": \"S1\","
    "   \"text\": \"Fine.\", \"confidence\": 0.7000, \"words\": ["
    "    {\"word\": \"Fine.\", \"start\": 7.000, \"end\": 8.000, \"confidence\": 0.7000}]}],"
    " \"audit\": []}";

static inline struct chip_transcript *talk_read(const char *json)
{
    struct chip_transcript *t = NULL;
    struct chip_err err = {0};
    if (chip_transcript_from_json(json, strlen(json), &t, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return t;
}
