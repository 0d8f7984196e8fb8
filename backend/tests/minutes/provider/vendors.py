"""Servers that take requests as strictly as each vendor does, and misbehave when they are told to.

A server holds `script`: what it does with the next requests, one each; then it answers well. What
came in is in `requests`: (path, headers, body). Standard library only.
"""
import http.server
import json
import threading

HTML = '<html><head><title>502 Bad Gateway</title></head></html>'
SCHEMA_KEYS = {'type', 'properties', 'required', 'additionalProperties', 'items', 'enum'}


class Refused(Exception):
    """What a vendor answers to a request that it does not like."""

    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


class Says(Exception):
    """What a script makes of a request: status, body (text or JSON), further headers."""

    def __init__(self, status, body, headers=None, kind='application/json'):
        super().__init__(status)
        self.status, self.body, self.headers, self.kind = status, body, headers or {}, kind


def no_more_than(value, allowed, where):
    extra = set(value) - set(allowed)
    if extra:
        raise ValueError('%s: Extra inputs are not permitted' % '.'.join([where, min(extra)]))


def check_schema(schema, where='schema', depth=1):
    """The rules that all vendors together have."""
    no_more_than(schema, SCHEMA_KEYS, where)
    if depth > 10:
        raise ValueError('%s: nested too deeply' % where)
    if schema['type'] == 'object':
        if schema.get('additionalProperties') is not False:
            raise ValueError('%s: additionalProperties must be false' % where)
        if sorted(schema['required']) != sorted(schema['properties']):
            raise ValueError('%s: required must list all properties' % where)
        for name, inner in schema['properties'].items():
            check_schema(inner, where + '.' + name, depth + 1)
    if schema['type'] == 'array':
        check_schema(schema['items'], where + '[]', depth + 1)


def fits(schema, value):
    """A value of that shape, with nothing in it; `value` is laid over it."""
    if schema['type'] != 'object':
        return {'array': [], 'string': '', 'number': 0, 'integer': 0}.get(schema['type'])
    made = {name: fits(inner, None) for name, inner in schema['properties'].items()}
    made.update({name: v for name, v in (value or {}).items() if name in made})
    return made


class Gemini:
    name = 'gemini'

    def check(self, path, headers, body):
        if headers.get('x-goog-api-key') != 'KEY-gemini-0123456789':
            self.refuse(400, 'API key not valid.', 'INVALID_ARGUMENT', [{'reason': 'API_KEY_INVALID'}])
        if not path.startswith('/v1beta/models/') or not path.endswith(':generateContent'):
            raise Says(404, HTML, kind='text/html')
        if 'nosuch' in path:
            self.refuse(404, 'models/nosuch is not found', 'NOT_FOUND')
        try:
            no_more_than(body, {'systemInstruction', 'contents', 'generationConfig'}, 'body')
            config = body['generationConfig']
            no_more_than(config, {'responseMimeType', 'responseJsonSchema', 'maxOutputTokens', 'temperature',
                                  'thinkingConfig'}, 'generationConfig')
            assert config['responseMimeType'] == 'application/json'
            assert isinstance(body['systemInstruction']['parts'][0]['text'], str)
            assert [c['role'] for c in body['contents']] == ['user']
            check_schema(config['responseJsonSchema'])
        except (ValueError, KeyError, AssertionError) as why:
            self.refuse(400, 'Invalid JSON payload received. %s' % why, 'INVALID_ARGUMENT')
        return config['responseJsonSchema'], body['systemInstruction']['parts'][0]['text'], \
            body['contents'][0]['parts'][0]['text']

    def refuse(self, status, message, name, details=None):
        raise Refused(status, {'error': {'code': status, 'message': message, 'status': name,
                                         'details': details or []}})

    def answer(self, text):
        half = len(text) // 2
        return {'candidates': [{'content': {'role': 'model', 'parts': [
            {'text': 'let me think {', 'thought': True}, {'text': text[:half]}, {'text': text[half:]}]},
            'finishReason': 'STOP'}],
            'usageMetadata': {'promptTokenCount': 100, 'candidatesTokenCount': 15, 'thoughtsTokenCount': 5}}

    faults = {
        'refusal': None,
        'truncated': {'candidates': [{'finishReason': 'MAX_TOKENS'}]},
        'content-filter': {'promptFeedback': {'blockReason': 'SAFETY'}},
        'empty': {'candidates': [{'finishReason': 'STOP', 'content': {'role': 'model'}}]},
    }
    errors = {
        'auth': (403, {'error': {'code': 403, 'message': 'no', 'status': 'PERMISSION_DENIED'}}),
        'quota': (429, {'error': {'code': 429, 'status': 'RESOURCE_EXHAUSTED', 'message': 'x', 'details': [
            {'violations': [{'quotaId': 'GenerateRequestsPerDayPerProject'}]}, {'retryDelay': '3600s'}]}}),
        'rate-limit': (429, {'error': {'code': 429, 'status': 'RESOURCE_EXHAUSTED', 'message': 'x', 'details': [
            {'@type': 'type.googleapis.com/google.rpc.RetryInfo', 'retryDelay': '0.01s'}]}}),
        'overloaded': (503, {'error': {'code': 503, 'message': 'x', 'status': 'UNAVAILABLE'}}),
        'prompt-too-long': (400, {'error': {'code': 400, 'status': 'INVALID_ARGUMENT', 'message':
                                            'The input token count (9) exceeds the maximum'}}),
    }


