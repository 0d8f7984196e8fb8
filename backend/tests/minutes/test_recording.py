"""The analyst on what was recognised: usage test_recording.py CHIP SPEAK MODEL

The sample meeting is spoken, recognised with speakers told apart, and its minutes scored. Skipped
(exit code 77) when the model is not installed; make setup brings it.
"""
import os
import subprocess
import sys
import tempfile

import score

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..'))
MEETING = os.path.join(ROOT, 'samples/meeting')
PROMISED = 0.8


def main(chip, speak, model):
    models = os.environ.get('CHIP_MODELS_DIR') or os.path.join(ROOT, 'models')
    if not all(os.path.exists(os.path.join(models, name)) for name in (model, 'silero-vad')):
        print('skipped: %s and silero-vad are not both in %s; make setup brings them'
              % (model, models))
        return 77
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([speak, MEETING, folder], check=True)
        transcript = os.path.join(folder, 'transcript.json')
        with open(transcript, 'wb') as file:
            subprocess.run([chip, 'transcribe', '--quiet', '--model', model, '--format', 'json',
                            os.path.join(folder, 'meeting.wav')],
                           env={**os.environ, 'CHIP_MODELS_DIR': models}, stdout=file, check=True)
        meeting = score.Meeting(MEETING, transcript)
        meeting.run(chip)
    result = score.score(meeting)
    score.show('recording, ' + model, result)
    return int(any(result[kind][of] < PROMISED for kind in ('decisions', 'action_items')
                   for of in ('precision', 'recall')))


if __name__ == '__main__':
    sys.exit(main(*map(os.path.abspath, sys.argv[1:3]), sys.argv[3]))
