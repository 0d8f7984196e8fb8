"""POST /v1/audio/transcriptions on the wire: every format, error and stream."""
import json
import os
import socket
import subprocess
import tempfile
import time
import unittest

import speech

TALK = b'segment 0 1500 0 Hello there.\nsegment 1600 3250 1 Good morning to you all.\n'
TEXT = 'Hello there. Good morning to you all.'
PATH = '/v1/audio/transcriptions'
MODEL = [('model', 'whisper-1')]


def events(body):
    """The data of server-sent events; each is JSON on one line, but the last."""
    found = []
    for block in body.decode().split('\n\n'):
        for line in block.split('\n'):
            if line.startswith('data: '):
                data = line[len('data: '):]
                found.append(data if data == '[DONE]' else json.loads(data))
    return found


class OpenAICase(speech.Case):
    def post(self, fields=(), file=('talk.wav', TALK), model=True):
        headers, body = speech.form([], file, after=(MODEL if model else []) + list(fields))
        return self.ask('POST', PATH, headers, body)

    def refused(self, reply, status, code, param):
        self.assertEqual(reply.status, status, reply.body)
        self.assertEqual(reply.headers['content-type'], 'application/json')
        error = reply.json()['error']
        self.assertEqual(set(error), {'message', 'type', 'param', 'code'})
        self.assertEqual((error['code'], error['param']), (code, param))
        self.assertTrue(error['message'])
        return error

    def assert_nothing_is_left(self):
        until = time.monotonic() + speech.PATIENCE
        while self.server.counts() != (0, 0, 0):  # the answer comes just before
            self.assertLess(time.monotonic(), until, self.server.counts())


class Described(unittest.TestCase):
    def test_the_document_has_these_routes_and_no_others(self):
        said = subprocess.run([os.environ['SPEECH_SERVER'], '--routes'], check=True,
                              capture_output=True, text=True).stdout
        routes = {tuple(line.split(' ')) for line in said.splitlines()}
        ours = {(method, path) for method, path, _ in speech.DOCUMENT.operations()
                if path.startswith(('/api/uploads', '/v1/'))}
        self.assertEqual(routes, ours)


