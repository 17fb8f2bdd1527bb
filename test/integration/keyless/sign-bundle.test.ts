// needs: cosign
import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { createContext } from '../../../cli/context.ts';
import { addSignBundle } from '../../../cli/words/sigstore-sign.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { timestampBundle } from '../../../services/sigstore/timestamp.ts';
import { bundleWithEntry, witness } from '../../../services/sigstore/witness.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import { IDENTITY, ISSUER, identityToken, type Sigstore, startSigstore } from './servers.ts';

const folder = temporaryFolder('keyless');
let sigstore: Sigstore;
let stranger: Sigstore;
beforeAll(async () => {
  [sigstore, stranger] = await Promise.all([startSigstore(), startSigstore()]);
  file('artifact', 'the release\n');
  file('other', 'another release\n');
  file(
    'statement',
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'artifact', digest: { sha256: digestOf('artifact') } }],
      predicateType: 'https://example.org/review/v1',
      predicate: { reviewed: true },
    }),
  );
  file('root', JSON.stringify(sigstore.trustedRoot));
  file('strange-root', JSON.stringify(stranger.trustedRoot));
  for (const version of [1, 2]) file(`config${version}`, JSON.stringify(signingConfig(version)));
});
afterEach(() => sigstore.honest());
afterAll(async () => {
  await Promise.all([sigstore.close(), stranger.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, content: string) => writeFileSync(join(folder, name), content);
const digestOf = (name: string) =>
  createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');

const service = (url: string, majorApiVersion = 1) => ({
  url,
  majorApiVersion,
  validFor: { start: '2020-01-01T00:00:00Z' },
  operator: 'example.org',
});
const signingConfig = (version: number) => ({
  mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
  caUrls: [service(sigstore.url)],
  oidcUrls: [],
  rekorTlogUrls: [service(sigstore.url, version)],
  rekorTlogConfig: { selector: 'ANY' },
  tsaUrls: [service(sigstore.tsaUrl)],
  tsaConfig: { selector: 'ANY' },
});

/** As typed, in the order of the protocol. */
async function certus(...words: string[]): Promise<number> {
  const program = new Command('certus').exitOverride().configureOutput({ writeErr: () => undefined });
  const stream = new PassThrough().resume() as unknown as NodeJS.WriteStream;
  const surroundings = {
    environment: {},
    workingDirectory: folder,
    checkout: folder,
    stdout: stream,
    stderr: stream,
  };
  let code = -1;
  addSignBundle(program.command('sigstore'), (action) => async (...given) => {
    code = await action(createContext(surroundings, 'text'), ...(given.slice(0, -1) as never));
  });
  await program.parseAsync(['sigstore', 'sign-bundle', ...words], { from: 'user' });
  return code;
}
const sign = (bundle: string, what: string, options: string[] = [], config = 'config1', root = 'root') =>
  certus(
    ...options,
    '--identity-token',
    identityToken(),
    '--bundle',
    bundle,
    '--trusted-root',
    root,
    '--signing-config',
    config,
    what,
  );

function cosign(
  command: string,
  bundle: string,
  { root = 'root', identity = IDENTITY, what = 'artifact' } = {},
) {
  const kind = command === 'verify-blob' ? [] : ['--type', 'https://example.org/review/v1'];
  const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', ISSUER];
  const args = [
    command,
    '--bundle',
    bundle,
    '--trusted-root',
    root,
    ...who,
    '--use-signed-timestamps',
    ...kind,
    what,
  ];
  return cosignRuns(...args);
}

const cosignRuns = (...args: string[]): number | null =>
  spawnSync(process.env.CERTUS_COSIGN ?? '', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { HOME: folder, PATH: process.env.PATH },
  }).status;

describe.each([1, 2])('with a log of generation %i stock cosign believes', (version) => {
  test.each([
    ['an artifact', 'artifact', [], 'verify-blob'],
    ['a statement', 'statement', ['--in-toto'], 'verify-blob-attestation'],
  ])('%s, and nothing else', async (_, what, options, command) => {
    const bundle = `${what}${version}.sigstore.json`;
    await expect(sign(bundle, what, options, `config${version}`)).resolves.toBe(0);
    expect(cosign(command, bundle)).toBe(0);
    expect(cosign(command, bundle, { identity: 'someone@example.org' })).not.toBe(0);
    expect(cosign(command, bundle, { what: 'other' })).not.toBe(0);
    expect(cosign(command, bundle, { root: 'strange-root' })).not.toBe(0);
  });
});

test('stock cosign believes a statement of a plain key by its entry and its timestamp, and not without', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  file('key.pub', pem);
  const signer = { keyId: 'key', sign: async (bytes: Uint8Array) => signBytes('sha256', bytes, privateKey) };
  const plain = await sealStatement(JSON.parse(readFileSync(join(folder, 'statement'), 'utf8')), signer);
  const trust = trustedRootFrom(sigstore.trustedRoot);
  const stamped = await timestampBundle(plain, { tsaUrl: sigstore.tsaUrl, trust, now: () => new Date() });
  const entry = await witness(stamped, pem, { rekorUrl: sigstore.url, trust });
  file('plain', Buffer.from(plain).toString());
  file('witnessed', Buffer.from(bundleWithEntry(stamped, entry)).toString());
  const verify = (bundle: string, root = 'root') =>
    cosignRuns(
      ...['verify-blob-attestation', '--key', 'key.pub', '--bundle', bundle, '--trusted-root', root],
      ...['--use-signed-timestamps', '--type', 'https://example.org/review/v1', 'artifact'],
    );
  expect(verify('witnessed')).toBe(0);
  expect(verify('witnessed', 'strange-root')).not.toBe(0);
  expect(verify('plain')).not.toBe(0);
});

test('a bundle that is there is replaced whole', async () => {
  file('again', 'something else');
  await expect(sign('again', 'artifact')).resolves.toBe(0);
  expect(cosign('verify-blob', 'again')).toBe(0);
});

describe('nothing is written', () => {
  const refused = async (signing: Promise<number>, code: string) => {
    await expect(signing).rejects.toMatchObject({ code });
    expect(existsSync(join(folder, 'none'))).toBe(false);
  };

  test('when the services are not those of the trusted root', async () => {
    await refused(sign('none', 'artifact', [], 'config1', 'strange-root'), 'answer_untrusted');
  });

  test.each(['fulcio', 'rekor', 'tsa'] as const)('when %s answers nonsense', async (which) => {
    sigstore.replace(which, async () => ({ status: 201, body: 'nonsense' }));
    await refused(sign('none', 'artifact'), 'answer_untrusted');
  });

  test('when what should be a statement is none', async () => {
    await refused(sign('none', 'artifact', ['--in-toto']), 'statement_invalid');
  });

  test('when the signing configuration names nobody for now', async () => {
    const past = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };
    const config = { ...signingConfig(1), caUrls: [{ ...service(sigstore.url), validFor: past }] };
    file('past', JSON.stringify(config));
    await refused(sign('none', 'artifact', [], 'past'), 'invalid_request');
  });

  test('and nobody is asked at the staging instance, whose trusted root is not kept here', async () => {
    const token = identityToken();
    await refused(
      certus('--staging', '--identity-token', token, '--bundle', 'none', 'artifact'),
      'no_trusted_root',
    );
  });

  test('over a bundle that is there', async () => {
    file('kept', 'what was there');
    sigstore.replace('fulcio', async () => ({ status: 400, body: '' }));
    await expect(sign('kept', 'artifact')).rejects.toMatchObject({ code: 'authority_refused' });
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('what was there');
  });
});
