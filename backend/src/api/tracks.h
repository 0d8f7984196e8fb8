/**
 * Recordings in which each audio track is a person: call recorders and studios that write one track
 * for each microphone. They are read together, each track as a channel.
 *
 * More often several tracks are languages, or a mix beside its parts; mixing those would spoil all.
 * So the tracks are listened to first, from end to end (decoding and voice detection only, 3 to 4 s
 * of one core for an hour of each), and taken together only where speech/diarize/channels.h finds
 * that they hold voices of their own.
 */
#pragma once

#include "media/media.h"
#include "speech/vad.h"

struct chip_tracks;

/** Several tracks that can be decoded, all in one language as far as it is told. */
bool chip_tracks_could_be_people(const struct chip_media_info *info);

/**
 * Opens all tracks of a recording if each is a person.
 *
 * @param path  a regular file; anything else cannot be read several times
 * @param first the recording as it is opened by itself: says which tracks there are
 * @param out   NULL: they are not; else free it with chip_tracks_free()
 * @return CHIP_OK, CHIP_E_CANCELLED, CHIP_E_NOMEM; a track that cannot be read is no failure, but
 *         then they are not taken together
 */
CHIP_MUST_CHECK
enum chip_status chip_tracks_open(struct chip_tracks **out, const char *path,
                                  const struct chip_media *first, const struct chip_vad_model *vad,
                                  const volatile bool *cancel, struct chip_err *err);
/** NULL is accepted. */
void chip_tracks_free(struct chip_tracks *tracks);
CHIP_DEFINE_AUTO(chip_tracks)

/** All tracks as one source of samples; borrows them. */
struct chip_sound_source chip_source_of_tracks(struct chip_tracks *tracks);
