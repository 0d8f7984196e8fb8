"""The public networks in PyTorch with random weights, and what comes out of them.

    community.py networks FOLDER    model.safetensors, and test.safetensors with inputs and outputs
    community.py files FOLDER       the files that the public repository has, in torch's and NumPy's
                                    formats, and model.safetensors, which import shall make of them

An independent reference: layers are PyTorch's own, features are computed in double precision. Exits
with 77 where torch is missing.
"""
import collections
import enum
import pathlib
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4]))
try:
    import numpy as np
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as error:
    print('skipped:', error)
    sys.exit(77)
from training import weights  # noqa: E402

RATE = 16000


class Sinc(nn.Module):
    """80 filters of 251 taps: 40 bands, as cosines and as sines."""

    def __init__(self):
        super().__init__()
        self.low_hz_ = nn.Parameter(torch.rand(40, 1) * 7000 - 200)
        self.band_hz_ = nn.Parameter(torch.rand(40, 1) * 1000 - 100)

    def forward(self, x):
        low = 50 + self.low_hz_.double().abs()
        high = (low + 50 + self.band_hz_.double().abs()).clamp(50, RATE / 2)
        t = torch.arange(-125, 126).double() / RATE * 2 * np.pi
        window = torch.from_numpy(np.hamming(251))
        t[125] = 1.0  # the middle is set below
        even = (torch.sin(high * t) - torch.sin(low * t)) / (t * (high - low)) * window
        odd = (torch.cos(low * t) - torch.cos(high * t)) / (t * (high - low)) * window
        even[:, 125] = 1.0
        odd[:, 125] = 0.0
        return F.conv1d(x, torch.cat([even, odd]).float()[:, None], stride=10)


class SincNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.wav_norm1d = nn.InstanceNorm1d(1, affine=True)
        first = nn.Module()
        first.filterbank = Sinc()
        self.conv1d = nn.ModuleList([first, nn.Conv1d(80, 60, 5), nn.Conv1d(60, 60, 5)])
        self.norm1d = nn.ModuleList([nn.InstanceNorm1d(n, affine=True) for n in (80, 60, 60)])

    def forward(self, x):
        x = self.conv1d[0].filterbank(self.wav_norm1d(x)).abs()
        x = F.leaky_relu(self.norm1d[0](F.max_pool1d(x, 3)))
        for i in (1, 2):
            x = F.leaky_relu(self.norm1d[i](F.max_pool1d(self.conv1d[i](x), 3)))
        return x


class Segmentation(nn.Module):
    def __init__(self):
        super().__init__()
        self.sincnet = SincNet()
        self.lstm = nn.LSTM(60, 128, num_layers=4, batch_first=True, bidirectional=True)
        self.linear = nn.ModuleList([nn.Linear(256, 128), nn.Linear(128, 128)])
        self.classifier = nn.Linear(128, 7)

    def forward(self, x):
        x = self.lstm(self.sincnet(x[None, None]).transpose(1, 2))[0]
        for layer in self.linear:
            x = F.leaky_relu(layer(x))
        return F.log_softmax(self.classifier(x), -1)[0]


class Block(nn.Module):
    def __init__(self, n_in, n_out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_out)
        self.shortcut = nn.Sequential()
        if n_in != n_out:
            self.shortcut = nn.Sequential(nn.Conv2d(n_in, n_out, 1, stride, bias=False),
                                          nn.BatchNorm2d(n_out))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        n_in = 32
        for layer, blocks in enumerate((3, 4, 6, 3)):
            n_out, parts = 32 << layer, []
            for i in range(blocks):
                parts.append(Block(n_in, n_out, 2 if layer and i == 0 else 1))
                n_in = n_out
            setattr(self, 'layer%d' % (layer + 1), nn.Sequential(*parts))
        self.seg_1 = nn.Linear(5120, 256)

    def frames(self, features):
        x = (features - features.mean(0)).T[None, None]
        x = F.relu(self.bn1(self.conv1(x)))
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))[0].flatten(0, 1)

    def forward(self, features, weight):
        x = self.frames(features)
        w = F.interpolate(weight[None, None], size=x.shape[1], mode='nearest')[0, 0]
        total = w.sum()
        mean = (x * w).sum(1) / total
        variance = ((x - mean[:, None]) ** 2 * w).sum(1) / (total - (w * w).sum() / total)
        return self.seg_1(torch.cat([mean, variance.sqrt()]))


