/* Stages that begin with the transcript of an earlier run instead of a recording. */

#include "job/document.h"
#include "job/work.h"
#include "meeting/transcript.h"

static enum chip_status read_before(const struct chip_work *work, struct chip_transcript **out,
                                    struct chip_err *err)
{
    const json_t *stored = json_object_get(work->before, "transcript");
    if (!json_is_object(stored))
        return chip_fail(err, CHIP_E_NOT_FOUND,
                         "the job has no transcript to go on from: redo all of it");
    return chip_document_to_transcript(stored, out, err);
}

static void take(struct chip_work *work, struct chip_transcript *transcript)
{
    work->transcript = transcript;
    work->recording_ms = transcript->duration_ms;
}

enum chip_status chip_stage_recall(struct chip_work *work, struct chip_err *err)
{
    struct chip_transcript *transcript;
    enum chip_status s = read_before(work, &transcript, err);
    if (s == CHIP_OK)
        take(work, transcript);
    return s;
}

enum chip_status chip_stage_speakers(struct chip_work *work, struct chip_err *err)
{
    if (work->request.speakers < 1)
        return chip_fail(err, CHIP_E_INVAL,
                         "how many people speak? Say so in option 'speakers', or redo 'transcribe' "
                         "to have it found out");
    CHIP_AUTO(chip_transcript) before = NULL;
    struct chip_transcript *after;
    enum chip_status s = read_before(work, &before, err);
    if (s == CHIP_OK)
        s = chip_transcript_relabel(before, work->request.speakers, &after, err);
    if (s == CHIP_OK)
        take(work, after);
    return s;
}
