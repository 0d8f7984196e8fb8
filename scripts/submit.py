#!/usr/bin/env python3
"""Hands a recording to a running `chip serve`, follows the work, prints the result.

usage: submit.py URL FILE [--key KEY] [--format FORMAT] [--save FOLDER]

An example of a client, in the standard library alone: one upload, one job, its events, its
transcript. Ctrl-C leaves the job to the server.
"""
import argparse
import http.client
import json
import os
import sys
import urllib.error
import urllib.request
import uuid

CHUNK = 1 << 20


class Server:
    def __init__(self, url, key):
        self.url = url.rstrip('/')
        self.headers = {'Authorization': 'Bearer ' + key} if key else {}

    def open(self, method, path, body=None, **headers):
        request = urllib.request.Request(self.url + path, data=body, method=method,
                                         headers={**self.headers, **headers})
        return urllib.request.urlopen(request)

    def json(self, method, path, value=None):
        body = json.dumps(value).encode() if value is not None else None
        with self.open(method, path, body, **{'Content-Type': 'application/json'}) as answer:
            return json.load(answer)


def form(path):
    """The parts of a multipart form with one file, and their length altogether."""
    boundary = uuid.uuid4().hex
    name = os.path.basename(path).replace('"', '%22').replace('\n', '%0A').replace('\r', '%0D')
    head = ('--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n'
            'Content-Type: application/octet-stream\r\n\r\n' % (boundary, name)).encode()
    tail = ('\r\n--%s--\r\n' % boundary).encode()

    def parts():
        yield head
        with open(path, 'rb') as file:
            while True:
                data = file.read(CHUNK)
                if not data:
                    break
                yield data
        yield tail
    return boundary, parts(), len(head) + os.path.getsize(path) + len(tail)


def upload(server, path):
    boundary, parts, length = form(path)
    with server.open('POST', '/api/uploads', parts, **{
            'Content-Type': 'multipart/form-data; boundary=' + boundary,
            'Content-Length': str(length)}) as answer:
        return json.load(answer)['uploadId']


def events(lines):
    """(kind, data) of each server-sent event."""
    kind, data = 'message', []
    for line in lines:
        line = line.decode().rstrip('\n').rstrip('\r')
        if not line:
            if data:
                yield kind, json.loads('\n'.join(data))
            kind, data = 'message', []
        elif line.startswith('event:'):
            kind = line[6:].strip()
        elif line.startswith('data:'):
            data.append(line[5:].lstrip(' '))


def show(data):
    """One line that is written again and again on a terminal."""
    text = '%s %3.0f %%' % (data.get('stage') or 'waiting', data.get('progress') or 0)
    if data.get('speed'):
        text += ', %.0f x real time' % data['speed']
    if data.get('etaSeconds'):
        text += ', about %.0f s left' % data['etaSeconds']
    print('\r\x1b[K' + text if sys.stderr.isatty() else text, file=sys.stderr,
          end='' if sys.stderr.isatty() else '\n', flush=True)


def follow(server, job):
    """Waits for the end of a job. @return its row"""
    path = '/api/jobs/' + job
    with server.open('GET', path + '/events', Accept='text/event-stream') as answer:
        for kind, data in events(answer):
            if kind in ('progress', 'status'):
                show(data)
            elif kind in ('completed', 'failed', 'cancelled'):
                break
    if sys.stderr.isatty():
        print('\r\x1b[K', file=sys.stderr, end='')
    return server.json('GET', path)


def export(server, job, kind):
    with server.open('GET', '/api/jobs/%s/export?format=%s' % (job, kind)) as answer:
        return answer.read().decode()


def run(args):
    server = Server(args.url, args.key)
    title = os.path.splitext(os.path.basename(args.file))[0]
    job = server.json('POST', '/api/process',
                      {'uploadId': upload(server, args.file), 'title': title})['jobId']
    print('job %s: %s/api/jobs/%s' % (job, server.url, job), file=sys.stderr)
    row = follow(server, job)
    if row['status'] != 'completed':
        error = row.get('error') or {}
        sys.exit('submit: the job is %s: %s' % (row['status'], error.get('message', 'no reason')))
    sys.stdout.write(export(server, job, args.format))
    if args.save:
        os.makedirs(args.save, exist_ok=True)
        for kind in ('txt', 'json'):
            with open(os.path.join(args.save, '%s.%s' % (title, kind)), 'w',
                      encoding='utf-8') as file:
                file.write(export(server, job, kind))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('url', help='http://127.0.0.1:8080')
    parser.add_argument('file')
    parser.add_argument('--key', default=os.environ.get('API_KEY'), help='API key, if it wants one')
    parser.add_argument('--save', metavar='FOLDER', help='also write NAME.txt and NAME.json there')
    parser.add_argument('--format', default='txt', help='txt, md, srt, vtt, json, ...')
    try:
        run(parser.parse_args())
    except urllib.error.HTTPError as error:
        body = error.read()
        try:
            message = json.loads(body)['error']['message']
        except (ValueError, KeyError, TypeError):
            message = body.decode(errors='replace')[:200]
        sys.exit('submit: the server says %d: %s' % (error.code, message))
    except (OSError, http.client.HTTPException) as error:
        sys.exit('submit: %s' % error)
    except KeyboardInterrupt:
        sys.exit('\nsubmit: the server goes on with the job')


if __name__ == '__main__':
    main()
