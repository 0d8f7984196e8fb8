/** Hotwords in what OpenAI's clients send as `prompt`. Pure; any thread. */
#pragma once

#include <jansson.h>

/**
 * Takes the names and terms out of a prompt, which may be a list ("Siobhan, Kubernetes, net
 * promoter score") or sentences ("The call is with Siobhan about GPT-3."). Of a list every entry
 * counts; of sentences only what is spelled in a way that common words are not: with a capital
 * letter though it does not begin a sentence, with a capital letter or a digit inside. What ends in
 * a colon is a heading ("Names: Ann, Bob").
 *
 * @param words an array that they are added to, up to CHIP_HOTWORDS_MAX
 */
void chip_openai_prompt_hotwords(const char *prompt, json_t *words);

/** Adds a word that was given as such, unless it is blank or longer than a hotword may be. */
void chip_openai_add_hotword(json_t *words, const char *text);