class Formats(OpenAICase):
    def test_json_is_the_default(self):
        reply = self.post()
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.headers['content-type'], 'application/json')
        self.assertEqual(reply.json(), {'text': TEXT, 'usage': {'type': 'duration',
                                                                'seconds': 3.25}})
        self.assert_nothing_is_left()

    def test_text(self):
        reply = self.post([('response_format', 'text')])
        self.assertEqual(reply.headers['content-type'], 'text/plain; charset=utf-8')
        self.assertEqual(reply.body.decode(), TEXT + '\n')

    def test_srt(self):
        reply = self.post([('response_format', 'srt')])
        self.assertEqual(reply.headers['content-type'], 'text/plain; charset=utf-8')
        self.assertTrue(reply.body.startswith(b'1\n00:00:00,000 --> 00:00:03,250\nHello there. Good'))

    def test_vtt(self):
        reply = self.post([('response_format', 'vtt')])
        self.assertEqual(reply.headers['content-type'], 'text/vtt; charset=utf-8')
        self.assertTrue(reply.body.startswith(b'WEBVTT\n\n'))
        self.assertIn(b'00:00:00.000 --> 00:00:03.250\nHello there.', reply.body)

    def test_verbose_json_has_segments(self):
        seen = self.post([('response_format', 'verbose_json')]).json()
        self.assertEqual((seen['task'], seen['language'], seen['duration'], seen['text']),
                         ('transcribe', 'english', 3.25, TEXT))
        self.assertNotIn('words', seen)
        self.assertEqual([s['id'] for s in seen['segments']], [0, 1])
        second = seen['segments'][1]
        self.assertEqual(set(second), {'id', 'seek', 'start', 'end', 'text', 'tokens',
                                       'temperature', 'avg_logprob', 'compression_ratio',
                                       'no_speech_prob'})
        self.assertEqual((second['start'], second['end'], second['text']),
                         (1.6, 3.25, ' Good morning to you all.'))
        self.assertLess(second['avg_logprob'], 0)

    def test_verbose_json_has_what_granularities_say(self):
        words = self.post([('response_format', 'verbose_json'),
                           ('timestamp_granularities[]', 'word')]).json()
        self.assertNotIn('segments', words)
        self.assertEqual(words['words'][0], {'word': 'Hello', 'start': 0.0, 'end': 0.75})
        self.assertEqual(len(words['words']), 7)
        both = self.post([('response_format', 'verbose_json'),
                          ('timestamp_granularities', 'word'),
                          ('timestamp_granularities', 'segment')]).json()
        self.assertEqual((len(both['words']), len(both['segments'])), (7, 2))

    def test_diarized_json(self):
        seen = self.post([('response_format', 'diarized_json')]).json()
        self.assertEqual((seen['task'], seen['duration'], seen['text']),
                         ('transcribe', 3.25, TEXT))
        self.assertEqual(seen['segments'][1], {
            'type': 'transcript.text.segment', 'id': 'seg_1', 'start': 1.6, 'end': 3.25,
            'text': 'Good morning to you all.', 'speaker': 'B'})

    def test_speakers_are_told_apart_only_when_asked_for(self):
        for form, none in (('json', True), ('diarized_json', False)):
            self.post([('response_format', form)])
            row = json.loads(self.server.wait_for('claimed ').split(' ', 1)[1])
            while row['options']['no_speakers'] != none:  # those of other tests
                row = json.loads(self.server.wait_for('claimed ').split(' ', 1)[1])

    def test_fields_may_come_before_the_file_and_strange_ones_too(self):
        headers, body = speech.form(
            [('unknown', 'x'), ('include[]', 'logprobs'), ('chunking_strategy[type]', 'auto'),
             ('temperature', '0.3'), ('prompt', 'Names: Ann, Bob'), ('language', 'en-GB'),
             ('model', 'gpt-4o-transcribe'), ('stream', 'false')], ('talk.wav', TALK),
            after=[('big', 'x' * 100000)])
        reply = self.ask('POST', PATH, headers, body)
        self.assertEqual((reply.status, reply.json()['text']), (200, TEXT))

    def test_prompt_and_keywords_are_hotwords_of_the_job(self):
        self.post([('prompt', 'Names: Ann, Bob'), ('keywords[]', 'Acme'), ('keywords[]', 'dbt')])
        row = json.loads(self.server.wait_for('claimed ').split(' ', 1)[1])
        while 'hotwords' not in row['options']:  # those of other tests
            row = json.loads(self.server.wait_for('claimed ').split(' ', 1)[1])
        self.assertEqual(row['options']['hotwords'], ['Ann', 'Bob', 'Acme', 'dbt'])

    def test_silence_is_an_empty_text(self):
        self.assertEqual(self.post(file=('a.wav', b'nothing\n')).json()['text'], '')

    def test_request_id_and_job_id_are_said(self):
        reply = self.post()
        self.assertTrue(reply.headers['x-request-id'])
        self.assertEqual(len(reply.headers['x-job-id']), 36)


