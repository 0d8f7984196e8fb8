/* Answers without a language model. */
#include "minutes/ask/ask.h"
#include "minutes/ask/sources.h"

static enum chip_status from_minutes(const struct chip_finder *finder,
                                     const struct chip_question *question,
                                     const struct chip_ask_options *options, json_t **out,
                                     struct chip_err *err)
{
    const struct chip_minutes_options how = {.meeting_day = options->meeting_day,
                                             .cancel = options->cancel};
    json_t *made = NULL;
    enum chip_status status = CHIP_OK;
    if (!options->minutes)
        status = chip_minutes_analyse(finder->r->talk.transcript, &how, &made, err);
    if (status == CHIP_OK)
        status = chip_answer_from_minutes(finder, question,
                                          options->minutes ? options->minutes : made, out, err);
    json_decref(made);
    return status;
}

static enum chip_status answer(const struct chip_finder *finder,
                               const struct chip_question *question,
                               const struct chip_ask_options *options, json_t **out,
                               struct chip_err *err)
{
    enum chip_status status = CHIP_OK;
    if (question->kind == CHIP_QUESTION_TALK)
        status = chip_answer_from_turns(finder->r, question, out, err);
    if (status == CHIP_OK && !*out)
        status = from_minutes(finder, question, options, out, err);
    if (status == CHIP_OK && !*out)
        status = chip_answer_from_passages(finder, question, out, err);
    if (status == CHIP_OK && !*out && !(*out = chip_answer_none()))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory to answer");
    return status;
}

enum chip_status chip_ask_builtin(const struct chip_transcript *transcript, const char *question,
                                  const struct chip_ask_options *options, json_t **out,
                                  struct chip_err *err)
{
    static const struct chip_ask_options none;
    struct chip_reading reading = {0};
    struct chip_question read = {0};
    struct chip_finder finder = {0};
    json_t *made = NULL;
    options = options ? options : &none;
    enum chip_status status = chip_reading_begin(transcript, options->meeting_day, &reading, err);
    if (status == CHIP_OK)
        status = chip_question_read(question, &reading, &read, err);
    if (status == CHIP_OK)
        status = chip_finder_begin(&reading, &finder, err);
    if (status == CHIP_OK)
        status = answer(&finder, &read, options, &made, err);
    chip_finder_done(&finder);
    chip_question_done(&read);
    chip_reading_done(&reading);
    if (status == CHIP_OK)
        *out = made;
    return status;
}
