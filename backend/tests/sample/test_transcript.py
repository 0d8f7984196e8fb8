"""The built program on the sample meeting: usage test_transcript.py CHIP SPEAK MODEL

Skipped (exit code 77) when the model is not installed; make setup brings it.
"""
import json
import os
import subprocess
import sys
import tempfile

import meeting
import speakers
import word_times

MAX_MEDIAN_MS, MAX_P95_MS = 80, 250
MIN_RIGHT_SPEAKER_PERCENT = 97
# The promise is 3 %, to which make bench holds the program; a hair more is left to other CPUs.
MAX_TALK_OFF_PERCENT = 4
MIN_MATCHED_PERCENT = {'moonshine-base': 92, 'moonshine-tiny': 87}


def wrong_speakers(result):
    """What speakers.compare() found that should not be."""
    wrong = []
    if result['found'] != result['true']:
        wrong.append('%(found)d speakers instead of %(true)d' % result)
    if min(result['by_words_percent'], result['by_time_percent']) < MIN_RIGHT_SPEAKER_PERCENT:
        wrong.append('too few words have the right speaker')
    wrong += ['the talk time of %s is %.1f %% off' % item
              for item in result['talk_off_percent'].items() if abs(item[1]) > MAX_TALK_OFF_PERCENT]
    return wrong


def main(chip, speak, model):
    models = os.environ.get('CHIP_MODELS_DIR') or os.path.join(meeting.ROOT, 'models')
    if not all(os.path.exists(os.path.join(models, name)) for name in (model, 'silero-vad')):
        print('skipped: %s and silero-vad are not both in %s; make setup brings them'
              % (model, models))
        return 77

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([speak, meeting.MEETING, folder], check=True)
        done = subprocess.run(
            [chip, 'transcribe', '--quiet', '--model', model, '--format', 'json',
             os.path.join(folder, 'meeting.wav')],
            env={**os.environ, 'CHIP_MODELS_DIR': models}, stdout=subprocess.PIPE, check=True)
        transcript = os.path.join(folder, 'transcript.json')
        with open(transcript, 'wb') as file:
            file.write(done.stdout)
        words = os.path.join(folder, 'words.tsv')
        code = word_times.main([words, transcript, '--max-median', str(MAX_MEDIAN_MS),
                                '--max-p95', str(MAX_P95_MS),
                                '--min-matched', str(MIN_MATCHED_PERCENT[model])])
        result = speakers.read_and_compare(folder, transcript)
    print(speakers.show(result))
    for what in wrong_speakers(result):
        print(what)
        code = 1
    if json.loads(done.stdout)['audit']:
        print('the audit of clean speech is not empty')
        code = 1
    return code


if __name__ == '__main__':
    sys.exit(main(*map(os.path.abspath, sys.argv[1:3]), sys.argv[3]))