class Errors(OpenAICase):
    settings = ('max_bytes=1000',)

    def test_missing_and_wrong_fields(self):
        self.refused(self.post(model=False), 400, 'missing_required_parameter', 'model')
        self.refused(self.post(file=None), 400, 'missing_required_parameter', 'file')
        for name, value, code in (
                ('response_format', 'xml', 'invalid_value'),
                ('temperature', 'hot', 'invalid_value'), ('temperature', '1.5', 'invalid_value'),
                ('temperature', 'nan', 'invalid_value'), ('stream', 'maybe', 'invalid_value'),
                ('timestamp_granularities[]', 'word', 'invalid_value'),
                ('language', 'de', 'unsupported_language'),
                ('prompt', 'x' * 20000, 'string_above_max_length'),
                ('known_speaker_names[]', 'Ann', 'unsupported_parameter')):
            self.refused(self.post([(name, value)]), 400, code, name.replace('[]', ''))
        self.refused(self.post([('response_format', 'verbose_json'),
                                ('timestamp_granularities[]', 'letter')]),
                     400, 'invalid_value', 'timestamp_granularities')
        self.refused(self.post([('response_format', 'srt'), ('stream', 'true')]), 400,
                     'unsupported_value', 'stream')
        self.assert_nothing_is_left()

    def test_unknown_models(self):
        for name in ('gpt-5', '../../etc/passwd', 'x' * 200, 'Grüße'):
            self.refused(self.post([('model', name)], model=False), 404, 'model_not_found',
                         'model')

    def test_too_large(self):
        error = self.refused(self.post(file=('a.wav', b'x' * 1001)), 413, 'too_large', 'file')
        self.assertEqual(error['type'], 'invalid_request_error')
        self.assert_nothing_is_left()

    def test_other_bodies(self):
        reply = self.ask('POST', PATH, {'Content-Type': 'application/json'}, b'{}')
        self.assertEqual((reply.status, set(reply.json()['error'])),
                         (415, {'message', 'type', 'param', 'code'}))
        self.assertEqual(self.ask('POST', PATH).status, 415)
        headers, body = speech.form(MODEL, ('a.wav', TALK))
        self.assertEqual(self.ask('POST', PATH, headers, body[:-12]).status, 400)
        self.assert_nothing_is_left()

    def test_bad_recordings_are_the_clients_fault(self):
        reply = self.post(file=('a.wav', b'fail no_audio There is no sound in it.\n'))
        error = self.refused(reply, 400, 'no_audio', 'file')
        self.assertEqual((error['type'], error['message']),
                         ('invalid_request_error', 'There is no sound in it.'))
        self.assert_nothing_is_left()

    def test_our_failures_are_not_tried_again(self):
        reply = self.post(file=('a.wav', b'fail worker_lost Its worker died three times.\n'))
        error = self.refused(reply, 500, 'worker_lost', None)
        self.assertEqual(error['type'], 'server_error')
        self.assertEqual(reply.headers['x-should-retry'], 'false')
        self.assert_nothing_is_left()

    def test_translations(self):
        headers, body = speech.form(MODEL)
        reply = self.ask('POST', '/v1/audio/translations', headers, body)
        self.refused(reply, 400, 'unsupported_model', 'model')

    def test_unknown_paths_are_in_the_same_shape(self):
        self.assertEqual(set(self.ask('GET', '/v1/chat').json()['error']),
                         {'message', 'type', 'param', 'code'})


class Streams(OpenAICase):
    def stream(self, talk, **more):
        reply = self.post([('stream', 'true'), *more.items()], ('talk.wav', talk))
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.headers['content-type'], 'text/event-stream; charset=utf-8')
        return events(reply.body)

    def assert_adds_up(self, found):
        self.assertEqual(found[-1], '[DONE]')
        done = found[-2]
        self.assertEqual(done['type'], 'transcript.text.done')
        deltas = [e['delta'] for e in found[:-1] if e['type'] == 'transcript.text.delta']
        self.assertEqual(''.join(deltas), done['text'])
        return deltas

    def test_deltas_add_up(self):
        found = self.stream(TALK)
        self.assertEqual(self.assert_adds_up(found), ['Hello there.', ' Good morning to you all.'])
        self.assertEqual(found[-2]['text'], TEXT)
        self.assert_nothing_is_left()

    def test_segments_told_twice_go_out_once(self):
        lines = TALK.split(b'\n')
        found = self.stream(lines[0] + b'\nagain\n' + lines[1] + b'\nagain\n')
        self.assertEqual(len(self.assert_adds_up(found)), 2)

    def test_segments_with_speakers_come_at_the_end(self):
        found = self.stream(TALK, response_format='diarized_json')
        self.assert_adds_up(found)
        self.assertEqual([e['speaker'] for e in found[:-1]
                          if e['type'] == 'transcript.text.segment'], ['A', 'B'])

    def test_text_comes_while_the_job_is_in_work(self):
        headers, body = speech.form(MODEL + [('stream', 'true')],
                                    ('talk.wav', b'segment 0 100 0 First.\ngo\n'
                                                 b'segment 200 300 0 Second.\n'))
        connection = self.server.open_request('POST', PATH,
                                              {**headers, 'Content-Length': str(len(body))})
        connection.sendall(body)
        seen = b''
        while b'First.' not in seen:
            seen += connection.recv(4096)
        self.assertNotIn(b'Second.', seen)
        self.server.tell('g')
        while b'[DONE]' not in seen:
            seen += connection.recv(4096)
        connection.close()
        self.assertIn(b'"text":"First. Second."', seen)

    def test_a_failure_is_an_error_event(self):
        reply = self.post([('stream', 'true')],
                          ('a.wav', b'segment 0 100 0 First.\nfail bad_recording It ends.\n'))
        self.assertIn(b'event: error\ndata: {"error":{', reply.body)
        last = events(reply.body)[-1]
        self.assertEqual(last['error']['code'], 'bad_recording')
        self.assertEqual(set(last['error']), {'message', 'type', 'param', 'code'})
        self.assert_nothing_is_left()

    def test_a_result_that_cannot_be_read_is_an_error_event(self):
        last = self.stream(b'segment 0 100 0 First.\nvanish\n')[-1]
        self.assertEqual(last['error']['type'], 'server_error')


