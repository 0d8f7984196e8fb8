"""layering.py finds what it is there to find, each in a small tree made for it."""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import layering  # noqa: E402

SOUND = {
    'src/modules.txt': '# order\nbase\n\nmedia # sound\n',
    'src/base/README.md': 'base\n',
    'src/base/err.h': '#include <stddef.h>\n#include "chip/chip.h"\n',
    'src/media/README.md': '1\n2\n3\n4\n5\n',
    'src/media/media.c': '#include "media.h"\n#  include "base/err.h"\n#include "made.pb-c.h"\n',
    'src/media/media.h': '',
    'tests/media/test_media.c': '#include "media/media.h"\n' + '\n' * 599,
}


class Layering(unittest.TestCase):
    def found(self, **changes):
        """The problems of SOUND with some files changed; None takes a file away."""
        files = dict(SOUND)
        files.update({path.replace('__', '/').replace('_h', '.h').replace('_c', '.c')
                     .replace('_md', '.md'): text for path, text in changes.items()})
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                if text is not None:
                    os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
                    with open(os.path.join(folder, path), 'w', encoding='utf-8') as file:
                        file.write(text)
            return list(layering.problems(folder))

    def test_a_sound_tree_has_no_problems(self):
        self.assertEqual(self.found(), [])

    def test_an_earlier_module_may_not_include_a_later_one(self):
        for include in ('#include "media/media.h"', ' # include "media/media.h"',
                        '#include <media/media.h>'):
            self.assertEqual(self.found(src__base__err_h=include + '\n'), [
                'src/base/err.h base may not include "media/media.h": '
                'media comes later in src/modules.txt'])

    def test_a_path_through_the_parent_folder_is_no_way_around(self):
        found = self.found(src__base__err_h='#include "../media/media.h"\n')
        self.assertEqual(len(found), 1)
        self.assertIn('write it as "module/file.h"', found[0])

    def test_a_header_that_does_not_exist_is_found(self):
        self.assertIn('does not exist', self.found(src__media__media_h='#include "base/no.h"\n')[0])

    def test_a_module_that_nobody_listed_is_found(self):
        found = self.found(src__extra__x_c='', src__media__media_h='#include "extra/x.h"\n')
        self.assertEqual(len(found), 2)
        self.assertEqual(found[0], 'src/extra is not in src/modules.txt')

    def test_a_module_without_a_readme_or_with_a_long_one_is_found(self):
        self.assertEqual(self.found(src__base__README_md=None), ['src/base has no README.md'])
        self.assertEqual(self.found(src__base__README_md='x\n' * 6),
                         ['src/base/README.md has more than 5 lines'])

    def test_long_files_are_found(self):
        self.assertEqual(self.found(src__media__media_h='\n' * 400), [])
        self.assertEqual(self.found(src__media__media_h='\n' * 401),
                         ['src/media/media.h has 401 lines; 400 are enough'])
        self.assertEqual(self.found(tests__x_c='\n' * 601), ['tests/x.c has 601 lines; 600 are enough'])


if __name__ == '__main__':
    unittest.main()
