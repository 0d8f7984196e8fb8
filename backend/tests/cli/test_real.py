#!/usr/bin/env python3
"""The real program: sound in, text out.  Needs models; speech comes from flite."""
import json
import os
import re
import signal
import subprocess
import wave

from harness import Case, main, require_model, speak

SPOKEN = 'The meeting starts at nine on Monday morning. Please bring the new budget.'
MODEL = 'moonshine-tiny'


def words(text):
    return re.findall(r"[a-z']+", text.lower())


class Real(Case):
    sound = None  # what flite says, spoken once for all tests

    def env(self, **more):
        models = {k: v for k, v in os.environ.items() if k == 'CHIP_MODELS_DIR'}
        return super().env(**{'CHIP_MODEL': MODEL, 'CHIP_THREADS': '1', **models, **more})

    @classmethod
    def setUpClass(cls):
        require_model(MODEL)
        cls.rate, cls.sound = speak(SPOKEN)

    def speak(self, name, minutes=0.0):
        """SPOKEN, again and again until so many minutes are full, with a second between."""
        turn = self.sound + bytes(self.rate * 2)
        with wave.open(self.path(name), 'wb') as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(turn * max(1, int(minutes * 60 * self.rate * 2 / len(turn))))
        return name

    def check_heard(self, text):
        missing = set(words(SPOKEN)) - set(words(text))
        self.assertLessEqual(len(missing), 3, text)

    def test_speech_becomes_text(self):
        code, out, err = self.chip('transcribe', self.speak('a.wav'))
        self.assertEqual(code, 0, err)
        self.check_heard(out)
        self.assertRegex(err, r'^a\.wav: 0:0\d, \d+ words in ')

    def test_a_pipe_gives_the_same(self):
        with open(self.path(self.speak('a.wav')), 'rb') as sound:
            code, out, err = self.chip('transcribe', '-', '-f', 'json', stdin=sound)
        self.assertEqual(code, 0, err)
        cat = subprocess.Popen(['cat', self.path('a.wav')], stdout=subprocess.PIPE)
        code, piped, err = self.chip('transcribe', '-', '-f', 'json', stdin=cat.stdout)
        cat.stdout.close()
        cat.wait()
        self.assertEqual((code, piped), (0, out), err)

    def test_words_have_times_in_order(self):
        code, out, err = self.chip('transcribe', self.speak('a.wav'), '-f', 'json')
        self.assertEqual(code, 0, err)
        transcript = json.loads(out)
        self.assertEqual(transcript['model'], MODEL)
        heard = [word for segment in transcript['segments'] for word in segment['words']]
        self.assertGreater(len(heard), 8)
        starts = [word['start'] for word in heard]
        self.assertEqual(starts, sorted(starts))
        for word in heard:
            self.assertTrue(0 <= word['start'] <= word['end'] <= transcript['duration'] + 0.001)

    def test_every_format_is_written(self):
        code, _, err = self.chip('transcribe', self.speak('a.wav'), '-f', 'all', '-o', 'out')
        self.assertEqual(code, 0, err)
        self.assertEqual(len(os.listdir(self.path('out'))), 8)
        self.assertTrue(self.read('out/a.vtt').startswith('WEBVTT\n'))

    def test_silence_gives_no_words(self):
        with wave.open(self.path('silence.wav'), 'wb') as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(bytes(5 * 32000))
        code, out, err = self.chip('transcribe', 'silence.wav')
        self.assertEqual((code, out), (0, ''))
        self.assertIn('silence.wav: 0:05 without speech', err)

    def test_progress_reaches_the_end(self):
        code, _, err = self.chip('transcribe', self.speak('a.wav', 0.5), '--progress', 'json')
        self.assertEqual(code, 0)
        events = self.events(err)
        progress = [e for e in events if e['event'] == 'progress']
        self.assertEqual(progress[-1]['percent'], 100)
        done = [e['done_ms'] for e in progress]
        self.assertEqual(done, sorted(done))
        self.assertEqual(events[-1]['event'], 'done')

    def test_ctrl_c_leaves_a_partial_result(self):
        name = self.speak('long.wav', 20)
        process = self.start('transcribe', name, '--save-partial', '-o', 'out', '-f', 'srt',
                             '--progress', 'json')
        for line in process.stderr:
            if json.loads(line)['event'] == 'segment':
                process.send_signal(signal.SIGINT)
                break
        _, err = process.communicate(timeout=10)
        last = self.events(err.decode())[-1]
        self.assertEqual((process.returncode, last['code'], last['saved']), (130, 'cancelled', True))
        self.assertLess(last['done_ms'], 1000000)
        self.assertIn('-->', self.read('out/long.srt'))

    def test_ctrl_c_ends_the_waiting_for_a_silent_pipe(self):
        process = self.start('transcribe', '-', '--progress', 'json', stdin=subprocess.PIPE)
        for line in process.stderr:
            if json.loads(line)['event'] == 'start':
                process.send_signal(signal.SIGINT)
                break
        self.assertEqual(process.wait(timeout=10), 130)
        process.communicate()

    def test_what_is_wrong_with_a_file_is_said(self):
        with open(self.path('text.mp3'), 'w') as file:
            file.write('this is no sound at all\n' * 100)
        open(self.path('empty.mp3'), 'w').close()
        for name, code in (('text.mp3', 4), ('empty.mp3', 4), ('missing.mp3', 3), ('.', 3)):
            for command in ('transcribe', 'probe'):
                got, out, err = self.chip(command, name)
                self.assertEqual((got, out), (code, ''), err)
                self.assertRegex(err, r'^chip: .+\n$')
                self.assertIn(name, err)

    def test_a_missing_model_says_how_to_get_it(self):
        code, _, err = self.chip('transcribe', self.speak('a.wav'),
                                 env={'CHIP_MODELS_DIR': self.path('none')})
        self.assertEqual(code, 5)
        self.assertIn(MODEL, err)

    def test_probe_tells_what_is_there(self):
        code, out, err = self.chip('probe', '--json', self.speak('a.wav'))
        self.assertEqual(code, 0, err)
        info = json.loads(out)
        self.assertEqual((info['file'], info['track'], info['video']), ('a.wav', 1, False))
        self.assertEqual(info['tracks'][0]['channels'], 1)
        self.assertGreater(info['duration_ms'], 3000)
        _, out, _ = self.chip('probe', 'a.wav')
        self.assertRegex(out, r'(?m)^  track 1 .* Hz.*<- used$')

    def test_doctor_is_content(self):
        code, out, _ = self.chip('doctor')
        self.assertEqual(code, 0, out)
        for line in out.splitlines():
            self.assertRegex(line, r'^(ok|warn)  |^ +-> ')


class Doctor(Case):
    def test_doctor_finds_missing_models_and_fails(self):
        code, out, err = self.chip('doctor', '--json',
                                   env={'CHIP_MODELS_DIR': self.path('none')})
        self.assertEqual((code, err), (1, ''))
        report = json.loads(out)
        self.assertFalse(report['ok'])
        failed = [c for c in report['checks'] if c['state'] == 'fail']
        self.assertEqual([c['name'] for c in failed], ['model'])
        self.assertIn('moonshine-base', failed[0]['hint'])
        self.assertIn(self.path('none'), failed[0]['hint'])


if __name__ == '__main__':
    main()
