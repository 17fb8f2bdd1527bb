// needs: postgres, temporal
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type ApiClient, createApiClient } from '../../../cli/api-client.ts';
import { sendDocument } from '../../../cli/commands/documents-send.ts';
import { createProgram } from '../../../cli/program.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { documentKey } from '../../../contracts/object-keys.ts';
import { type Api, TOKEN } from '../api-harness.ts';
import { bring, startUploads } from './uploads-harness.ts';

let place: Awaited<ReturnType<typeof startUploads>>;
let api: Api;
let folder: string;
let workspace: string;

beforeAll(async () => {
  place = await startUploads('directory');
  api = place.api;
}, 60_000);
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => place.stop());
beforeEach(() => {
  workspace = `w-${randomBytes(6).toString('hex')}`;
  folder = mkdtempSync(join(tmpdir(), 'certus-documents-'));
});

const address = () => `http://127.0.0.1:${api.port}`;

/** The command as it is typed, and what it said. */
async function certus(...words: string[]) {
  let [stdout, stderr, code] = ['', '', -1];
  const program = createProgram(
    {
      environment: { CERTUS_API_URL: address(), CERTUS_TOKEN: TOKEN },
      workingDirectory: folder,
      checkout: folder,
      stdout: { write: (text: string) => (stdout += text) } as unknown as NodeJS.WriteStream,
      stderr: { write: (text: string) => (stderr += text) } as unknown as NodeJS.WriteStream,
    },
    (given) => {
      code = given;
    },
  );
  await program.parseAsync(['node', 'certus', ...words, '--workspace', workspace]);
  return { stdout, stderr, code };
}

const names = async () =>
  (await api.ask(`/v1/documents?workspace_id=${workspace}`)).json.documents.map(
    ({ name }: { name: string }) => name,
  );

test('a folder is brought with its folders, and links in it are not followed', async () => {
  mkdirSync(join(folder, 'in', 'deep'), { recursive: true });
  writeFileSync(join(folder, 'secret'), 'not to be brought');
  writeFileSync(join(folder, 'in', 'a.md'), '# a');
  writeFileSync(join(folder, 'in', 'deep', 'b.csv'), 'x,y');
  symlinkSync(join(folder, 'secret'), join(folder, 'in', 'link'));
  const { stdout, stderr, code } = await certus(
    'documents',
    'upload',
    'in',
    '--prefix',
    'case-7',
    '-o',
    'json',
  );
  expect(code).toBe(0);
  expect(stderr).toContain('is a link');
  const told = JSON.parse(stdout);
  expect(told.failed).toEqual([]);
  expect(told.uploaded.map(({ name }: { name: string }) => name)).toEqual([
    'case-7/a.md',
    'case-7/deep/b.csv',
  ]);
  expect(await names()).toEqual(['case-7/a.md', 'case-7/deep/b.csv']);
  expect((await certus('documents', 'upload', 'in', '--prefix', 'case-7')).code).toBe(0);
  const listed = await certus('documents', 'list', '--prefix', 'case-7/deep');
  expect(listed.stdout).toMatch(/^NAME\tSIZE\tTYPE\tUPLOADED\ncase-7\/deep\/b.csv\t3\ttext\/plain\t/);
});

test('one that is refused keeps none of the others back, and is told', async () => {
  await bring(api, workspace, Buffer.from('other'), { name: 'b.txt' });
  for (const name of ['a.txt', 'b.txt', 'c|d.txt', 'e.txt']) writeFileSync(join(folder, name), name);
  const { stdout, stderr, code } = await certus('documents', 'upload', '.', '-o', 'json');
  expect(code).toBe(65);
  expect(JSON.parse(stdout).failed.map(({ name, code: why }: Record<string, string>) => [name, why])).toEqual(
    [
      ['active/b.txt', 'object_conflict'],
      ['active/c|d.txt', 'invalid_key'],
    ],
  );
  expect(stderr).toContain('active/b.txt: object_conflict');
  expect(await names()).toEqual(['active/a.txt', 'active/b.txt', 'active/e.txt']);
  await expect(certus('documents', 'upload', 'nowhere')).rejects.toMatchObject({ code: 'file_not_found' });
});

test('a large file goes on where it broke off, on another day, too', async () => {
  const bytes = randomBytes(1_000_000);
  const file = join(folder, 'large.bin');
  writeFileSync(file, bytes);
  const client = createApiClient({ address: address(), token: TOKEN });
  const manner = { whole: 100_000, piece: 300_000, first: 1, tries: 2 };
  const said: string[] = [];
  let sent = 0;
  const send = (through: ApiClient) =>
    sendDocument(
      through,
      workspace,
      { name: 'active/large.bin', file, size: bytes.length },
      (line) => said.push(line),
      manner,
    );
  const breaking: ApiClient = {
    ...client,
    upload: async (...given: Parameters<ApiClient['upload']>) => {
      sent += 1;
      if (sent > 2) throw new CertusError('dependency_unavailable', 'the line is dead');
      return client.upload(...given);
    },
  } as ApiClient;
  await expect(send(breaking)).rejects.toMatchObject({ code: 'dependency_unavailable' });
  expect(said).toEqual(['active/large.bin: 30 %', 'active/large.bin: 60 %', 'waiting: the line is dead']);
  said.length = 0;
  const counted: string[] = [];
  const counting = {
    ...client,
    upload: (path: string, ...given: never[]) => {
      counted.push(path);
      return (client.upload as (...all: unknown[]) => Promise<unknown>)(path, ...given);
    },
  } as unknown as ApiClient;
  const document = await send(counting);
  expect(said[0]).toBe('active/large.bin: going on at 60 %');
  expect(counted).toHaveLength(2);
  const digest = createHash('sha256').update(bytes).digest('hex');
  expect(document).toMatchObject({ name: 'active/large.bin', sha256: digest, size: 1_000_000 });
  const scope = { tenant: 'default', workspace };
  expect(await place.uploads.head(documentKey(scope, 'active/large.bin'))).toMatchObject({ sha256: digest });
  expect((await send(client)).sha256).toBe(digest);
});

test('what is promoted has to be named, one way', async () => {
  await expect(certus('documents', 'promote')).rejects.toMatchObject({ code: 'usage' });
  await expect(certus('documents', 'promote', 'a', '--prefix', 'b')).rejects.toMatchObject({ code: 'usage' });
});
