"""Recordings of many people: finding them, keeping them at hand, cutting training crops.

A folder is either `SPEAKER/*.flac` (or another audio format, at any depth below the speaker), or it
has a `manifest.tsv` whose heading names the columns `path` and `speaker`.

Everything is decoded once into one file of 16-bit samples, also 0.9 and 1.1 times as fast: a voice
that is resampled is another voice, so each speed is a label of its own and the number of speakers
triples for free (Yamamoto et al. 2019, "Speaker augmentation and bandwidth extension").
"""
import collections
import csv
import hashlib
import json
import os
import pathlib
import subprocess

import numpy as np

from training import features

SPEEDS = (1.0, 0.9, 1.1)
AUDIO = {'.flac', '.wav', '.mp3', '.ogg', '.opus', '.m4a'}
PIECE = 30 * features.RATE    # longer recordings are cut, so that resampling stays cheap
SHORTEST = features.RATE      # pieces under a second are left out
LOUD_ENOUGH = 0.25            # a crop's power against its piece's; below, another one is tried

# Where a piece lies in the file of samples, and whose it is.
Piece = collections.namedtuple('Piece', 'speaker speed start length')


def find(folder):
    """{speaker: [path, ...]} of a folder, sorted. Raises ValueError when there are none."""
    folder = pathlib.Path(folder)
    found = collections.defaultdict(list)
    if (folder / 'manifest.tsv').exists():
        with open(folder / 'manifest.tsv', encoding='utf-8', newline='') as file:
            for row in csv.DictReader(file, delimiter='\t'):
                found[row['speaker']].append(folder / row['path'])
    else:
        for path in folder.glob('*/**/*'):
            if path.suffix.lower() in AUDIO:
                found[path.relative_to(folder).parts[0]].append(path)
    if not found:
        raise ValueError('%s has neither a manifest.tsv nor recordings SPEAKER/*.flac' % folder)
    return {speaker: sorted(found[speaker]) for speaker in sorted(found)}


def decode(path):
    """int16 samples at 16 kHz of any recording, by ffmpeg."""
    done = subprocess.run(
        ['ffmpeg', '-nostdin', '-v', 'error', '-i', str(path), '-map', 'a:0', '-ac', '1',
         '-ar', str(features.RATE), '-f', 's16le', '-'], capture_output=True, check=False)
    if done.returncode:
        raise ValueError('%s: %s' % (path, done.stderr.decode(errors='replace').strip()))
    return np.frombuffer(done.stdout, '<i2')


