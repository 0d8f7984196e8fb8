#!/usr/bin/env python3
"""How well the built-in `chip ask` finds answers.  Standard library only.

usage: ask_score.py ASK_MANY [MEETING]...

ASK_MANY is ask_many of a build's tests/minutes. Asks the questions of questions.json about the scripted meetings in samples/, whose transcripts are made
from the scripts. A question with a known answer is a hit if one of the lines that answer it is cited; one
to which a meeting has no answer is right if the answer is that. `first` counts hits by the first citation.
"""
import json
import os
import subprocess
import sys
import tempfile

import score

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(HERE, '..', '..', '..', 'samples')


def questions():
    with open(os.path.join(HERE, 'questions.json'), encoding='utf-8') as file:
        return json.load(file)


def folder_of(meeting):
    return os.path.join(SAMPLES, *([] if meeting == 'meeting' else ['meetings']), meeting)


def ask(program, transcript, asked):
    """@return the answers to a list of questions"""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ('transcript.json', 'questions.json')]
        for path, content in zip(paths, (transcript, asked)):
            with open(path, 'w', encoding='utf-8') as file:
                json.dump(content, file)
        return json.loads(subprocess.run([program, *paths], stdout=subprocess.PIPE, check=True).stdout)


def lines_of(answer):
    """Ids of the script's lines that it cites."""
    return [citation['segment'] + 1 for citation in answer['citations']]


def run(program, meeting):
    """@return what was asked, found and missed"""
    transcript, _ = score.transcript_of(folder_of(meeting))
    asked = questions()[meeting]
    result = {'asked': len(asked['answered']), 'hits': 0, 'first': 0, 'nothing': len(asked['nothing']),
              'nothing_right': 0, 'missed': []}
    answers = iter(ask(program, transcript, [q for q, _ in asked['answered']] + asked['nothing']))
    for question, lines in asked['answered']:
        answer = next(answers)
        cited = lines_of(answer)
        hit = bool(set(cited) & set(lines))
        result['hits'] += hit
        result['first'] += bool(cited) and cited[0] in lines
        if not hit:
            result['missed'].append((question, answer['answer']))
    for question in asked['nothing']:
        answer = next(answers)
        result['nothing_right'] += answer['insufficient_evidence']
        if not answer['insufficient_evidence']:
            result['missed'].append((question, answer['answer']))
    return result


def main(args):
    if not args:
        sys.exit(__doc__)
    for meeting in args[1:] or questions():
        r = run(args[0], meeting)
        print('%-18s %2d of %2d found, %2d by the first citation; %d of %d without an answer' % (
            meeting, r['hits'], r['asked'], r['first'], r['nothing_right'], r['nothing']))
        for question, answer in r['missed']:
            print('    %s\n        %s' % (question, answer.replace('\n', '\n        ')))


if __name__ == '__main__':
    main(sys.argv[1:])
