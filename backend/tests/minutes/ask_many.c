/*
 * ask_many TRANSCRIPT.json QUESTIONS.json: the answers to a list of questions, as
 * chip_ask_builtin() gives them, and the milliseconds of processor time that each took.
 */
#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "meeting/json.h"
#include "minutes/ask/ask.h"

static struct chip_transcript *load(const char *path)
{
    struct chip_file file;
    struct chip_transcript *t = NULL;
    struct chip_err err;
    if (chip_file_map(&file, path, 64 << 20, &err) != CHIP_OK)
        return NULL;
    if (chip_transcript_from_json((const char *)file.data, file.size, &t, &err) != CHIP_OK)
        fprintf(stderr, "%s\n", err.message);
    chip_file_unmap(&file);
    return t;
}

static double now_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct chip_transcript *t = load(argv[1]);
    json_t *questions = json_load_file(argv[2], 0, NULL), *answers = json_array();
    const json_t *question;
    size_t i;
    if (!t || !questions)
        return 2;
    json_array_foreach(questions, i, question)
    {
        json_t *answer = NULL;
        struct chip_err err;
        double before = now_ms();
        if (chip_ask_builtin(t, json_string_value(question), NULL, &answer, &err) != CHIP_OK) {
            fprintf(stderr, "%s\n", err.message);
            return 1;
        }
        json_object_set_new(answer, "ms", json_real(now_ms() - before));
        json_array_append_new(answers, answer);
    }
    json_dumpf(answers, stdout, 0);
    json_decref(answers);
    json_decref(questions);
    chip_transcript_free(t);
    return 0;
}