def resampled(pcm, speed):
    """int16 samples that play `speed` times as fast, pitch and all; exact up to the band's end."""
    n = round(len(pcm) / speed)
    spectrum = np.fft.rfft(pcm)[:n // 2 + 1]
    return np.clip(np.round(np.fft.irfft(spectrum, n) * (n / len(pcm))), -32768, 32767).astype('<i2')


def is_held_out(speaker, share):
    """Whether a speaker is kept for evaluation; decided by the name alone, for all time."""
    number = int.from_bytes(hashlib.sha256(speaker.encode()).digest()[:8], 'big')
    return number / 2 ** 64 < share


def _state(found):
    """What the decoded file depends on; another state means decoding again."""
    files = [[str(path), path.stat().st_size, path.stat().st_mtime_ns]
             for paths in found.values() for path in paths]
    return [list(SPEEDS), PIECE, SHORTEST, files]


def _decode_all(found, samples_path, say):
    """Writes all samples at all speeds. @return [Piece]"""
    pieces, end = [], 0
    with open(samples_path, 'wb') as file:
        for count, (speaker, paths) in enumerate(found.items()):
            if count % 200 == 0:
                say('decoding: %d of %d speakers' % (count, len(found)))
            for path in paths:
                pcm = decode(path)
                for start in range(0, len(pcm), PIECE):
                    if len(pcm) - start < SHORTEST:
                        break
                    for speed in SPEEDS:
                        part = pcm[start:start + PIECE]
                        part = part if speed == 1 else resampled(part, speed)
                        file.write(part.tobytes())
                        pieces.append(Piece(speaker, speed, end, len(part)))
                        end += len(part)
    return pieces


class Recordings:
    """The decoded recordings of a folder, kept in `cache` from one run to the next.

    pieces   [Piece]
    speakers their names, sorted
    """

    def __init__(self, folder, cache, say=print):
        found = find(folder)
        os.makedirs(cache, exist_ok=True)
        samples_path, index_path = (os.path.join(cache, name) for name in ('samples.s16',
                                                                           'pieces.json'))
        state, index = _state(found), {}
        if os.path.exists(index_path):
            with open(index_path, encoding='utf-8') as file:
                index = json.load(file)
        if index.get('state') != state:
            index = {'state': state, 'pieces': _decode_all(found, samples_path, say)}
            with open(index_path + '.part', 'w', encoding='utf-8') as file:
                json.dump(index, file)
            os.replace(index_path + '.part', index_path)
        self.pieces = [Piece(*piece) for piece in index['pieces']]
        self.speakers = sorted({piece.speaker for piece in self.pieces})
        if not self.pieces:
            raise ValueError('%s has no recording of a second or more' % folder)
        self.samples = np.memmap(samples_path, dtype='<i2', mode='r')

    def pcm(self, piece, start=0, length=None):
        """float32 samples of a piece, -1..1; one that is too short is repeated."""
        length = piece.length if length is None else length
        at = (start + np.arange(length)) % piece.length
        return self.samples[piece.start + at].astype('f4') / 32768


class Crops:
    """Batches of crops: so many different labels, and of each label so many crops.

    A batch depends on nothing but the seed and its number, so a run that goes on after an
    interruption sees what it would have seen.
    """

    def __init__(self, recordings, held_out, seed):
        """held_out is the share of speakers that are left out"""
        self.recordings, self.seed = recordings, seed
        by_label = collections.defaultdict(list)
        for piece in recordings.pieces:
            if not is_held_out(piece.speaker, held_out):
                by_label[piece.speaker, piece.speed].append(piece)
        self.labels = sorted(by_label)
        self.pieces = [by_label[label] for label in self.labels]
        # Who says more is drawn more often, up to three times.
        seconds = np.array([sum(p.length for p in pieces) for pieces in self.pieces]) / features.RATE
        weight = np.clip(seconds / 4, 1, 3)
        self.chance = weight / weight.sum()

    def batch(self, number, n_labels, n_crops, shortest_s=1.0, longest_s=2.2):
        """@return (pcm [n_crops * n_labels, n] float32, labels of the same length), crop by crop"""
        rng = np.random.default_rng([self.seed, number])
        n = round(rng.uniform(shortest_s, longest_s) * features.RATE)
        n = features.FRAME + features.HOP * ((n - features.FRAME) // features.HOP)
        labels = rng.choice(len(self.labels), n_labels, replace=False, p=self.chance)
        labels = np.tile(labels, n_crops)
        return np.stack([self._crop(label, n, rng) for label in labels]), labels

    def _crop(self, label, n, rng):
        pieces = self.pieces[label]
        length = np.array([piece.length for piece in pieces])
        piece = pieces[rng.choice(len(pieces), p=length / length.sum())]
        for _ in range(3):  # silence teaches nothing
            # A short piece is repeated from anywhere; a long one is not run over its end.
            pcm = self.recordings.pcm(piece, rng.integers(
                piece.length - n + 1 if piece.length >= n else piece.length), n)
            if np.square(pcm).mean() >= LOUD_ENOUGH * self._power(piece):
                break
        return pcm

    def _power(self, piece):
        """Mean power of a piece, from every 16th sample."""
        samples = self.recordings.samples[piece.start:piece.start + piece.length:16].astype('f4')
        return np.square(samples / 32768).mean()
