"""Recordings found, decoded once, and cut into crops that a seed decides."""
import os
import pathlib
import tempfile
import unittest
import wave

import numpy as np

import toy  # skips where torch is missing

from training import data, features


def write_wav(path, pcm, rate=16000):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.asarray(pcm, '<i2').tobytes())


def tone(hz, seconds, rate=16000):
    return 8000 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


def strongest_hz(pcm):
    return np.abs(np.fft.rfft(pcm * np.hanning(len(pcm)))).argmax() * 16000 / len(pcm)


class Folder(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.root = pathlib.Path(made.name) / 'people'
        self.cache = os.path.join(made.name, 'cache')

    def people(self, seconds=3.0):
        """Four people, each a tone of their own."""
        for i, name in enumerate(('ann', 'ben', 'cas', 'dov')):
            write_wav(self.root / name / '1.wav', tone(400 + 200 * i, seconds))
        return data.Recordings(self.root, self.cache, say=lambda _: None)


class Finding(Folder):
    def test_a_folder_for_each_speaker_with_anything_below_it(self):
        for path in ('ann/2.wav', 'ann/day/1.flac', 'ben/x.ogg', 'ben/notes.txt', 'loose.wav'):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).touch()
        found = data.find(self.root)
        self.assertEqual(list(found), ['ann', 'ben'])
        self.assertEqual([path.name for path in found['ann']], ['2.wav', '1.flac'])
        self.assertEqual([path.name for path in found['ben']], ['x.ogg'])

    def test_a_manifest_says_who_speaks(self):
        self.root.mkdir()
        (self.root / 'manifest.tsv').write_text(
            'path\tspeaker\tduration\nb/2.flac\tL2\t3\nb/1.flac\tL1\t2\na/3.flac\tL2\t1\n')
        self.assertEqual(data.find(self.root), {
            'L1': [self.root / 'b/1.flac'], 'L2': [self.root / 'a/3.flac', self.root / 'b/2.flac']})

    def test_nothing_found_is_an_error_that_says_what_was_expected(self):
        self.root.mkdir()
        with self.assertRaisesRegex(ValueError, 'manifest.tsv nor recordings'):
            data.find(self.root)


class Decoding(Folder):
    def test_any_rate_becomes_16_khz(self):
        write_wav(self.root / 'a/1.wav', tone(1000, 2, 44100), 44100)
        pcm = data.decode(self.root / 'a/1.wav')
        self.assertAlmostEqual(len(pcm), 32000, delta=100)
        self.assertAlmostEqual(strongest_hz(pcm), 1000, delta=1)

    def test_damaged_recording_is_named(self):
        write_wav(self.root / 'a/1.wav', [])
        (self.root / 'a/1.wav').write_bytes(b'no sound')
        with self.assertRaisesRegex(ValueError, 'a/1.wav'):
            data.decode(self.root / 'a/1.wav')

    def test_a_faster_copy_is_shorter_and_higher(self):
        for speed in (0.9, 1.1):
            pcm = data.resampled(tone(1000, 2).astype('<i2'), speed)
            self.assertEqual(len(pcm), round(32000 / speed))
            self.assertAlmostEqual(strongest_hz(pcm), 1000 * speed, delta=1)
            self.assertAlmostEqual(np.abs(pcm.astype(int)[100:-100]).max(), 8000, delta=80)

    def test_each_piece_has_three_speeds_and_lies_where_it_says(self):
        recordings = self.people()
        self.assertEqual(recordings.speakers, ['ann', 'ben', 'cas', 'dov'])
        self.assertEqual(len(recordings.pieces), 12)
        for piece in recordings.pieces:
            hz = (400 + 200 * recordings.speakers.index(piece.speaker)) * piece.speed
            self.assertAlmostEqual(strongest_hz(recordings.pcm(piece)), hz, delta=1)

    def test_long_recordings_are_cut_and_short_ones_left_out(self):
        write_wav(self.root / 'a/long.wav', tone(500, 61.5))
        write_wav(self.root / 'a/short.wav', tone(500, 0.9))
        pieces = data.Recordings(self.root, self.cache, say=lambda _: None).pieces
        self.assertEqual([p.length for p in pieces if p.speed == 1], [480000, 480000, 24000])

    def test_decoded_sound_is_kept_until_a_recording_changes(self):
        self.people()
        samples = os.path.join(self.cache, 'samples.s16')
        before = os.stat(samples).st_mtime_ns
        data.Recordings(self.root, self.cache, say=lambda _: None)
        self.assertEqual(os.stat(samples).st_mtime_ns, before)
        self.people(seconds=2.0)
        self.assertNotEqual(os.stat(samples).st_mtime_ns, before)
        self.assertEqual(os.stat(samples).st_size,
                         2 * 4 * (32000 + round(32000 / 0.9) + round(32000 / 1.1)))


