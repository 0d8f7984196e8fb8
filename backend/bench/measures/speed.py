"""a: ten minutes of real speech against onnxruntime-node, and where chip's time goes."""
import difflib
import json
import re

import audio
from rows import Budget, Row
from work import MODELS, say, text_of

# What `stages` counts apart, and the yardstick for each.
LAYERS = {'int8': ('int8 layers', 'dnnl_gemm_u8s8s32'),
          'wide': ('int8 layers in two parts', 'dnnl_gemm_u8s8s32'),
          'float32': ('float layers', 'dnnl_sgemm')}
# Ratio to the peer: what must hold, and where we are going.
FASTER = {'moonshine-base': Budget('>=', limit=10, goal=20)}


def common_share(a, b):
    """Percent of words that two texts have in common, in order, whatever their punctuation."""
    a, b = (re.findall(r"[\w']+", text.lower()) for text in (a, b))
    if not a and not b:
        return 100.0
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return 100.0 * sum(m.size for m in matcher.get_matching_blocks()) / max(len(a), len(b))


def cut(work, model, path):
    """The pieces that chip makes of a recording, as a folder."""
    folder = work.folder_for('pieces', model)
    return folder, work.run_json([work.engine, 'cut', model, folder, path])


def products(work):
    """How fast bare products are now. Where layers compute in float there are none to compare."""
    if work.engine_facts['products'] == 'f32':
        return []
    return work.run_json([work.engine, 'products', '3'])['products']


def one_round(work, reference, model, path, pieces):
    """Everything once, one after the other."""
    chip = work.transcribe(model, path)
    result = {'chip': {'wall_s': chip.wall, 'cpu_s': chip.cpu, 'peak_mib': chip.peak_mib},
              'stages': work.run_json([work.engine, 'stages', model, path]),
              'products': products(work)}
    heard = text_of(chip.output)
    said = 'chip %.2f s' % chip.wall
    if reference:
        peer = reference.run(model, pieces)
        result['peer'] = json.loads(peer.output)
        del result['peer']['tokens']
        result['peer']['wall_s'] = peer.wall
        said += ', onnxruntime-node %.2f s' % network_s(result)
    return result, heard, said


def network_s(result):
    return result['peer']['encoder_s'] + result['peer']['decoder_s']


def against_peer(model, rounds, audio_s, common):
    wall = [r['chip']['wall_s'] for r in rounds]
    peer = [network_s(r) for r in rounds]
    ratio = Row('times faster', [p / w for p, w in zip(peer, wall)], better='more', digits=1,
                budget=FASTER.get(model))
    return [
        Row('onnxruntime-node, network only', peer, 's'),
        Row('  as times real time', [audio_s / s for s in peer], better='more', digits=0),
        ratio,
        Row('words in common with it', common, '%', digits=1),
    ]


def products_s(part):
    return sum(part[kind]['seconds'] for kind in LAYERS)


def parts(rounds):
    """Rows of the stages on one thread, from the `stages` of each round."""
    def row(name, get, unit='s', better='less', **more):
        return Row(name, [get(r['stages']) for r in rounds], unit, better, **more)

    return [
        row('decoding the file', lambda s: s['decode_s']),
        row('voice detector', lambda s: s['vad_s']),
        row('cutting into pieces', lambda s: s['segment_s']),
        row('encoder', lambda s: s['encoder']['seconds']),
        row('  products', lambda s: products_s(s['encoder'])),
        row('  preparing their inputs', lambda s: s['encoder']['prepare_s']),
        row('  attention', lambda s: s['encoder']['attention_s']),
        row('decoder', lambda s: s['decoder']['seconds']),
        row('  products', lambda s: products_s(s['decoder'])),
        row('  preparing their inputs', lambda s: s['decoder']['prepare_s']),
        row('  attention', lambda s: s['decoder']['attention_s']),
        row('words, alignment, the rest', lambda s: s['recognize_s'] - s['encoder']['seconds']
            - s['decoder']['seconds']),
        row('tokens a second', lambda s: s['tokens'] / s['decoder']['seconds'], '', 'more',
            digits=0),
        row('average batch (slots in a step)', lambda s: s['tokens'] / s['steps'], '', 'more',
            digits=1),
    ]


