"""Weights as the C program reads them, and a golden vector that proves the C program right.

usage: python3 -m training.export WEIGHTS OUT.safetensors [--golden GOLDEN.safetensors]

WEIGHTS is a safetensors or npz file with our names. The golden file holds `test_pcm` [n] (a made
sound), `test_input` [frames, 64] (its features), and `test_embedding` [128] (what the weights of
OUT, which are rounded to f16, make of test_input, before its length is made 1).
"""
import argparse
import math

import numpy as np
import torch

from training import features, network, weights

GOLDEN_SAMPLES = 24240  # 1.5 s and a bit: 150 frames


def save(net, path, metadata=None):
    """Writes a network of training.network."""
    weights.write(path, net.arrays(), metadata)


def golden_sound():
    """[GOLDEN_SAMPLES] float32: a gliding buzz with two moving resonances and a soft noise."""
    t = np.arange(GOLDEN_SAMPLES) / features.RATE
    phase = 2 * math.pi * np.cumsum(120 + 30 * np.sin(2 * math.pi * 1.5 * t)) / features.RATE
    pcm = np.zeros(GOLDEN_SAMPLES)
    for k in range(1, 50):
        hz = 120.0 * k
        pcm += np.sin(k * phase) * sum(
            1 / (1 + ((hz - at - sway * np.sin(2 * math.pi * rate * t)) / 150) ** 2)
            for at, sway, rate in ((600, 200, 2.0), (1800, 500, 1.3)))
    noise = np.random.RandomState(1).standard_normal(GOLDEN_SAMPLES)
    pcm = pcm / np.abs(pcm).max() * (0.6 + 0.4 * np.sin(2 * math.pi * 3 * t)) + 0.003 * noise
    return (0.5 * pcm).astype('<f4')


def golden(net):
    """{name: array} of the golden file of a network that was loaded from its weight file."""
    pcm = golden_sound()
    with torch.no_grad():
        mel = features.log_mel(torch.from_numpy(pcm))
        voice = net(mel[None])[0]
    return {'test_pcm': pcm, 'test_input': mel.numpy(), 'test_embedding': voice.numpy()}


def main(args=None):
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('weights', help='safetensors or npz file')
    parser.add_argument('out', help='safetensors file to write')
    parser.add_argument('--golden', help='also write what the C tests compare with')
    given = parser.parse_args(args)

    arrays, metadata = weights.read_with_metadata(given.weights)
    weights.write(given.out, weights.shipped(arrays), metadata)
    if given.golden:
        weights.write(given.golden, golden(network.load(given.out)))


if __name__ == '__main__':
    main()
