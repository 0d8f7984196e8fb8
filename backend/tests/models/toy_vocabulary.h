/** A small tokenizer.json as text, for tests that need one. */
#pragma once

/* U+2581 stands for a blank; ids 0..2 are special, 3..6 bytes, 16 an added token without text. */
#define TOY_VOCAB_HEAD                                                      \
    "{\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true}," \
    "{\"id\":1,\"content\":\"<s>\",\"special\":true},"                      \
    "{\"id\":2,\"content\":\"</s>\",\"special\":true},"                     \
    "{\"id\":16,\"content\":\"<<ST_0>>\",\"special\":true},"                \
    "{\"id\":17,\"content\":\"[name]\",\"special\":false}],"                \
    "\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":{"
#define TOY_VOCAB_PIECES                                                                    \
    "\"<unk>\":0,\"<s>\":1,\"</s>\":2,\"<0xF0>\":3,\"<0x9F>\":4,\"<0x0A>\":5,\"<0x41>\":6," \
    "\"\xE2\x96\x81"                                                                        \
    "a\":7,\"er\":8,\"\xE2\x96\x81\":9,\"a\":10,\"e\":11,\"r\":12,"                         \
    "\"\xE2\x96\x81"                                                                        \
    "ar\":13,\"\xC3\xA9\":14,\"aer\":15"
#define TOY_VOCAB_TAIL "},\"merges\":[]}}"
#define TOY_VOCAB_JSON TOY_VOCAB_HEAD TOY_VOCAB_PIECES TOY_VOCAB_TAIL
#define TOY_VOCAB_IDS 18
