import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Schema } from './schema-engine.ts';

/** Where this release keeps its schema and migrations. */
export const PRISMA_DIRECTORY = fileURLToPath(new URL('../../prisma', import.meta.url));

/** Everything in Prisma's own layout belongs to us: nothing is managed elsewhere. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

export async function readSchema(directory = PRISMA_DIRECTORY): Promise<Schema> {
  const path = join(directory, 'schema.prisma');
  return { path, content: await readFile(path, 'utf8') };
}

/** The migrations in the order of their names, which begin with their time. */
export async function readMigrations(directory = PRISMA_DIRECTORY): Promise<MigrationList> {
  const baseDir = join(directory, 'migrations');
  const entries = existsSync(baseDir) ? await readdir(baseDir, { withFileTypes: true }) : [];
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const lock = 'migration_lock.toml';
  return {
    baseDir,
    lockfile: {
      path: lock,
      content: existsSync(join(baseDir, lock)) ? await readFile(join(baseDir, lock), 'utf8') : null,
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(baseDir, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}