def fbank(pcm):
    """Kaldi's log-mel features in double precision."""
    def mel(hz):
        return 1127 * np.log(1 + hz / 700)
    starts = np.arange((len(pcm) - 400) // 160 + 1) * 160
    x = pcm.astype(np.float64)[starts[:, None] + np.arange(400)] * 32768
    x -= x.mean(1, keepdims=True)
    x = x - 0.97 * np.concatenate([x[:, :1], x[:, :-1]], 1)
    power = np.abs(np.fft.rfft(x * np.hamming(400), 512)) ** 2
    edges = np.linspace(mel(20), mel(8000), 82)
    at = mel(np.arange(257) * RATE / 512)
    up = (at - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - at) / (edges[2:] - edges[1:-1])[:, None]
    bank = np.maximum(0, np.minimum(up, down))
    bank[:, 256] = 0
    return np.log(np.maximum(power @ bank.T, 2.0 ** -23)).astype(np.float32)


def sound(n):
    """A voice-like buzz that comes and goes, and noise."""
    rng = np.random.default_rng(3)
    t = np.arange(n) / RATE
    pitch = 120 + 20 * np.sin(2 * np.pi * 0.7 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    buzz = sum(np.sin(k * phase) / k for k in range(1, 30))
    return (0.05 * buzz * (np.sin(2 * np.pi * 0.3 * t) > 0) +
            0.01 * rng.standard_normal(n)).astype(np.float32)


def shake(network):
    """Norms that do something, and weights that keep differences alive through the layers."""
    for name, parameter in network.named_parameters():
        if 'lstm' in name or 'linear' in name or 'classifier' in name:
            parameter.data *= 3
        if 'norm1d' in name or 'bn' in name or 'shortcut.1' in name:
            parameter.data += 0.3 * torch.randn_like(parameter)
    for name, buffer in network.named_buffers():
        if name.endswith('running_mean'):
            buffer += 0.3 * torch.randn_like(buffer)
        if name.endswith('running_var'):
            buffer += torch.rand_like(buffer)


def make_networks():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    segmentation, resnet = Segmentation().eval(), ResNet().eval()
    shake(segmentation)
    shake(resnet)
    return segmentation, resnet


def model_of(segmentation, resnet):
    """Tensors under their public names."""
    model = {name: value.numpy().copy() for name, value in segmentation.state_dict().items()}
    model.update({'resnet.' + name: value.numpy().copy()
                  for name, value in resnet.state_dict().items() if value.ndim})
    return model


def write_networks(folder):
    segmentation, resnet = make_networks()
    pcm = sound(10 * RATE)
    features = fbank(pcm)
    weight = (np.arange(589) // 37 % 3 == 0).astype(np.float32)
    with torch.no_grad():
        test = {
            'pcm': pcm,
            'logits': segmentation(torch.from_numpy(pcm)).numpy(),
            'short_logits': segmentation(torch.from_numpy(pcm[:4000])).numpy(),
            'features': features,
            'weight': weight,
            'voice': resnet(torch.from_numpy(features[:400]), torch.from_numpy(weight)).numpy(),
            'short_voice': resnet(torch.from_numpy(features[:13]), torch.ones(5)).numpy(),
        }
    model = model_of(segmentation, resnet)
    rng = np.random.default_rng(2)
    shapes = {'mean_in': 256, 'lda': (256, 128), 'mean_out': 128, 'mean': 128}
    model.update({'plda.' + name: 0.1 * rng.standard_normal(shape).astype(np.float32)
                  for name, shape in shapes.items()})
    model['plda.rows'] = np.linalg.qr(rng.standard_normal((128, 128)))[0].astype(np.float32)
    model['plda.psi'] = np.linspace(10, 1, 128, dtype=np.float32)
    weights.write(folder / 'model.safetensors', model)
    weights.write(folder / 'test.safetensors', test)


class Problem(enum.Enum):
    MONO_LABEL_CLASSIFICATION = 1


class Specifications:
    pass


def checkpoint(state):
    """A dictionary as a training framework writes it: objects of classes that are not here too."""
    module = types.ModuleType('pyannote_task')
    for kind in (Problem, Specifications):
        kind.__module__ = 'pyannote_task'
        setattr(module, kind.__name__, kind)
    sys.modules['pyannote_task'] = module
    specifications = Specifications()
    specifications.problem = Problem.MONO_LABEL_CLASSIFICATION
    specifications.duration = 10.0
    specifications.classes = ['speaker#1', 'speaker#2', 'speaker#3']
    state['num_batches_tracked'] = torch.tensor(5)
    return {'epoch': 3, 'global_step': 12345678901234, 'lr': [1e-3, None, True, (), set()],
            'state_dict': state, 'hyper_parameters': {'lstm': {'hidden_size': 128}},
            'pyannote.audio': {'specifications': specifications}}


def write_files(folder):
    segmentation, resnet = make_networks()
    model = model_of(segmentation, resnet)
    state = collections.OrderedDict(
        ('resnet.' + name, value) for name, value in resnet.state_dict().items())
    torch.save(checkpoint(segmentation.state_dict()), folder / 'segmentation.bin')
    torch.save(checkpoint(state), folder / 'embedding.bin')
    rng = np.random.default_rng(1)
    arrays = {'mean1': rng.standard_normal(256), 'lda': rng.standard_normal((256, 128)),
              'mean2': rng.standard_normal(128), 'mu': rng.standard_normal(128),
              'tr': rng.standard_normal((128, 128)), 'psi': rng.random(128) + 1}
    np.savez(folder / 'xvec_transform.npz', mean1=arrays['mean1'], mean2=arrays['mean2'],
             lda=np.asfortranarray(arrays['lda'].astype(np.float32)))
    np.savez(folder / 'plda.npz', mu=arrays['mu'], tr=arrays['tr'], psi=arrays['psi'])
    np.savez_compressed(folder / 'compressed.npz', mu=arrays['mu'])
    names = {'mean1': 'mean_in', 'mean2': 'mean_out', 'mu': 'mean', 'tr': 'rows'}
    model.update({'plda.' + names.get(name, name): array.astype(np.float32)
                  for name, array in arrays.items()})
    weights.write(folder / 'model.safetensors', model)
    torch.save({'linear.weight': torch.ones(3, 4)}, folder / 'foreign.bin')
    torch.save({'a': torch.ones(3, 4).T}, folder / 'transposed.bin')


{'networks': write_networks, 'files': write_files}[sys.argv[1]](pathlib.Path(sys.argv[2]))