class OpenAI:
    name = 'openai'
    limit = 'max_completion_tokens'
    key = 'KEY-openai-0123456789'
    prefix = '/v1'

    def check(self, path, headers, body):
        if self.key and headers.get('authorization') != 'Bearer ' + self.key:
            self.refuse(401, 'Incorrect API key provided: KEY-wron*******6789', 'invalid_api_key')
        if path != self.prefix + '/chat/completions':
            self.refuse(404, 'Invalid URL', None)
        if body.get('model') == 'nosuch':
            self.refuse(404, "model 'nosuch' not found", 'model_not_found')
        try:
            no_more_than(body, {'model', 'messages', 'response_format', self.limit, 'temperature'}, 'body')
            assert [m['role'] for m in body['messages']] == ['system', 'user']
            assert isinstance(body[self.limit], int)
            form = body['response_format']
            assert form['type'] == 'json_schema' and form['json_schema']['strict'] is True
            no_more_than(form['json_schema'], {'name', 'strict', 'schema'}, 'json_schema')
            check_schema(form['json_schema']['schema'])
        except (ValueError, KeyError, AssertionError) as why:
            self.refuse(400, 'Unrecognized request argument: %s' % why, 'unknown_parameter')
        return form['json_schema']['schema'], body['messages'][0]['content'], body['messages'][1]['content']

    def refuse(self, status, message, code):
        raise Refused(status, {'error': {'message': message, 'type': 'invalid_request_error', 'param': None,
                                         'code': code}})

    def answer(self, text):
        return {'id': 'x', 'choices': [{'index': 0, 'finish_reason': 'stop', 'message': {
            'role': 'assistant', 'content': text, 'refusal': None}}],
            'usage': {'prompt_tokens': 100, 'completion_tokens': 20, 'total_tokens': 120}}

    @staticmethod
    def choice(finish, content=None, refusal=None):
        return {'choices': [{'finish_reason': finish, 'message': {'content': content, 'refusal': refusal}}]}

    faults = {
        'refusal': choice.__func__('stop', refusal='I cannot help with that.'),
        'truncated': choice.__func__('length', '{"title": "cut'),
        'content-filter': choice.__func__('content_filter'),
        'empty': choice.__func__('stop'),
    }
    errors = {
        'auth': (401, {'error': {'message': 'bad', 'type': 'invalid_request_error', 'param': None,
                                 'code': 'invalid_api_key'}}),
        'quota': (429, {'error': {'message': 'x', 'type': 'insufficient_quota', 'param': None,
                                  'code': 'insufficient_quota'}}),
        'rate-limit': (429, {'error': {'message': 'x', 'type': 'requests', 'param': None,
                                       'code': 'rate_limit_exceeded'}}),
        'overloaded': (503, {'error': {'message': 'x', 'type': 'service_unavailable_error', 'param': None,
                                       'code': 'server_is_overloaded'}}),
        'prompt-too-long': (400, {'error': {'message': 'x', 'type': 'invalid_request_error', 'param': 'messages',
                                            'code': 'context_length_exceeded'}}),
    }


class Ollama(OpenAI):
    """No key, max_tokens, no refusal, usage there."""
    name = 'compatible'
    limit = 'max_tokens'
    key = None

    def answer(self, text):
        return {'id': 'chatcmpl-1', 'object': 'chat.completion', 'choices': [{
            'index': 0, 'finish_reason': 'stop', 'message': {'role': 'assistant', 'content': text,
                                                             'reasoning': 'hm'}}],
            'usage': {'prompt_tokens': 100, 'completion_tokens': 20, 'total_tokens': 120}}

    faults = dict(OpenAI.faults, refusal=None)
    errors = {
        'rate-limit': (429, {'error': {'message': 'busy', 'type': 'api_error', 'param': None, 'code': None}}),
        'no-such-model': (404, {'error': {'message': "model 'x' not found", 'type': 'not_found_error',
                                          'param': None, 'code': None}}),
    }


class LlamaCpp(Ollama):
    """Codes are numbers; no usage; a fence around the object."""

    def answer(self, text):
        return {'choices': [{'finish_reason': 'stop', 'index': 0, 'message': {
            'role': 'assistant', 'content': '```json\n%s\n```' % text, 'reasoning_content': ''}}],
            'timings': {'predicted_ms': 1}}

    errors = {
        'server-error': (503, {'error': {'code': 503, 'message': 'Loading model', 'type': 'unavailable_error'}}),
        'prompt-too-long': (400, {'error': {'code': 400, 'message': 'x', 'type': 'exceed_context_size_error'}}),
    }


