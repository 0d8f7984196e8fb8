"""Weight files: safetensors as chip's C reader wants them, and numpy's npz. Needs only numpy.

A safetensors file is a little-endian u64 with the header's length, a JSON header that gives every
tensor's type, shape and byte range, and the bytes, without holes. The header is padded with blanks
so that the bytes start at a multiple of 64, and the tensors go in an order in which every size
that is a multiple of 64 keeps the next one aligned.
Source: https://github.com/huggingface/safetensors, "Format".
"""
import json
import os
import struct

import numpy as np

TYPES = {'F16': np.dtype('<f2'), 'F32': np.dtype('<f4'), 'I64': np.dtype('<i8')}
NAMES = {dtype: name for name, dtype in TYPES.items()}
ALIGNED = 64


def _alignment(array):
    """The largest power of two, up to 64, that divides the size."""
    return min(ALIGNED, array.nbytes & -array.nbytes)


def write(path, tensors, metadata=None):
    """Writes {name: array} to a safetensors file; it appears only when it is complete.

    metadata is {string: string}. The bytes depend on nothing but the arguments.
    """
    order = sorted(tensors, key=lambda name: (-_alignment(tensors[name]), name))
    header = {'__metadata__': dict(sorted(metadata.items()))} if metadata else {}
    end = 0
    for name in order:
        array = tensors[name]
        header[name] = {'dtype': NAMES[array.dtype.newbyteorder('<')], 'shape': list(array.shape),
                        'data_offsets': [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-(8 + len(text)) % ALIGNED)

    part = '%s.part' % path
    with open(part, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for name in order:
            file.write(np.ascontiguousarray(tensors[name]).tobytes())
    os.replace(part, path)


def read_with_metadata(path):
    """@return ({name: array}, {string: string}) of a safetensors or an npz file."""
    if str(path).endswith('.npz'):
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}, {}
    with open(path, 'rb') as file:
        data = file.read()
    start = 8 + struct.unpack_from('<Q', data)[0]
    header = json.loads(data[8:start])
    metadata = header.pop('__metadata__', {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        flat = np.frombuffer(bytearray(data[start + begin:start + end]), TYPES[entry['dtype']])
        tensors[name] = flat.reshape(entry['shape'])
    return tensors, metadata


def read(path):
    """@return {name: array} of a safetensors or an npz file."""
    return read_with_metadata(path)[0]


def shipped(tensors):
    """What a network's file holds: matrices as f16, vectors as f32, no bookkeeping of training."""
    kept = {name: np.asarray(array) for name, array in tensors.items()
            if np.ndim(array) and not name.startswith('test_')}
    return {name: array.astype('<f2' if array.ndim > 1 else '<f4') for name, array in kept.items()}
