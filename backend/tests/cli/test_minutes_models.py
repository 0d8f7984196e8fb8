#!/usr/bin/env python3
"""chip minutes by language models, set up in the environment; servers of our own play the vendors."""
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'minutes', 'provider'))

from harness import Case, main  # noqa: E402
from test_minutes import transcript  # noqa: E402
from vendors import Anthropic, Gemini, Ollama, OpenAI, Says, Server  # noqa: E402

KEYS = {'gemini': 'GEMINI_API_KEY', 'openai': 'OPENAI_API_KEY', 'anthropic': 'ANTHROPIC_API_KEY'}
FOUND = {'title': 'Locks', 'summary': {'short': 'No new locks.', 'long': 'They wait.', 'evidence': []},
         'decisions': [{'text': 'No new locks for now', 'confidence': 0.9,
                        'evidence': [{'segment': 2, 'quote': 'order no *new* locks'}]}]}


class Models(Case):
    def setUp(self):
        super().setUp()
        with open(self.path('meeting.json'), 'w', encoding='utf-8') as file:
            json.dump(transcript(), file)

    def serve(self, kind):
        server = Server(kind(), FOUND)
        server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        return server

    def env_of(self, server):
        path = '/v1' if isinstance(server.vendor, OpenAI) else ''
        env = {'AI_PROVIDER': server.vendor.name, 'AI_BASE_URL': server.url + path, 'AI_MODEL': 'a-model'}
        if server.vendor.name in KEYS:
            env[KEYS[server.vendor.name]] = 'KEY-%s-0123456789' % server.vendor.name
        return env

    def test_each_vendor_writes_minutes_with_what_the_environment_says(self):
        for kind in (Gemini, OpenAI, Anthropic, Ollama):
            with self.subTest(kind.__name__):
                server = self.serve(kind)
                code, out, err = self.chip('minutes', 'meeting.json', '--format', 'json', '--date', '2026-03-03',
                                           env=self.env_of(server))
                self.assertEqual((code, err), (0, 'chip: asking %s (a-model) for the minutes\n' % kind.name))
                minutes = json.loads(out)
                self.assertEqual((minutes['provider'], minutes['model'], minutes['date']),
                                 (kind.name, 'a-model', '2026-03-03'))
                self.assertEqual([d['text'] for d in minutes['decisions']], ['No new locks for now'])

    def test_options_come_before_the_environment(self):
        server = self.serve(OpenAI)
        with open(self.path('values.json'), 'w', encoding='utf-8') as file:
            json.dump({'values': [{'name': 'Thrift'}]}, file)
        code, out, _ = self.chip('minutes', 'meeting.json', '--model', 'another', '--template', 'stand-up',
                                 '--language', 'de', '--values', 'values.json', '--format', 'json',
                                 env=self.env_of(server))
        minutes = json.loads(out)
        self.assertEqual(code, 0)
        self.assertEqual((minutes['model'], minutes['template'], minutes['language']), ('another', 'stand-up', 'de'))
        self.assertEqual([v['name'] for v in minutes['values']], ['Thrift'])
        code, out, err = self.chip('minutes', 'meeting.json', '--provider', 'builtin', '--format', 'json',
                                   env=self.env_of(server))
        self.assertEqual((code, err, json.loads(out)['provider']), (0, '', 'builtin'))
        self.assertEqual(len(server.requests), 1)

    def test_a_model_that_fails_is_named_in_the_minutes_of_the_analyst(self):
        server = self.serve(OpenAI)
        server.script = [Says(401, {'error': {'message': 'no', 'code': 'invalid_api_key'}})]
        code, out, err = self.chip('minutes', 'meeting.json', env=self.env_of(server))
        self.assertEqual(code, 0)
        self.assertIn('openai wrote no minutes: ', out)
        self.assertIn('Ask the city office again', out)
        self.assertNotIn('KEY-', out + err)

    def test_what_is_not_set_up_is_refused_with_what_to_do(self):
        for args, env, said in ((('--provider', 'openai'), {}, 'there is: builtin'),
                                (('--provider', 'anthropic'), {'OPENAI_API_KEY': 'x'}, 'there is: openai, builtin'),
                                ((), {'AI_PROVIDER': 'openai'}, "the key of 'openai' is not set"),
                                (('--model', 'x'), {}, 'choose a provider'),
                                (('--values', 'none.json'), {}, 'CHIP_VALUES: '),
                                ((), {'AI_TEMPERATURE': 'hot'}, 'AI_TEMPERATURE: give a number')):
            with self.subTest(args=args, env=env):
                code, out, err = self.chip('minutes', 'meeting.json', *args, env=env)
                self.assertNotEqual(code, 0)
                self.assertEqual(out, '')
                self.assertIn(said, err)

    def test_ctrl_c_ends_a_request_that_hangs(self):
        server = self.serve(Ollama)
        server.script = ['hang']
        process = self.start('minutes', 'meeting.json', env=self.env_of(server))
        server.asked.wait(20)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=10)
        self.assertEqual((process.returncode, out), (130, b''))

    def doctor(self, **env):
        _, out, err = self.chip('doctor', '--json', env=env)
        self.assertNotIn('KEY-', out + err)
        return {c['name']: c for c in json.loads(out)['checks']}

    def test_doctor_says_who_writes_minutes_and_what_is_wrong_with_it(self):
        with open(self.path('values.json'), 'w', encoding='utf-8') as file:
            file.write('{"values": [{"description": "nameless"}]}')
        self.assertEqual(self.doctor()['minutes']['detail'], 'the built-in analyst, without network')
        found = self.doctor(OPENAI_API_KEY='KEY-1', ANTHROPIC_API_KEY='KEY-2', AI_FALLBACK='anthropic:claude-x',
                            AI_MODEL='gpt-x')
        self.assertEqual((found['minutes']['state'], found['minutes']['detail']),
                         ('ok', 'openai (gpt-x), then anthropic (claude-x), then the built-in analyst'))
        for env, state, hint in (({'AI_PROVIDER': 'gemini'}, 'fail', "the key of 'gemini' is not set"),
                                 ({'AI_BASE_URL': 'http://localhost:11434/v1'}, 'warn', 'set AI_MODEL too'),
                                 ({'AI_MODEL': 'x'}, 'warn', 'set the key'),
                                 ({'CHIP_VALUES': 'none.yaml'}, 'fail', 'none.yaml'),
                                 ({'CHIP_VALUES': 'values.json'}, 'fail', 'values[0].name')):
            with self.subTest(env):
                check = self.doctor(**env)['minutes']
                self.assertEqual(check['state'], state)
                self.assertIn(hint, check['hint'])


if __name__ == '__main__':
    main()
