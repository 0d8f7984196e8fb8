"""b: word error rate on real clips, beside onnxruntime-node's on the same pieces."""
import csv
import os
import re

from reference import read_index
from rows import Budget, Row
from work import MODELS, Failure, Skip, say, text_of

WITHIN = Budget('<=', limit=0.2)  # points above the peer's


def read_clips(evaluation):
    """[(path, words)] of asr.tsv"""
    with open(os.path.join(evaluation, 'asr.tsv'), encoding='utf-8', newline='') as file:
        rows = csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE)
        return [(os.path.join(evaluation, row['path']), row['transcript']) for row in rows]


def write_texts(path, clips, texts):
    with open(path, 'w', encoding='utf-8') as file:
        file.write('path\ttranscript\n')
        for (clip, _), text in zip(clips, texts):
            file.write('%s\t%s\n' % (os.path.basename(clip), text))


def score(work, evaluation, clips, name, texts):
    """Percent of wrong words, by the script that comes with the recordings."""
    path = work.path('wer', name + '.tsv')
    write_texts(path, clips, texts)
    output = work.run(['python3', '-B', os.path.join(evaluation, 'score_wer.py'),
                       os.path.join(evaluation, 'asr.tsv'), path]).output
    return read_score(output)


def read_score(output):
    """From its counts, which are exact where its percentage is rounded."""
    match = re.search(r'words (\d+) +sub (\d+) +ins (\d+) +del (\d+)', output)
    if not match or match[1] == '0':
        raise Failure('score_wer.py printed no counts: ' + output[:200])
    n_words, *wrong = map(int, match.groups())
    return 100 * sum(wrong) / n_words


def by_recording(index, texts, n):
    """Joins the texts of pieces that are of one recording."""
    joined = [[] for _ in range(n)]
    for (source, _, _), text in zip(index, texts):
        if text:
            joined[source].append(text)
    return [' '.join(parts) for parts in joined]


def cut(work, model, name, clips):
    folder = work.folder_for('pieces', 'wer-' + name)
    work.run([work.engine, 'cut', model, folder] + [clip for clip, _ in clips])
    return folder


def transcribe(work, model, clips):
    """Each clip by itself, all by one start of the program."""
    folder = work.folder_for('wer', model)
    work.transcribe(model, *(clip for clip, _ in clips), folder=folder)
    texts = []
    for clip, _ in clips:
        name = os.path.splitext(os.path.basename(clip))[0] + '.json'
        with open(os.path.join(folder, name), encoding='utf-8') as file:
            texts.append(text_of(file.read()))
    return texts


def engine_texts(work, model, folder):
    output = work.run([work.engine, 'texts', model, folder, str(work.options.threads)]).output
    return output.split('\n')[:-1]


def peer_texts(reference, model, folder, n):
    return by_recording(read_index(folder), reference.texts(model, folder), n)


def measure(work, reference):
    evaluation = os.path.join(work.shared, 'eval')
    if not os.path.exists(os.path.join(evaluation, 'asr.tsv')):
        raise Skip('../shared/eval is absent')
    clips = read_clips(evaluation)
    whole = cut(work, '-', 'whole', clips)
    tables, raw = [], {}
    for model in MODELS:
        say('word error rate, %s' % model)
        pieces = cut(work, model, model, clips)
        texts = {'chip': transcribe(work, model, clips),
                 'chip-whole': engine_texts(work, model, whole)}
        if reference:
            texts['peer'] = peer_texts(reference, model, pieces, len(clips))
            texts['peer-whole'] = peer_texts(reference, model, whole, len(clips))
        wer = {name: score(work, evaluation, clips, '%s-%s' % (model, name), t)
               for name, t in texts.items()}
        raw[model] = wer
        tables.append(('%s: word error rate, %d clips one at a time' % (model, len(clips)),
                       table_rows(wer)))
    return tables, raw


def table_rows(wer):
    rows = []
    for suffix, chip, peer in (('', 'chip transcribe', 'onnxruntime-node on its pieces'),
                               ('-whole', 'chip, clips uncut', 'onnxruntime-node, clips uncut')):
        ours, theirs = wer['chip' + suffix], wer.get('peer' + suffix)
        rows.append(Row(chip, ours, '%', digits=2))
        if theirs is not None:
            rows.append(Row(peer, theirs, '%', digits=2))
            rows.append(Row('  difference', round(ours - theirs, 4), 'points', digits=2,
                            budget=WITHIN))
    return rows
