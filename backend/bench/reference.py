"""The peer, onnxruntime-node: finding it, proving that it has chip's weights, running it."""
import glob
import hashlib
import json
import os
import re
import shutil

from work import HERE, REPOSITORY, Failure, Skip, hash_files, read_json, write_json

SCRIPT = os.path.join(HERE, 'reference.mjs')
ONNX = ('encoder_model.onnx', 'decoder_model_merged.onnx')


def _first(candidates, what):
    for path in candidates:
        if path and os.path.exists(path):
            return path
    raise Skip('%s is not here: run scripts/setup.sh test' % what)


def _npm():
    """$CHIP_TEST_NPM/node_modules, or None."""
    folder = os.environ.get('CHIP_TEST_NPM')
    return os.path.join(folder, 'node_modules') if folder else None


class Reference:
    """onnxruntime-node with the ONNX files that chip's models were made from."""

    def __init__(self, work):
        self.work = work
        npm, ours = _npm(), os.path.join(REPOSITORY, 'build', 'npm')
        modules = [os.path.join(ours, 'ort', 'node_modules')]
        packages = sorted(glob.glob(os.path.join(ours, '@usefulsensors', 'moonshine-js-*')),
                          reverse=True)
        if npm:
            modules.insert(0, npm)
            packages.insert(0, os.path.join(npm, '@usefulsensors', 'moonshine-js'))
        package = _first([os.path.join(m, 'onnxruntime-node', 'package.json') for m in modules],
                         'onnxruntime-node')
        self.modules = os.path.dirname(os.path.dirname(package))
        self.version = read_json(package)['version']
        self.packages = packages
        if not shutil.which('node'):
            raise Skip('node is not here: run scripts/setup.sh test')
        self.node = work.run(['node', '--version']).output.strip()
        self.onnx_hashes = {}

    def facts(self):
        return {'onnxruntime-node': self.version, 'node': self.node}

    def onnx(self, model):
        """The folder with the ONNX files, which must be those that chip's model was made from."""
        size = model.rsplit('-', 1)[-1]
        folder = os.path.dirname(_first(
            [os.path.join(p, 'dist', 'model', size, 'quantized', ONNX[0]) for p in self.packages],
            'the ONNX files of ' + model))
        if model not in self.onnx_hashes:
            hashes = {name: hash_files(os.path.join(folder, name)) for name in ONNX}
            manifest = read_json(os.path.join(self.work.models, model, 'manifest.json'), {})
            made_from = {s['name']: s['sha256'] for s in manifest.get('sources', ())}
            for name in ONNX:
                if made_from.get(name) != hashes[name]:
                    raise Failure("%s was not made from '%s': they cannot be compared" % (
                        model, os.path.join(folder, name)))
            self.onnx_hashes[model] = hashes
        return folder

    def run(self, model, pieces, numbers=()):
        """Runs the pieces of a folder, all or those of the given numbers."""
        return self.work.run(
            ['node', SCRIPT, self.modules, self.onnx(model), pieces,
             str(self.work.options.threads)] + [str(n) for n in numbers])

    # ---- texts, which are the same each time and so are kept --------------------------------

    def texts(self, model, pieces):
        """The text of each piece of a folder."""
        path = self.work.path('reference-tokens.json')
        known = read_json(path, {})
        keys = self._keys(model, pieces)
        missing = [i for i, key in enumerate(keys) if key not in known]
        if missing:
            result = json.loads(self.run(model, pieces, missing).output)
            known.update(zip((keys[i] for i in missing), result['tokens']))
            write_json(path, known)
        tokenizer = Tokenizer(os.path.join(self.work.models, model, 'tokenizer.json'))
        return [tokenizer.text(known[key]) for key in keys]

    def _keys(self, model, pieces):
        """What the tokens of a piece depend on: program, model, samples."""
        self.onnx(model)
        base = [self.version, hash_files(SCRIPT)] + sorted(self.onnx_hashes[model].values())
        keys = []
        with open(os.path.join(pieces, 'samples.f32'), 'rb') as samples:
            for _, _, n in read_index(pieces):
                sha = hashlib.sha256('\n'.join(base).encode())
                sha.update(samples.read(4 * n))
                keys.append(sha.hexdigest())
        return keys


def read_index(pieces):
    """[(recording, first sample, samples)] of the pieces of a folder."""
    with open(os.path.join(pieces, 'index.tsv'), encoding='utf-8') as file:
        return [tuple(int(x) for x in line.split('\t')) for line in file if line.strip()]


class Tokenizer:
    """Tokens to text by a tokenizer.json, without chip."""

    BYTE = re.compile(r'<0x([0-9A-F]{2})>')

    def __init__(self, path=None, vocabulary=None, special=()):
        if path:
            with open(path, encoding='utf-8') as file:
                tokenizer = json.load(file)
            vocabulary = tokenizer['model']['vocab']
            special = [t['id'] for t in tokenizer.get('added_tokens', ()) if t['special']]
        self.pieces = {number: piece for piece, number in vocabulary.items()}
        self.special = frozenset(special)

    def text(self, tokens):
        out = bytearray()
        for token in tokens:
            piece = self.pieces.get(token)
            if piece is None or token in self.special:
                continue
            byte = self.BYTE.fullmatch(piece)
            out += bytes([int(byte[1], 16)]) if byte else piece.replace('\u2581', ' ').encode()
        return out.decode('utf-8', errors='replace').strip()