def peer_parts(rounds):
    def row(name, get, unit='s', better='less', **more):
        return Row(name, [get(r['peer']) for r in rounds], unit, better, **more)

    return [
        row("onnxruntime-node's encoder", lambda p: p['encoder_s']),
        row("onnxruntime-node's decoder", lambda p: p['decoder_s']),
        row("onnxruntime-node's tokens a second", lambda p: p['steps'] / p['decoder_s'], '',
            'more', digits=0),
    ]


def merge_products(rounds):
    """{name: GMAC/s of each slice of each round}"""
    seen = {}
    for r in rounds:
        for p in r['products']:
            seen.setdefault(p['name'], []).extend(p['gmacs'])
    return seen


def rates(rounds, part, kind):
    """GMAC/s of a part's products in each round; none where it has none of that kind."""
    return [r['stages'][part][kind]['gmac'] / r['stages'][part][kind]['seconds'] for r in rounds
            if r['stages'][part][kind]['gmac'] > 0]


def product_rows(rounds, bare):
    """What the layers reach in place, as a share of what oneDNN reaches alone here."""
    rows = []
    for part, kind in ((part, kind) for part in ('encoder', 'decoder') for kind in LAYERS):
        name, peak = LAYERS[kind]
        measured = rates(rounds, part, kind)
        if not measured or peak not in bare:
            continue
        rows.append(Row('%s, %s' % (part, name), measured, 'GMAC/s', 'more', digits=1))
        best = max(bare[peak])
        rows.append(Row("  of %s's peak" % peak, [100 * r / best for r in measured], '%', 'more',
                        digits=0))
    return rows


def bare_rows(bare, in_use):
    rows = []
    for name, gmacs in bare.items():
        if not name.startswith('dnnl'):
            name = "chip's '%s'%s" % (name, ', in use' if name == in_use else '')
        rows.append(Row(name, gmacs, 'GMAC/s', 'more', digits=1))
    return rows


def measure(work, reference):
    path, origin = audio.speech(work)
    tables, raw = [], {'source': origin, 'models': {}}
    every_round = []
    for model in MODELS:
        pieces, facts = cut(work, model, path)
        rounds, heard = [], ''
        for i in range(work.options.rounds):
            result, heard, said = one_round(work, reference, model, path, pieces)
            rounds.append(result)
            say('speed, %s, round %d of %d: %s' % (model, i + 1, work.options.rounds, said))
        every_round += rounds
        audio_s = facts['audio_s']
        wall = [r['chip']['wall_s'] for r in rounds]
        rows = [Row('chip transcribe, start to end', wall, 's'),
                Row('  as times real time', [audio_s / w for w in wall], better='more', digits=0),
                Row('  CPU time, all threads', [r['chip']['cpu_s'] for r in rounds], 's'),
                Row('  peak memory', [r['chip']['peak_mib'] for r in rounds], 'MiB', digits=0)]
        if reference:
            common = common_share(heard, ' '.join(reference.texts(model, pieces)))
            rows += against_peer(model, rounds, audio_s, common)
        tables.append(('%s: %.0f s of speech (%s) in %d pieces, %d threads' % (
            model, audio_s, origin, facts['pieces'], work.options.threads), rows))
        stage_rows = parts(rounds)
        if reference:
            stage_rows += peer_parts(rounds)
        tables.append(('%s: its parts on one thread (the peer: %d threads)' % (
            model, work.options.threads), stage_rows + product_rows(rounds, merge_products(rounds))))
        raw['models'][model] = {'cut': facts, 'rounds': rounds}
    bare = merge_products(every_round)
    if bare:
        tables.append(('products on one thread: 96 x 416 by 416 x 1664',
                       bare_rows(bare, work.engine_facts['products'])))
    return tables, raw
