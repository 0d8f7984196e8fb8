"""Writes SQL files as C: embed_sql.py OUTPUT PLAIN MIGRATION..., see postgres_migrations.h."""
import os
import sys


def array(name, path):
    with open(path, 'rb') as file:
        data = file.read()
    lines = [''.join(f'{byte},' for byte in data[i : i + 20]) for i in range(0, len(data), 20)]
    return f'{name}[] = {{\n' + '\n'.join(lines) + '\n0};\n'


target, plain, *migrations = sys.argv[1:]
with open(target, 'w', encoding='ascii') as out:
    out.write('#include "store/postgres_migrations.h"\n\n')
    out.write('const char ' + array('chip_plain_postgres', plain))
    for n, path in enumerate(migrations):
        out.write('static const char ' + array(f'sql_{n}', path))
    out.write('const struct chip_migration chip_migrations[] = {\n')
    for n, path in enumerate(migrations):
        name = os.path.basename(path).split('_', 1)[1].removesuffix('.sql')
        out.write(f'    {{"{name}", sql_{n}}},\n')
    out.write('};\nconst size_t chip_n_migrations = sizeof chip_migrations / sizeof *chip_migrations;\n')
