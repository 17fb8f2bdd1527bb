import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { bundleExample, pendingExample, setExample } from '../../../api/signing/examples.ts';
import type { ApiClient } from '../../../cli/api-client.ts';
import { sign } from '../../../cli/commands/sign.ts';
import { batches } from '../../../cli/commands/sign-batches.ts';
import type { Context } from '../../../cli/context.ts';
import { createOutput } from '../../../cli/output.ts';
import type { SignatureSet } from '../../../contracts/signing.ts';
import { temporaryFolder } from '../scan/sources.ts';

const folder = temporaryFolder('sign-command');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Asked = { path: string; body?: { items: unknown[] } & Record<string, unknown> };
let asked: Asked[];
beforeEach(() => {
  asked = [];
  for (const name of ['a', 'b']) {
    writeFileSync(join(folder, name), name);
    rmSync(join(folder, `${name}.sigstore.json`), { force: true });
  }
});

const setOf = (count: number): SignatureSet => {
  const [signature] = setExample.signatures;
  if (signature === undefined) throw new Error('the example has no signature');
  const signatures = Array.from({ length: count }, (_, item) => ({ ...signature, item }));
  return { ...setExample, signatures, bundles: signatures.map(({ item }) => ({ ...bundleExample, item })) };
};

/** A command line in front of an API that signs at once, or answers what it is told to. */
function run(files: string[], options: object = {}, answers: SignatureSet[] = [], environment: object = {}) {
  const answer = (schema: z.ZodType, items: number) => schema.parse(answers.shift() ?? setOf(items));
  const api = {
    post: async (path: string, body: Asked['body'], schema: z.ZodType) => {
      asked.push({ path, ...(body === undefined ? {} : { body }) });
      return answer(schema, body?.items.length ?? 0);
    },
    get: async (path: string, schema: z.ZodType) => {
      asked.push({ path });
      return answer(schema, 1);
    },
  } as unknown as ApiClient;
  const stdout = { write: () => true };
  const output = createOutput('json', stdout, stdout);
  const context = { api: () => api, output, workingDirectory: folder, environment } as unknown as Context;
  return sign(context, files, { workspace: 'web', ...options });
}
const written = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('certus sign', () => {
  test('sends files in one request and writes a bundle beside each', async () => {
    expect(await run(['a', 'b'], { environment: 'sandbox', certificate: true })).toBe(0);
    const items = ['a', 'b'].map((name) => ({ name, artifact: Buffer.from(name).toString('base64') }));
    expect(asked).toEqual([
      { path: '/v1/sign', body: { workspace_id: 'web', environment: 'sandbox', mode: 'certificate', items } },
    ]);
    expect([written('a.sigstore.json').item, written('b.sigstore.json').item]).toEqual([0, 1]);
  });

  test('takes no file from its place, and asks for nothing then', async () => {
    writeFileSync(join(folder, 'b.sigstore.json'), 'mine');
    await expect(run(['a', 'b'])).rejects.toMatchObject({ code: 'file_exists' });
    expect([asked, readFileSync(join(folder, 'b.sigstore.json'), 'utf8')]).toEqual([[], 'mine']);
    expect(existsSync(join(folder, 'a.sigstore.json'))).toBe(false);
  });

  test('sends a statement as such, and no file that is none', async () => {
    writeFileSync(join(folder, 'statement'), '{"_type":"x"}');
    await run(['statement'], { statement: true, bundle: 'out' });
    expect(asked[0]?.body?.items).toEqual([{ statement: { _type: 'x' } }]);
    expect(written('out').mediaType).toBe(bundleExample.mediaType);
    await expect(run(['a'], { statement: true })).rejects.toMatchObject({ code: 'not_json' });
    await expect(run(['missing'])).rejects.toMatchObject({ code: 'file_unreadable', exitCode: 66 });
    await expect(run(['a', 'b'], { bundle: 'out' })).rejects.toMatchObject({ code: 'usage' });
  });

  test('asks again for what takes longer, and tells why it was not signed', async () => {
    expect(await run(['a'], {}, [pendingExample])).toBe(0);
    expect(asked[1]?.path).toBe(`/v1/signatures/${pendingExample.signature_id}?workspace_id=web`);
    const failed: SignatureSet = {
      ...pendingExample,
      status: 'failed',
      code: 'key_revoked',
      message: 'it was revoked',
    };
    await expect(run(['b'], {}, [pendingExample, failed])).rejects.toMatchObject({ code: 'key_revoked' });
    expect(existsSync(join(folder, 'b.sigstore.json'))).toBe(false);
  });

  test('takes the token of keyless signing from the environment', async () => {
    await expect(run(['a'], { keyless: true })).rejects.toMatchObject({ code: 'no_identity_token' });
    await run(['a'], { keyless: true }, [], { SIGSTORE_ID_TOKEN: 'a.b.c' });
    expect(asked[0]?.body).toMatchObject({ mode: 'keyless', identity_token: 'a.b.c' });
  });
});

test('batches keep order and both limits, and leave nobody out', () => {
  const jobs = [5, 5, 1, 20, 1, 1, 1].map((bytes, at) => ({ bytes, at }));
  const cut = batches(jobs, { items: 2, bytes: 10 });
  expect(cut.map((group) => group.map(({ bytes }) => bytes))).toEqual([[5, 5], [1], [20], [1, 1], [1]]);
  expect(cut.flat()).toEqual(jobs);
  expect(batches([], { items: 2, bytes: 10 })).toEqual([]);
});
