import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certus-drift-'));
  cpSync('prisma', folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (script: string, ...parameters: string[]) =>
  spawnSync(process.execPath, [script, ...parameters], { encoding: 'utf8' });

function addColumn() {
  const file = join(folder, 'schema.prisma');
  const schema = readFileSync(file, 'utf8');
  writeFileSync(file, schema.replace('model Permit {', 'model Permit {\n  note String?'));
}

test('the migrations of this release give exactly its schema', () => {
  const { status, stderr } = run('infra/schema-drift.ts');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('a column without a migration fails the check, which says what is missing', () => {
  addColumn();
  const { status, stderr } = run('infra/schema-drift.ts', folder);
  expect(status).toBe(1);
  expect(stderr).toMatch(/ALTER TABLE "permits" ADD COLUMN\s+"note" TEXT;/);
});

test('the new migration holds what was missing, and then nothing is', () => {
  addColumn();
  const written = run('infra/migrations/new.ts', 'add_note', folder);
  expect(written.stdout).toMatch(/\/\d{14}_add_note\/migration\.sql/);
  expect(run('infra/schema-drift.ts', folder).status).toBe(0);
  expect(run('infra/migrations/new.ts', 'again', folder).status).toBe(1);
});

test('a migration that does not run fails the check', () => {
  const name = readdirSync(join(folder, 'migrations')).find((entry) => /^\d{14}_/.test(entry))!;
  writeFileSync(join(folder, 'migrations', name, 'migration.sql'), 'CREATE TABLE broken (');
  const { status, stderr } = run('infra/schema-drift.ts', folder);
  expect(status).not.toBe(0);
  expect(stderr).toContain(name);
});
