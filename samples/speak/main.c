/** speak FOLDER OUT: speaks the meeting of FOLDER and writes its sound and its truth into OUT. */
#include "meeting.h"
#include "script.h"
#include "write.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 3)
        die("usage: speak FOLDER OUT");

    static struct script script;
    static struct meeting meeting;
    script_load(&script, argv[1]);
    meeting_speak(&meeting, &script);
    write_wav(&meeting, argv[2]);
    write_words(&meeting, &script, argv[2]);
    write_turns(&meeting, &script, argv[2]);
    write_transcript(&script, argv[2]);
    return 0;
}
