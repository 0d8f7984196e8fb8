"""The recordings that are measured: real speech, put together with ffmpeg."""
import glob
import hashlib
import os

from work import Failure, Skip, read_json, say, write_json

DEBIAN = '/usr/share/pocketsphinx/test/data'
DIAR = ('dev_mix1_clean5', 'dev_mix2_room4', 'dev_mix3_room6', 'ami_trn00-03')


def sources(work):
    """(where it is from, the files in order)"""
    asr = sorted(glob.glob(os.path.join(work.shared, 'eval', 'asr', '*.flac')))
    if asr:
        diar = (os.path.join(work.shared, 'eval', 'diar', name + '.flac') for name in DIAR)
        return 'shared/eval', asr + [path for path in diar if os.path.exists(path)]
    debian = sorted(glob.glob(os.path.join(DEBIAN, '*', '*.wav')))
    if debian:
        return 'pocketsphinx-testdata', debian
    raise Skip('no speech: ../shared/eval is absent, and so is the package pocketsphinx-testdata')


def _ffmpeg(work, *arguments):
    work.run(['ffmpeg', '-nostdin', '-v', 'error', '-y'] + list(arguments))


def _made(work, path, key, make):
    """Makes a file unless it is there and was made from the same."""
    key = hashlib.sha256(repr(key).encode()).hexdigest()
    if not os.path.exists(path) or read_json(path + '.made') != key:
        say('making ' + os.path.relpath(path, work.folder))
        make()
        if not os.path.getsize(path):
            raise Failure("ffmpeg made nothing of '%s'" % path)
        write_json(path + '.made', key)
    return path


def speech(work):
    """(path, where it is from): options.seconds of real speech, 16 kHz mono FLAC."""
    origin, files = sources(work)
    seconds = work.options.seconds
    path = work.path('speech-%d.flac' % seconds)

    def make():
        names = work.path('speech.txt')
        with open(names, 'w', encoding='utf-8') as out:
            out.write('ffconcat version 1.0\n')
            for name in files:
                out.write("file '%s'\n" % name.replace("'", "'\\''"))
        # -stream_loop repeats the list where it is shorter than that; it does not re-encode by
        # itself, so each file is decoded and the result encoded once.
        _ffmpeg(work, '-stream_loop', '-1', '-f', 'concat', '-safe', '0', '-i', names, '-t',
                str(seconds), '-ac', '1', '-ar', '16000', '-c:a', 'flac', path)

    key = (seconds, [(name, os.path.getsize(name)) for name in files])
    return _made(work, path, key, make), origin


def repeated(work, times):
    """The speech several times over, as FLAC."""
    path, _ = speech(work)
    out = work.path('speech-%dx%d.flac' % (work.options.seconds, times))
    return _made(work, out, (times, os.path.getsize(path)), lambda: _ffmpeg(
        work, '-stream_loop', str(times - 1), '-i', path, '-c:a', 'flac', out))


def as_video_call(work, times):
    """The same as meetings are recorded: AAC, 48 kHz stereo, in m4a."""
    path, _ = speech(work)
    one = work.path('speech-%d.m4a' % work.options.seconds)
    out = work.path('speech-%dx%d.m4a' % (work.options.seconds, times))

    def make():
        _ffmpeg(work, '-i', path, '-ac', '2', '-ar', '48000', '-c:a', 'aac', '-aac_coder', 'fast',
                '-b:a', '128k', one)
        _ffmpeg(work, '-stream_loop', str(times - 1), '-i', one, '-c:a', 'copy', out)
        os.remove(one)

    return _made(work, out, (times, os.path.getsize(path)), make)


def conversation(work):
    """(path, where it is from, people): options.hour seconds of four people talking."""
    built = os.path.join(work.shared, 'eval', 'diar', 'dev_mix2_room4.flac')
    sample = os.path.join(work.build, 'sample', 'meeting.wav')
    origin, source = (('shared/eval', built) if os.path.exists(built)
                      else ('the sample meeting', sample))
    if not os.path.exists(source):
        raise Skip('no conversation: ../shared/eval is absent, and the sample meeting is not made')
    seconds = work.options.hour
    path = work.path('conversation-%d.flac' % seconds)
    key = (seconds, source, os.path.getsize(source))
    return _made(work, path, key, lambda: _ffmpeg(
        work, '-stream_loop', '-1', '-i', source, '-t', str(seconds), '-ac', '1', '-ar', '16000',
        '-c:a', 'flac', path)), origin, 4


def one_second(work):
    """A second of speech as wav."""
    _, files = sources(work)
    path = work.path('second.wav')
    return _made(work, path, files[0], lambda: _ffmpeg(
        work, '-ss', '1', '-t', '1', '-i', files[0], '-ac', '1', '-ar', '16000', path))


def remove(path):
    """What is large goes when it was measured."""
    for name in (path, path + '.made'):
        if os.path.exists(name):
            os.remove(name)
