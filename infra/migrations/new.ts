import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PRISMA_DIRECTORY } from '../../services/database/migrations.ts';
import { compareWithSchema } from './shadow.ts';

/** `node infra/migrations/new.ts add_owner` writes the migration that brings the database to schema.prisma. */
const [name, directory = PRISMA_DIRECTORY] = process.argv.slice(2);
if (name === undefined || !/^[a-z][a-z0-9_]{2,60}$/.test(name)) {
  fail('Say what the migration does, in lower case: node infra/migrations/new.ts add_owner');
}
const { exitCode, stdout } = await compareWithSchema(directory);
if (exitCode === 0 || stdout === null) fail('Nothing to do: the migrations give exactly schema.prisma.');

const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const folder = join(directory, 'migrations', `${time}_${name}`);
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'migration.sql'), stdout, { flag: 'wx' });
process.stdout.write(
  `${join(folder, 'migration.sql')}\nRead it before you commit it: the engine does not know your data.\n`,
);

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