class HeldOut(unittest.TestCase):
    def test_names_decide_for_all_time(self):
        self.assertEqual([data.is_held_out(name, 0.5) for name in ('slt', 'rms', 'awb', 'kal16')],
                         [True, True, False, True])

    def test_share_is_kept(self):
        names = ['speaker %d' % i for i in range(2000)]
        for share in (0.0, 0.05, 0.5, 1.0):
            got = sum(data.is_held_out(name, share) for name in names) / len(names)
            self.assertAlmostEqual(got, share, delta=0.03 if 0 < share < 1 else 0)


class Batches(Folder):
    def test_seed_and_number_decide_a_batch(self):
        recordings = self.people()
        first = data.Crops(recordings, 0, seed=1).batch(7, 6, 2)
        again = data.Crops(recordings, 0, seed=1).batch(7, 6, 2)
        np.testing.assert_array_equal(first[0], again[0])
        np.testing.assert_array_equal(first[1], again[1])
        for seed, number in ((2, 7), (1, 8)):
            other = data.Crops(recordings, 0, seed).batch(number, 6, 2)
            self.assertFalse(first[0].shape == other[0].shape and (first[0] == other[0]).all())

    def test_a_batch_is_crops_of_different_labels_in_whole_frames(self):
        crops = data.Crops(self.people(), 0, seed=1)
        for number in range(10):
            pcm, labels = crops.batch(number, 6, 2)
            self.assertEqual(pcm.shape[0], 12)
            self.assertEqual((pcm.shape[1] - features.FRAME) % features.HOP, 0)
            self.assertTrue(16000 - features.HOP < pcm.shape[1] <= 35200)
            self.assertEqual(labels[:6].tolist(), labels[6:].tolist())
            self.assertEqual(len(set(labels)), 6)
            for row, label in zip(pcm, labels):
                speaker, speed = crops.labels[label]
                hz = (400 + 200 * ('ann', 'ben', 'cas', 'dov').index(speaker)) * speed
                self.assertAlmostEqual(strongest_hz(row), hz, delta=2)

    def test_held_out_speakers_are_never_drawn(self):
        recordings = self.people()
        share = 0.25
        kept = {name for name in recordings.speakers if not data.is_held_out(name, share)}
        self.assertTrue(0 < len(kept) < 4)
        self.assertEqual({name for name, _ in data.Crops(recordings, share, 1).labels}, kept)

    def test_silence_is_passed_over_where_there_is_speech(self):
        pcm = np.concatenate([np.zeros(16000 * 8), tone(700, 8)])
        write_wav(self.root / 'ann/1.wav', pcm)
        crops = data.Crops(data.Recordings(self.root, self.cache, say=lambda _: None), 0, 1)
        loud = [np.abs(crops.batch(i, 1, 1)[0]).max() > 0.1 for i in range(40)]
        self.assertGreater(np.mean(loud), 0.85)  # half of them, if one draw decided


if __name__ == '__main__':
    unittest.main()
