"""How well a network tells people apart: the equal error rate of short windows.

usage: python3 -m training.evaluate WEIGHTS FOLDER

Every recording is cut into windows, each of 1.5 s, then 2 s, then 3 s; every pair of windows is
compared. At one threshold as many pairs of one person are taken for two people as pairs of two
people for one: that share is the equal error rate (EER). Windows are cut plainly, silence and all.
"""
import argparse
import tempfile

import numpy as np
import torch

from training import data, features, network

WINDOWS_S = (1.5, 2.0, 3.0)
PER_SPEAKER = 20  # windows at most, evenly over all there are
BATCH = 64


def equal_error_rate(same, different):
    """EER of the scores of pairs that are the same person, and of pairs that are not."""
    scores = np.concatenate([same, different])
    is_same = np.arange(len(scores)) < len(same)
    order = np.argsort(-scores, kind='stable')
    scores, is_same = scores[order], is_same[order]
    # A threshold lies below a score and above the next one, so equal scores go together.
    ends = np.append(scores[1:] != scores[:-1], True)
    missed = np.append(1, 1 - np.cumsum(is_same)[ends] / len(same))
    taken = np.append(0, np.cumsum(~is_same)[ends] / len(different))
    # The first threshold at which more is taken than missed, and the one before it.
    after = int(np.argmax(taken >= missed))
    before = max(after - 1, 0)
    gap = missed - taken
    share = gap[before] / (gap[before] - gap[after]) if after else 0
    return float(taken[before] + share * (taken[after] - taken[before]))


def cut(recordings, seconds, held_out):
    """Windows of held-out speakers. @return (pcm [n, samples], speaker numbers [n])"""
    n = round(seconds * features.RATE)
    pcm, whose = [], []
    for number, speaker in enumerate(recordings.speakers):
        if not data.is_held_out(speaker, held_out):
            continue
        places = [(piece, start) for piece in recordings.pieces
                  if piece.speaker == speaker and piece.speed == 1
                  for start in range(0, piece.length - n + 1, n)]
        step = max(1, len(places) / PER_SPEAKER)
        kept = [places[int(i * step)] for i in range(min(len(places), PER_SPEAKER))]
        pcm += [recordings.pcm(piece, start, n) for piece, start in kept]
        whose += [number] * len(kept)
    return np.array(pcm, dtype='f4').reshape(-1, n), np.array(whose, dtype=int)


def voices(net, pcm):
    """Unit vectors [n, 128] of windows [n, samples]."""
    device = next(net.parameters()).device
    with torch.no_grad():
        parts = [net.voices(torch.from_numpy(pcm[i:i + BATCH]).to(device)).cpu()
                 for i in range(0, len(pcm), BATCH)]
    return torch.cat(parts).numpy()


def evaluate(net, recordings, held_out):
    """@return [{window_s, speakers, same, different, eer}]; eer is None without such pairs"""
    was_training = net.training
    net.eval()
    rows = []
    for seconds in WINDOWS_S:
        pcm, whose = cut(recordings, seconds, held_out)
        row = {'window_s': seconds, 'speakers': len(set(whose)), 'same': 0, 'different': 0,
               'eer': None}
        if len(pcm) > 1:
            found = voices(net, pcm)
            first, second = np.triu_indices(len(pcm), 1)
            scores = (found @ found.T)[first, second]
            alike = whose[first] == whose[second]
            row['same'], row['different'] = int(alike.sum()), int((~alike).sum())
            if row['same'] and row['different']:
                row['eer'] = equal_error_rate(scores[alike], scores[~alike])
        rows.append(row)
    net.train(was_training)
    return rows


def table(rows):
    """Rows as people read them."""
    lines = ['window  speakers    pairs of one  pairs of two     EER']
    for row in rows:
        eer = '-' if row['eer'] is None else '%.2f %%' % (100 * row['eer'])
        lines.append('%4.1f s  %8d  %14d  %12d  %6s' % (
            row['window_s'], row['speakers'], row['same'], row['different'], eer))
    return '\n'.join(lines)


def main(args=None):
    parser = argparse.ArgumentParser(
        prog='python3 -m training.evaluate', description=__doc__.split('\n\n')[0])
    parser.add_argument('weights', help='safetensors or npz file')
    parser.add_argument('folder', help='recordings: SPEAKER/*.flac, or with a manifest.tsv')
    parser.add_argument('--held-out', type=float, default=1, metavar='SHARE',
                        help='only the speakers that training with this share leaves out '
                             '(default: all speakers)')
    parser.add_argument('--cache', help='where decoded sound is kept (a run of training has it in '
                                        'OUT/cache); without it, sound is decoded anew')
    parser.add_argument('--threads', type=int, default=1, help='CPU threads (default 1)')
    given = parser.parse_args(args)

    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as made:
        recordings = data.Recordings(given.folder, given.cache or made)
        print(table(evaluate(network.load(given.weights), recordings, given.held_out)))


if __name__ == '__main__':
    main()
