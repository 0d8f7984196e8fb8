"""deploy.sh against a stand-in for gcloud (fake_gcloud.py): first time, again, after each step failed, with
a sick revision; and that no secret is ever shown."""
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import unittest

import fake_gcloud as fake

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..', '..')
SECRETS = {'SUPABASE_URL': 'https://ref.supabase.example', 'SUPABASE_SERVICE_ROLE_KEY': "sb_secret_with 'quotes' & more",
           'GEMINI_API_KEY': 'gemini-key-123456'}
TOOLS = ('sh awk base64 cat cksum cut date dirname env git grep head mktemp mv od printf rm sed sleep sort '
         'stty tail tr true xargs').split()


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='chip-test-deploy-')
        self.addCleanup(shutil.rmtree, self.dir)
        self.checkout = os.path.join(self.dir, 'checkout')
        os.makedirs(os.path.join(self.checkout, 'backend'))
        for name in ('deploy.sh', 'deploy-secrets.sh', 'cloud-run.yaml', 'cloudbuild.yaml'):
            shutil.copy(os.path.join(ROOT, 'backend', name), os.path.join(self.checkout, 'backend'))
        self.git('init', '-q')
        self.commit()
        self.bin = os.path.join(self.dir, 'bin')
        os.mkdir(self.bin)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.bin, tool))
        for tool in ('gcloud', 'curl'):
            os.symlink(os.environ['RELAY'], os.path.join(self.bin, tool))
        self.cloud = fake.Cloud(os.path.join(self.dir, 'cloud'))
        self.addCleanup(self.cloud.close)
        self.output = ''

    def git(self, *args):
        subprocess.run(['git', '-c', 'user.name=t', '-c', 'user.email=t@example.org', '-C', self.checkout, *args],
                       check=True, capture_output=True)

    def commit(self):
        self.git('add', '-A')
        self.git('commit', '-q', '--allow-empty', '-m', 'more')

    def env(self, **more):
        return {'PATH': self.bin, 'HOME': self.dir, 'FAKE': self.cloud.path, 'TMPDIR': self.dir,
                'CHIP_CHECK_TRIES': '2', 'CHIP_CHECK_WAIT': '0', **more}

    def deploy(self, *args, secrets=SECRETS, code=0, **env):
        """@return what it printed"""
        done = subprocess.run(['sh', os.path.join(self.checkout, 'backend', 'deploy.sh'), '--yes', *args],
                              env=self.env(**secrets, **env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        self.output += done.stdout
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def refused(self, message, *args, **more):
        output = self.deploy(*args, code=1, **more)
        self.assertIn(message, ' '.join(output.split()))
        return output

    def service(self):
        """What runs: the document of the live revision."""
        return self.cloud.state()['revisions'][self.cloud.state()['live']]

    def container(self):
        return self.service()['spec']['template']['spec']['containers'][0]

    def variables(self):
        return {env['name']: env.get('value') for env in self.container()['env']}


class FirstTime(Case):
    def test_it_makes_all_that_is_missing_and_ends_with_the_address(self):
        output = self.deploy()
        state = self.cloud.state()
        self.assertIn('chip runs at https://chip-abc-uc.a.run.app', output)
        self.assertEqual(sorted(a.split('.')[0] for a in state['apis']),
                         ['artifactregistry', 'cloudbuild', 'iam', 'run', 'secretmanager'])
        self.assertEqual(state['repositories'], ['chip'])
        self.assertEqual(state['accounts'], ['chip-run@demo.iam.gserviceaccount.com'])
        self.assertEqual(state['invokers'], ['allUsers'])
        self.assertEqual({name: values[-1] for name, values in state['secrets'].items()
                          if name not in ('api-key', 'chip-webhook-secret')},
                         {name.lower().replace('_', '-'): value for name, value in SECRETS.items()})
        self.assertEqual(sorted(state['readers']), sorted(state['secrets']))
        self.assertRegex(self.container()['image'], r'^us-central1-docker.pkg.dev/demo/chip/chip@sha256:\d{64}$')

    def test_keys_that_nobody_gave_are_made_up_as_chip_wants_them(self):
        self.deploy()
        self.assertRegex(self.cloud.secret('api-key'), r'^[0-9a-f]{64}$')
        self.assertRegex(self.cloud.secret('chip-webhook-secret'), r'^whsec_[A-Za-z0-9+/]{43}=$')

    def test_only_secrets_that_are_there_are_referred_to_and_by_version(self):
        self.deploy()
        refs = {env['name']: env['valueFrom']['secretKeyRef'] for env in self.container()['env'] if 'valueFrom' in env}
        self.assertEqual(sorted(refs), ['API_KEY', 'CHIP_WEBHOOK_SECRET', 'GEMINI_API_KEY',
                                        'SUPABASE_SERVICE_ROLE_KEY', 'SUPABASE_URL'])
        self.assertEqual({ref['key'] for ref in refs.values()}, {'1'})
        self.assertNotIn('CORS_ORIGINS', self.variables())

    def test_secrets_may_come_from_a_file_and_the_environment_wins(self):
        path = os.path.join(self.dir, 'secrets.env')
        with open(path, 'w', encoding='utf-8') as file:
            file.write("# comment\nDATABASE_URL='postgres://u:p@db.example/chip'\nexport API_KEY=from-the-file\n")
        self.deploy('--env-file', path, secrets={'API_KEY': 'from-the-environment'})
        self.assertEqual(self.cloud.secret('database-url'), 'postgres://u:p@db.example/chip')
        self.assertEqual(self.cloud.secret('api-key'), 'from-the-environment')

    def test_options_say_where(self):
        self.deploy('--region', 'europe-west1', '--service', 'talk', CORS_ORIGINS='https://a.example,https://b.example')
        self.assertEqual(self.service()['metadata']['name'], 'talk')
        self.assertIn('europe-west1-docker', self.container()['image'])
        self.assertEqual(self.variables()['CORS_ORIGINS'], 'https://a.example,https://b.example')

    def test_an_image_that_is_given_is_not_built(self):
        self.deploy('--image', 'registry.example/chip@sha256:1')
        self.assertEqual(self.container()['image'], 'registry.example/chip@sha256:1')
        self.assertEqual(self.cloud.calls('builds submit'), [])

    def test_push_pays_for_no_cpu_between_requests(self):
        self.deploy()
        annotations = lambda: self.service()['spec']['template']['metadata']['annotations']
        self.assertEqual((annotations()['run.googleapis.com/cpu-throttling'], self.variables()['CHIP_PUSH']),
                         ('false', '0'))
        self.deploy('--push')
        self.assertEqual((annotations()['run.googleapis.com/cpu-throttling'], self.variables()['CHIP_PUSH']),
                         ('true', '1'))


class Again(Case):
    def test_the_same_again_changes_nothing(self):
        self.deploy()
        before, seen = self.cloud.state(), len(self.cloud.calls())
        self.assertIn('this is what runs already', self.deploy())
        self.assertIn('this is what runs already', self.deploy(secrets={}))  # they are in Secret Manager
        self.assertEqual(self.cloud.state(), before)
        self.assertEqual(fake.changes(self.cloud.calls()[seen:]), [])

    def test_a_new_commit_is_built_checked_and_gets_the_traffic(self):
        self.deploy()
        first = self.cloud.state()['live']
        self.commit()
        self.deploy()
        state = self.cloud.state()
        self.assertNotEqual(state['live'], first)
        self.assertEqual(len(state['images']), 2)
        # While it was checked, all traffic was still on the first.
        replaced = list(state['revisions'].values())[-1]
        self.assertEqual([(t['revisionName'], t['percent']) for t in replaced['spec']['traffic']],
                         [(first, 100), (state['live'], 0)])
        self.assertEqual(len(self.cloud.calls('update-traffic')), 1)

    def test_what_is_not_committed_is_another_image(self):
        self.deploy()
        with open(os.path.join(self.checkout, 'new.c'), 'w', encoding='utf-8') as file:
            file.write('int x;')
        self.deploy()
        self.deploy()
        self.assertEqual(len(self.cloud.state()['images']), 2)

    def test_a_changed_secret_is_a_new_version_and_a_new_revision(self):
        self.deploy()
        self.deploy(secrets={**SECRETS, 'GEMINI_API_KEY': 'another'})
        self.assertEqual(self.cloud.state()['secrets']['gemini-api-key'], ['gemini-key-123456', 'another'])
        self.assertEqual(len(self.cloud.state()['secrets']['supabase-url']), 1)
        refs = {env['name']: env['valueFrom']['secretKeyRef']['key'] for env in self.container()['env']
                if 'valueFrom' in env}
        self.assertEqual((refs['GEMINI_API_KEY'], refs['SUPABASE_URL']), ('2', '1'))

    def test_a_dry_run_changes_nothing_and_says_what_it_would(self):
        output = self.deploy('--dry-run')
        self.assertEqual(fake.changes(self.cloud.calls()), [])
        for what in ('services enable', 'repositories create', 'secrets versions add supabase-url', 'builds submit',
                     'services replace', 'kind: Service'):
            self.assertIn(what, output)


class Access(Case):
    def test_with_iam_only_who_is_named_may_call_and_no_key_is_made(self):
        web = 'serviceAccount:web@demo.iam.gserviceaccount.com'
        self.deploy('--with-iam', '--invoker', web)
        self.assertEqual(self.cloud.state()['invokers'], [web])
        self.assertNotIn('api-key', self.cloud.state()['secrets'])
        self.assertEqual(self.variables()['CHIP_ALLOW_OPEN'], '0')  # Supabase's users are told apart
        self.assertIn('X-Serverless-Authorization', self.cloud.calls('', program='curl')[0]['stdin'])

    def test_without_supabase_iam_alone_says_who(self):
        self.deploy('--with-iam', secrets={'DATABASE_URL': 'postgres://db.example/chip'})
        self.assertEqual(self.variables()['CHIP_ALLOW_OPEN'], '1')

    def test_a_public_service_is_closed_by_it(self):
        self.deploy()
        self.deploy('--with-iam')
        self.assertEqual(self.cloud.state()['invokers'], [])
        self.assertNotIn('API_KEY', self.variables())


class Sick(Case):
    def test_a_revision_that_is_not_well_gets_no_traffic_and_its_reason_is_told(self):
        self.deploy()
        first = self.cloud.state()['live']
        self.commit()
        self.cloud.change(sick=['all'])
        output = self.refused('All traffic stays on ' + first)
        self.assertIn('the store does not answer', output)
        self.assertEqual(self.cloud.state()['live'], first)
        self.cloud.change(sick=[])
        self.deploy()  # mended, the same commit goes out
        self.assertNotEqual(self.cloud.state()['live'], first)

    def test_one_that_falls_ill_under_traffic_is_rolled_back(self):
        self.deploy()
        first = self.cloud.state()['live']
        self.commit()
        self.cloud.change(sick_with_traffic=True)
        self.refused('all traffic is on %s again' % first)
        self.assertEqual(self.cloud.state()['live'], first)

    def test_a_first_one_that_is_not_well_is_tried_anew(self):
        self.cloud.change(sick=['all'])
        self.refused('the service is not well')
        self.cloud.change(sick=list(self.cloud.state()['revisions']))
        self.deploy()
        self.assertEqual(len(self.cloud.state()['revisions']), 2)


class Prerequisites(Case):
    def test_each_that_is_missing_is_told_with_what_to_do(self):
        self.cloud.change(account='')
        self.refused('gcloud auth login')
        self.cloud.change(account='ann@example.org', project='')
        self.refused('which project?')
        self.refused("there is no project 'other'", '--project', 'other')
        self.cloud.change(project='demo', billing='False')
        self.refused('no billing account')
        self.cloud.change(billing='True')
        self.refused('--service', '--service', 'My Service')
        self.refused("no option '--fast'", '--fast')
        self.refused('--region needs a value', '--region')
        self.refused("cannot be read", '--env-file', '/nowhere')
        self.refused('CORS_ORIGINS may have', CORS_ORIGINS='https://a.example|x')
        self.refused('jobs have to be kept somewhere', secrets={'GEMINI_API_KEY': 'k'})
        for tool in ('curl', 'gcloud'):
            os.unlink(os.path.join(self.bin, tool))
            self.refused(tool + ' is missing')
        self.assertEqual(self.cloud.calls('services replace'), [])

    def test_help_explains_every_option(self):
        output = self.deploy('--help')
        with open(os.path.join(ROOT, 'backend', 'deploy.sh'), encoding='utf-8') as file:
            options = set(re.findall(r'^    (--[a-z-]+)(?: \| -\w)?\)', file.read(), re.M))
        self.assertGreaterEqual(len(options), 5)
        for name in options - {'--help'}:
            self.assertIn(name, output)


class EachStepFails(Case):
    STEPS = ('services list', 'services enable', 'repositories create', 'service-accounts create', 'secrets create',
             'versions add', 'secrets add-iam-policy-binding', 'builds submit', 'services replace',
             'services add-iam-policy-binding', 'value.status.url', 'update-traffic')

    def test_it_says_so_and_a_second_run_finishes(self):
        reference = None
        for step in self.STEPS:
            with self.subTest(step):
                self.cloud.reset()
                if step == 'update-traffic':
                    self.deploy()
                    self.commit()
                self.cloud.change(fail=step)
                output = self.deploy(code=1)
                self.assertRegex(output, r'(?s)deploy: (this failed|cannot see|the service has no address)')
                self.assertNotIn('chip runs at', output)
                self.cloud.change(fail=None)
                self.deploy()
                state = self.cloud.state()
                result = {key: state[key] for key in ('apis', 'repositories', 'accounts', 'readers', 'invokers')}
                result['secrets'] = {name: len(values) for name, values in state['secrets'].items()}
                reference = reference or result
                self.assertEqual(result, reference)
                seen = len(self.cloud.calls())
                self.deploy()
                self.assertEqual(fake.changes(self.cloud.calls()[seen:]), [])

    def tearDown(self):
        for value in SECRETS.values():
            self.assertNotIn(value, self.output)


class NeverShown(Case):
    def test_secrets_are_in_no_output_no_argument_and_no_file(self):
        self.deploy()
        self.commit()
        self.cloud.change(sick=['all'])
        self.deploy(code=1)
        self.cloud.change(sick=[], fail='versions add')
        self.deploy(secrets={**SECRETS, 'OPENAI_API_KEY': 'openai-key-7'}, code=1)
        values = [*SECRETS.values(), 'openai-key-7', self.cloud.secret('api-key'),
                  self.cloud.secret('chip-webhook-secret'), 'identity-token-of-ann']
        arguments = json.dumps([call['args'] for call in self.cloud.calls()])
        for value in values:
            self.assertNotIn(value, self.output)
            self.assertNotIn(value, arguments)
        left = [name for name in os.listdir(self.dir) if name not in ('checkout', 'bin', 'cloud')]
        self.assertEqual(left, [])


class Guided(Case):
    def test_it_asks_for_what_it_has_to_know_and_shows_no_secret(self):
        """At a terminal: project, region, then each secret that is not there."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(os.path.join(self.bin, 'sh'), ['sh', os.path.join(self.checkout, 'backend', 'deploy.sh')],
                      self.env())
        answers = {'project?': '', 'Region?': 'europe-west4', 'SUPABASE_URL?': 'https://ref.supabase.example',
                   'SUPABASE_SERVICE_ROLE_KEY?': 'sb_secret_typed'}
        text = ''
        while True:
            self.assertTrue(select.select([fd], [], [], 60)[0], 'it waits for something: ' + text)
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data:
                break
            text += data.decode()
            question = text.rstrip().splitlines()[-1] if text.strip() else ''
            if re.search(r'(\]|none\)) $', text):
                name = question.split()[0] if question.endswith('none)') else question.split(' [')[0].split()[-1]
                os.write(fd, (answers.get(name, '') + '\n').encode())
        status = os.waitpid(pid, 0)[1]
        os.close(fd)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, text)
        self.assertIn('region europe-west4', text)
        self.assertNotIn('sb_secret_typed', text)
        self.assertEqual(self.cloud.secret('supabase-service-role-key'), 'sb_secret_typed')


if __name__ == '__main__':
    sys.exit(unittest.main())