class Kept(OpenAICase):
    def test_the_job_stays_when_it_is_to_be_stored(self):
        job = self.post([('store', 'true')]).headers['x-job-id']
        self.assertEqual(self.server.counts(), (1, 1, 0))
        self.assertTrue(os.path.exists(os.path.join(self.server.folder, 'recordings', job)))


class Gone(OpenAICase):
    def test_a_client_that_goes_away_cancels_its_job(self):
        for stream in ('false', 'true'):
            headers, body = speech.form(MODEL + [('stream', stream)],
                                        ('a.wav', b'segment 0 100 0 First.\ngo\n'))
            connection = self.server.open_request('POST', PATH,
                                                  {**headers, 'Content-Length': str(len(body))})
            connection.sendall(body)
            self.server.wait_for('claimed ')
            connection.close()
            self.server.wait_for('lost ')
            self.assert_nothing_is_left()

    def test_a_stored_job_goes_on_without_its_client(self):
        headers, body = speech.form(MODEL + [('store', 'true')],
                                    ('a.wav', b'go\nsegment 0 100 0 First.\n'))
        connection = self.server.open_request('POST', PATH,
                                              {**headers, 'Content-Length': str(len(body))})
        connection.sendall(body)
        self.server.wait_for('claimed ')
        connection.close()
        self.server.tell('g')
        self.server.wait_for('completed ')
        self.assertEqual(self.server.counts(), (1, 1, 0))

    def test_a_cut_form_leaves_nothing(self):
        headers, body = speech.form(MODEL, ('a.wav', b'x' * 5000))
        before = self.server.counts()
        connection = self.server.open_request('POST', PATH,
                                              {**headers, 'Content-Length': str(len(body))})
        connection.sendall(body[:3000])
        until = time.monotonic() + speech.PATIENCE
        while self.server.counts() == before:
            self.assertLess(time.monotonic(), until)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        connection.close()
        while self.server.counts() != before:
            self.assertLess(time.monotonic(), until)


class Models(OpenAICase):
    def test_models_are_listed_and_found(self):
        seen = self.ask('GET', '/v1/models').json()
        self.assertEqual(seen['object'], 'list')
        names = [model['id'] for model in seen['data']]
        for name in ('whisper-1', 'gpt-4o-transcribe', 'toy'):
            self.assertIn(name, names)
            model = self.ask('GET', '/v1/models/' + name).json()
            self.assertEqual((model['id'], model['object']), (name, 'model'))
            self.assertIsInstance(model['created'], int)
        self.assertNotIn('no-words', names)

    def test_unknown_models_are_not_found(self):
        for name in ('gpt-5', 'no-words'):
            self.refused(self.ask('GET', '/v1/models/' + name), 404, 'model_not_found', 'model')

    def test_an_installed_model_is_called_by_its_name(self):
        reply = self.post([('model', 'toy')], model=False)
        self.assertEqual(reply.status, 200)
        row = json.loads(self.server.wait_for('claimed ').split(' ', 1)[1])
        self.assertEqual(row['options']['model'], 'toy')

    @classmethod
    def setUpClass(cls):
        cls.models = tempfile.TemporaryDirectory()
        for name, file in (('toy', 'tokenizer.json'), ('no-words', 'config.json')):
            os.mkdir(os.path.join(cls.models.name, name))
            for each in ('config.json', 'model.safetensors', file):
                open(os.path.join(cls.models.name, name, each), 'w').close()
        os.environ['CHIP_MODELS_DIR'] = cls.models.name
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        del os.environ['CHIP_MODELS_DIR']
        cls.models.cleanup()


if __name__ == '__main__':
    unittest.main()
