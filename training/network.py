"""The speaker network: log-mel frames to one vector that says whose voice it is.

A small TDNN with attentive statistics pooling. The names of its layers are the names of the
tensors in the weight file, which backend/src/speech/diarize/embedder.c reads.
Sources: Snyder et al. 2018, "X-vectors: Robust DNN embeddings for speaker recognition"; Okabe et
al. 2018, "Attentive statistics pooling for deep speaker embedding", arXiv:1803.10963.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from training import features, weights

DIM = 128          # of a voice
ATTENTION = 64     # units of the attention
DEVIATION_MIN = 1e-4


class Speaker(nn.Module):
    """Frames [batch, time, 64] to voices [batch, 128], whose lengths are not yet made 1."""

    def __init__(self, channels=192, hidden=320):
        """channels of the convolutions and of what is pooled; multiples of 32 keep files aligned"""
        super().__init__()
        bands = features.BANDS
        self.register_buffer('mu', torch.zeros(bands))
        self.register_buffer('sd', torch.ones(bands))
        self.inp = nn.BatchNorm1d(bands)
        self.c1 = nn.Conv1d(bands, channels, 5, stride=2, padding=2)
        self.b1 = nn.BatchNorm1d(channels)
        self.blk = nn.ModuleList(
            nn.Conv1d(channels, channels, 3, dilation=d, padding=d) for d in (1, 2, 3))
        self.bb = nn.ModuleList(nn.BatchNorm1d(channels) for _ in self.blk)
        self.c2 = nn.Conv1d(len(self.blk) * channels, hidden, 1)
        self.b2 = nn.BatchNorm1d(hidden)
        self.a1 = nn.Conv1d(hidden, ATTENTION, 1)
        self.a2 = nn.Conv1d(ATTENTION, hidden, 1)
        self.b3 = nn.BatchNorm1d(2 * hidden)
        self.fc = nn.Linear(2 * hidden, DIM)
        self.b4 = nn.BatchNorm1d(DIM)

    def frames(self, mel):
        """[batch, time, 64] to what is pooled, [batch, hidden, time / 2]."""
        x = ((mel - self.mu) / self.sd).transpose(1, 2)
        x = self.b1(functional.relu(self.c1(self.inp(x))))
        kept = []
        for conv, norm in zip(self.blk, self.bb):
            x = x + norm(functional.relu(conv(x)))
            kept.append(x)
        return self.b2(functional.relu(self.c2(torch.cat(kept, 1))))

    def forward(self, mel):
        h = self.frames(mel)
        w = torch.softmax(self.a2(torch.tanh(self.a1(h))), 2)
        mean = (w * h).sum(2)
        spread = (w * h * h).sum(2) - mean * mean
        pooled = torch.cat([mean, spread.clamp(min=DEVIATION_MIN).sqrt()], 1)
        return self.b4(self.fc(self.b3(pooled)))

    def voices(self, pcm):
        """[batch, n] samples to unit vectors [batch, 128]."""
        return functional.normalize(self(features.log_mel(pcm)))

    def arrays(self):
        """{name: array} as a weight file holds them."""
        state = {name: value.detach().cpu().numpy() for name, value in self.state_dict().items()
                 if not name.endswith('num_batches_tracked')}
        return weights.shipped(state)


def from_arrays(arrays):
    """The network that {name: array} describes, in evaluation mode; its sizes are theirs."""
    network = Speaker(channels=arrays['c1.weight'].shape[0], hidden=arrays['c2.weight'].shape[0])
    state = network.state_dict()
    for name in state:
        if not name.endswith('num_batches_tracked'):
            state[name] = torch.from_numpy(np.array(arrays[name], dtype='f4'))
    network.load_state_dict(state)
    return network.eval()


def load(path):
    """The network of a safetensors or npz file, in evaluation mode."""
    return from_arrays(weights.read(path))
