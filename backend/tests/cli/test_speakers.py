#!/usr/bin/env python3
"""The real program: who speaks.  Needs models; two flite voices take turns."""
import base64
import json
import os
import subprocess
import wave

from harness import Case, main, require_model, speak

LINES = [('slt', 'Good morning everybody, let us begin with the budget for the next year. '
                 'I have looked at all the numbers again.'),
         ('rms', 'Thank you. I think the budget is too small for what we want to build, and I '
                 'would like to hear what the others think.'),
         ('slt', 'That may be so, but we have to decide today. Can we live with ten percent more '
                 'than last year?'),
         ('rms', 'Ten percent would be fine with me, if the new machines arrive before summer '
                 'and nobody else leaves the team.')]
MODEL = 'moonshine-tiny'


class Speakers(Case):
    lines = []

    def env(self, **more):
        models = {k: v for k, v in os.environ.items() if k == 'CHIP_MODELS_DIR'}
        return super().env(**{'CHIP_MODEL': MODEL, 'CHIP_VOICES_DIR': self.path('voices'),
                              **models, **more})

    @classmethod
    def setUpClass(cls):
        require_model(MODEL)
        cls.lines = []
        for voice, text in LINES:
            cls.rate, sound = speak(text, voice)
            cls.lines.append((voice, sound))

    def write(self, name, samples, channels=1):
        with wave.open(self.path(name), 'wb') as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(samples)
        return name

    def talk(self, name='talk.wav'):
        """The lines one after the other, twice, half a second between."""
        pause = bytes(self.rate)
        return self.write(name, b''.join(line + pause for _, line in self.lines * 2))

    def call(self, name='call.wav'):
        """The same with each voice on a channel of its own."""
        samples = bytearray()
        for voice, line in self.lines * 2:
            for i in range(0, len(line), 2):
                silence = bytes(2)
                sample = line[i:i + 2]
                samples += sample + silence if voice == 'slt' else silence + sample
            samples += bytes(self.rate * 2)
        return self.write(name, bytes(samples), channels=2)

    def tracks(self, name, *options):
        """The call with each of its channels on a track of its own."""
        self.call()
        subprocess.run(['ffmpeg', '-loglevel', 'error', '-i', self.path('call.wav'),
                        '-filter_complex', '[0:a]channelsplit=channel_layout=stereo[l][r]',
                        '-map', '[l]', '-map', '[r]', *options, self.path(name)], check=True)
        return name

    def transcript(self, *args):
        code, out, err = self.chip('transcribe', *args, '-f', 'json')
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def check_turns(self, transcript):
        self.assertEqual([s['id'] for s in transcript['speakers']], ['S1', 'S2'])
        self.assertEqual([t['speaker'] for t in transcript['turns']], ['S1', 'S2'] * 4)
        for segment in transcript['segments']:
            self.assertIn(segment['speaker'], ('S1', 'S2'))

    def test_two_voices_are_two_speakers(self):
        transcript = self.transcript(self.talk())
        self.check_turns(transcript)
        self.assertNotIn('overlap_modelled', transcript)

    def test_two_channels_are_two_speakers(self):
        transcript = self.transcript(self.call())
        self.check_turns(transcript)
        self.assertTrue(transcript['overlap_modelled'])

    def test_two_tracks_are_two_speakers(self):
        transcript = self.transcript(self.tracks('call.mka'))
        self.check_turns(transcript)
        self.assertTrue(transcript['overlap_modelled'])

    def test_a_track_that_is_asked_for_is_taken_alone(self):
        name = self.tracks('call.mka')
        alone = self.transcript(name, '--track', '1')
        together = self.transcript(name)
        self.assertLess(len(alone['segments']), len(together['segments']))

    def test_tracks_in_several_languages_are_not_mixed(self):
        name = self.tracks('film.mkv', '-metadata:s:a:0', 'language=eng',
                           '-metadata:s:a:1', 'language=fre')
        self.assertEqual(self.transcript(name), self.transcript(name, '--track', '1'))

    def test_the_same_sound_on_two_tracks_is_taken_once(self):
        self.talk()
        subprocess.run(['ffmpeg', '-loglevel', 'error', '-i', self.path('talk.wav'), '-map', '0:a',
                        '-map', '0:a', self.path('twice.mka')], check=True)
        self.assertEqual(self.transcript('twice.mka'), self.transcript('twice.mka', '--track', '1'))

    def test_threads_make_no_difference(self):
        name = self.talk()
        self.assertEqual(self.transcript(name, '-t', '1'), self.transcript(name, '-t', '3'))

    def test_a_number_of_speakers_is_met(self):
        name = self.talk()
        for args, want in ((['--speakers', '1'], 1), (['--speakers', '3'], 3),
                           (['--max-speakers', '1'], 1), (['--min-speakers', '3'], 3)):
            self.assertEqual(len(self.transcript(name, *args)['speakers']), want, args)

    def test_without_speakers_nothing_names_one(self):
        transcript = self.transcript(self.talk(), '--no-diarize')
        for member in ('speakers', 'turns', 'voices'):
            self.assertNotIn(member, transcript)
        self.assertNotIn('speaker', transcript['segments'][0])

    # ---- relabel

    def test_relabel_needs_no_recording(self):
        code, _, err = self.chip('transcribe', self.talk(), '-f', 'json', '-o', '.')
        self.assertEqual(code, 0, err)
        os.remove(self.path('talk.wav'))
        for n in (1, 3, 2):
            code, out, err = self.chip('relabel', 'talk.json', '--speakers', str(n))
            self.assertEqual(code, 0, err)
            self.assertEqual(len(json.loads(out)['speakers']), n)
        code, out, err = self.chip('relabel', 'talk.json', '--speakers', '2', '-o', 'talk.json')
        self.assertEqual((code, out), (0, ''), err)
        self.check_turns(json.loads(self.read('talk.json')))

    def test_relabel_says_what_it_needs(self):
        code, _, err = self.chip('relabel', 'none.json')
        self.assertEqual(code, 2)
        self.assertIn('--speakers N', err)
        transcript = self.transcript(self.talk())
        del transcript['voices']
        with open(self.path('bare.json'), 'w') as file:
            json.dump(transcript, file)
        code, _, err = self.chip('relabel', 'bare.json', '--speakers', '2')
        self.assertNotEqual(code, 0)
        self.assertIn('holds no voices', err)

    # ---- voices

    def add(self, name, voice, *args):
        sound = b''.join(line for v, line in self.lines if v == voice)
        return self.chip('voices', 'add', name, self.write(name + '.wav', sound), *args)

    def test_known_voices_are_suggested_only_when_asked(self):
        for name, voice in (('Ann', 'slt'), ('Bob', 'rms')):
            code, out, err = self.add(name, voice, '--consent', 'asked')
            self.assertEqual(code, 0, err)
            self.assertRegex(out, name + r' is known until 20\d\d-')
        name = self.talk()
        self.assertNotIn('suggestion', self.transcript(name)['speakers'][0])
        speakers = self.transcript(name, '--voices')['speakers']
        self.assertEqual([s['suggestion'] for s in speakers], ['Ann', 'Bob'])
        self.assertEqual([s['name'] for s in speakers], ['', ''])

        code, out, _ = self.chip('voices', 'list')
        self.assertRegex(out, r'(?s)Ann .* asked\nBob .* asked\n')
        self.assertEqual(self.chip('voices', 'remove', 'Bob')[0], 0)
        speakers = self.transcript(name, '--voices')['speakers']
        self.assertEqual([s.get('suggestion') for s in speakers], ['Ann', None])
        self.assertEqual(self.chip('voices', 'revoke')[0], 0)
        self.assertEqual(self.chip('voices', 'list')[1], '')

    def test_a_voice_needs_consent_and_one_person(self):
        code, _, err = self.add('Ann', 'slt')
        self.assertEqual(code, 2)
        self.assertIn('--consent TEXT', err)
        code, _, err = self.chip('voices', 'add', 'Both', self.talk(), '--consent', 'asked')
        self.assertNotEqual(code, 0)
        self.assertIn('2 people seem to speak', err)
        code, _, err = self.chip('voices', 'add', 'X', self.write('short.wav', self.lines[0][1][
            :self.rate * 4]), '--consent', 'asked')
        self.assertNotEqual(code, 0)
        self.assertIn('seconds of speech', err)
        self.assertFalse(os.path.exists(self.path('voices')))

    def test_voices_of_two_recordings_cannot_be_compared(self):
        def first_voice(name):
            return base64.b64decode(self.transcript(name)['voices'])[6 + 9:6 + 9 + 128]
        a = first_voice(self.talk())
        pause = bytes(self.rate)
        b = first_voice(self.write('other.wav', b''.join(
            line + pause for _, line in self.lines[:2] * 3)))
        signed = [[x - 256 if x > 127 else x for x in v] for v in (a, b)]
        dot = sum(x * y for x, y in zip(*signed))
        length = [sum(x * x for x in v) ** 0.5 for v in signed]
        self.assertLess(abs(dot / length[0] / length[1]), 0.4)


if __name__ == '__main__':
    main()