class Anthropic:
    name = 'anthropic'

    def check(self, path, headers, body):
        if headers.get('x-api-key') != 'KEY-anthropic-0123456789':
            self.refuse(401, 'invalid x-api-key', 'authentication_error')
        if path != '/v1/messages':
            self.refuse(404, 'Not Found', 'not_found_error')
        if body.get('model') == 'nosuch':
            self.refuse(404, 'model: nosuch', 'not_found_error')
        try:
            assert headers.get('anthropic-version') == '2026-10-21', 'anthropic-version: header is required'
            no_more_than(body, {'model', 'max_tokens', 'system', 'messages', 'output_config'}, 'body')
            assert isinstance(body['max_tokens'], int)
            assert [m['role'] for m in body['messages']] == ['user'] and body['system'].strip()
            form = body['output_config']['format']
            no_more_than(form, {'type', 'schema'}, 'output_config.format')
            assert form['type'] == 'json_schema'
            check_schema(form['schema'])
        except (ValueError, KeyError, AssertionError) as why:
            self.refuse(400, str(why).replace('body.', ''), 'invalid_request_error')
        return form['schema'], body['system'], body['messages'][0]['content']

    def refuse(self, status, message, kind):
        raise Refused(status, {'type': 'error', 'error': {'type': kind, 'message': message},
                               'request_id': 'req_1'})

    def answer(self, text):
        half = len(text) // 2
        return {'type': 'message', 'role': 'assistant', 'stop_reason': 'end_turn', 'content': [
            {'type': 'thinking', 'thinking': 'hm {', 'signature': 'x'}, {'type': 'text', 'text': text[:half]},
            {'type': 'text', 'text': text[half:]}], 'usage': {'input_tokens': 100, 'output_tokens': 20}}

    faults = {
        'refusal': {'type': 'message', 'content': [], 'stop_reason': 'refusal'},
        'truncated': {'type': 'message', 'content': [{'type': 'text', 'text': '{"ti'}],
                      'stop_reason': 'max_tokens'},
        'content-filter': None,
        'empty': {'type': 'message', 'content': [{'type': 'thinking', 'thinking': 'x'}],
                  'stop_reason': 'end_turn'},
    }

    @staticmethod
    def error(kind, **more):
        return {'type': 'error', 'error': dict(type=kind, message='x', **more), 'request_id': 'req_1'}

    errors = {
        'auth': (401, error.__func__('authentication_error')),
        'quota': (429, error.__func__('rate_limit_error',
                                      details={'error_code': 'enforced_spend_limit_reached'})),
        'rate-limit': (429, error.__func__('rate_limit_error')),
        'overloaded': (529, error.__func__('overloaded_error')),
        'timeout': (504, error.__func__('timeout_error')),
        'prompt-too-long': (413, error.__func__('request_too_large')),
    }


class Listener(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a client that goes away: our side of a cut connection


class Server:
    """Plays a vendor on a free port of 127.0.0.1; use as a context."""

    def __init__(self, vendor, minutes=None):
        self.vendor, self.minutes = vendor, minutes or {}
        self.script, self.requests, self.prompts = [], [], []
        self.released = threading.Event()
        self.asked = threading.Event()  # a request has come

    def __enter__(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def do_POST(self):
                outer.serve(self)

        self.http = Listener(('127.0.0.1', 0), Handler)
        self.http.daemon_threads = True
        self.url = 'http://127.0.0.1:%d' % self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={'poll_interval': 0.02})
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()

    def serve(self, handler):
        body = json.loads(handler.rfile.read(int(handler.headers['Content-Length'])))
        headers = {k.lower(): v for k, v in handler.headers.items()}
        self.requests.append((handler.path, headers, body))
        self.asked.set()
        try:
            if headers.get('content-type') != 'application/json' or 'expect' in headers:
                raise Refused(400, {'error': {'message': 'content-type'}})
            schema, system, user = self.vendor.check(handler.path, headers, body)
            self.prompts.append((system, user))
            step = self.script.pop(0) if self.script else None
            if step == 'cut':
                handler.close_connection = True
                handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
                                    b'Content-Length: 1000\r\n\r\n{"candi')
                return
            if step == 'hang':
                self.released.wait()
                handler.close_connection = True
                return
            if isinstance(step, Exception):
                raise step
            text = step if isinstance(step, str) else json.dumps(fits(schema, self.minutes))
            raise Says(200, self.vendor.answer(text))
        except Refused as said:
            self.reply(handler, said.status, json.dumps(said.body), {}, 'application/json')
        except Says as said:
            text = said.body if isinstance(said.body, str) else json.dumps(said.body)
            self.reply(handler, said.status, text, said.headers, said.kind)

    @staticmethod
    def reply(handler, status, text, headers, kind):
        data = text.encode()
        handler.send_response(status)
        handler.send_header('Content-Type', kind)
        handler.send_header('Content-Length', str(len(data)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            handler.wfile.write(data)
        except OSError:
            pass  # who asked has had enough
