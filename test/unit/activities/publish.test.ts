import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PublishDeps } from '../../../activities/publish/deps.ts';
import { promote } from '../../../activities/publish/promote.ts';
import { publishOci } from '../../../activities/publish/publish-oci.ts';
import { BUNDLE, GoldenManifest } from '../../../contracts/bundle.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { goldenManifestKey, goldenPrefix, rawPrefix } from '../../../contracts/object-keys.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../../contracts/statements.ts';
import type { PublishInput } from '../../../contracts/workflows.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import type { PermitTerms } from '../../../domain/custody/permit-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { pullArtifact } from '../../../services/registry/artifact.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import type { Registry } from '../../../services/registry/registry.ts';
import {
  DECIDED,
  EXPIRES,
  type Golden,
  KEY_SET,
  KEYS,
  makeGolden,
  makeIndex,
  permitOf,
  promotionOf,
  RUN,
  statementOf,
  type TestKey,
} from '../domain/custody-fixture.ts';
import { testLog } from '../permit/log-fixture.ts';
import { publishTables, unlocked, wordInspector } from './publish-fixture.ts';

const PUBLICATION = 'publish/web/shop/test_0123456789ab';
const BYPASS = {
  order_id: `order_${'b'.repeat(32)}`,
  by: 'ada',
  reason: 'the signing service is down and the fix is urgent',
  until: EXPIRES.toISOString(),
  instead_of: { reason: 'invalid_signer' as const, violations: [] },
};
const wanted = new AbortController().signal;
const REPOSITORY = 'certus/acme/web/shop';
const scope = { tenant: RUN.tenant, workspace: RUN.workspace };
const to = goldenPrefix(scope, RUN.testId);
const from = rawPrefix(scope, RUN.testId);

let folder: string;
let fixture: Golden;
let deps: PublishDeps & { readonly raw: Bucket };
let input: PublishInput;
let clock: Date;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-publish-'));
  fixture = await makeGolden();
  clock = new Date('2026-06-01T12:02:00.000Z');
  const store = openDirectoryStore(join(folder, 'objects'));
  deps = {
    database: permitTable(statementOf(fixture, BUNDLE.permit)),
    raw: await store.bucket('raw'),
    golden: await store.bucket('golden'),
    uploads: await store.bucket('uploads'),
    quarantine: await store.bucket('quarantine'),
    inspector: wordInspector(),
    lockUntil: unlocked,
    registry: openLayoutRegistry(join(folder, 'oci')),
    registryNamespace: 'certus',
    promotionSigner: { ...KEYS.promotion.signer, publicKeyPem: KEYS.promotion.trusted.public_key_pem },
    keySet: KEY_SET,
    now: () => clock,
  };
  input = {
    scope,
    component: 'shop',
    assessment: 'default',
    testId: RUN.testId,
    bundle: { prefix: from, digest: sha256(fixture.indexBytes) },
    permitId: `permit_${'1'.repeat(32)}`,
  };
  const contentType = 'application/json';
  await deps.raw.put(`${from}${BUNDLE.index}`, fixture.indexBytes, { contentType });
  await deps.raw.put(`${from}findings.json`, Buffer.from('findings'), { contentType });
  await deps.raw.put(`${from}scan.json`, Buffer.from('scan'), { contentType });
  await deps.raw.put(`${from}${BUNDLE.provenance}`, statementOf(fixture, BUNDLE.provenance), { contentType });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const permitTable = (statement: Uint8Array, logProof: string | null = null) =>
  publishTables(statement, logProof).database;

const pushed = () => deps.registry.tags(REPOSITORY);
const readManifest = async () =>
  GoldenManifest.parse(
    JSON.parse(Buffer.from(await deps.golden.read(goldenManifestKey(scope, RUN.testId), 1e6)).toString()),
  );
const visible = async () => (await deps.golden.head(goldenManifestKey(scope, RUN.testId))) !== undefined;

async function alterManifest(change: (manifest: GoldenManifest) => void): Promise<void> {
  const manifest = await readManifest();
  change(manifest);
  await deps.golden.put(goldenManifestKey(scope, RUN.testId), Buffer.from(JSON.stringify(manifest)), {
    contentType: 'application/json',
  });
}

const putStatement = (path: string, bytes: Uint8Array) =>
  deps.golden.put(`${to}${path}`, bytes, { contentType: SIGSTORE_BUNDLE_MEDIA_TYPE });

const promotion = (key: TestKey, promotedOn?: string) =>
  sealStatement(
    promotionOf(
      fixture.index,
      statementOf(fixture, BUNDLE.provenance),
      statementOf(fixture, BUNDLE.permit),
      promotedOn,
    ),
    key.signer,
  );

test('what is pushed is known by its digest from then on', async () => {
  const { database, known } = publishTables(statementOf(fixture, BUNDLE.permit));
  await promote({ ...deps, database }, input, wanted, PUBLICATION);
  for (let time = 0; time < 2; time += 1) await publishOci({ ...deps, database }, input, wanted, PUBLICATION);
  const pulled = await deps.registry.pullManifest(REPOSITORY, RUN.testId);
  const digest = sha256(pulled?.bytes ?? '');
  expect([...known.values()]).toMatchObject([
    { tenant: scope.tenant, testId: RUN.testId, sha256: digest, kind: 'image', name: REPOSITORY },
  ]);
});

test('evidence of a stolen key is not promoted because it claims to be from before', async () => {
  const since = (invalid_since: string): PublishDeps => ({
    ...deps,
    keySet: {
      ...KEY_SET,
      keys: KEY_SET.keys.map((key) =>
        key.id === KEYS.evidence.trusted.id
          ? { ...key, revoked: { at: invalid_since, reason: 'key_compromise' as const, invalid_since } }
          : key,
      ),
    },
  });
  const stolen = since(DECIDED.toISOString());
  await expect(promote(stolen, input, wanted, PUBLICATION)).rejects.toMatchObject({
    code: 'permit_invalid',
    message: expect.stringContaining('key_revoked'),
  });
  expect(await visible()).toBe(false);
  await promote(since(new Date(DECIDED.getTime() + 1).toISOString()), input, wanted, PUBLICATION);
  expect(await visible()).toBe(true);
});

test('a permitted bundle goes to golden and from there to the registry, as it was signed', async () => {
  await promote(deps, input, wanted, PUBLICATION);
  await publishOci(deps, input, wanted, PUBLICATION);
  const { annotations, files } = await pullArtifact(deps.registry, REPOSITORY, RUN.testId);
  expect(annotations['dev.certus.permit']).toBe(input.permitId);
  expect(files.map(({ name }) => name).sort()).toEqual(
    [
      ...[BUNDLE.index, 'findings.json', 'scan.json'],
      ...[BUNDLE.permit, BUNDLE.promotion, BUNDLE.provenance, BUNDLE.sanitize],
    ].sort(),
  );
});

test('what was promoted in time is pushed however long the registry was away', async () => {
  await promote(deps, input, wanted, PUBLICATION);
  clock = new Date('2026-06-03T13:00:00.000Z');
  await publishOci(deps, input, wanted, PUBLICATION);
  expect(await pushed()).toEqual(['latest', RUN.testId]);
});

test('a permit is good for one publication: another one with it is refused, golden and registry each', async () => {
  await promote(deps, input, wanted, PUBLICATION);
  await deps.golden.remove(goldenManifestKey(scope, RUN.testId));
  await expect(promote(deps, input, wanted, 'publish/again')).rejects.toMatchObject({ code: 'permit_used' });
  expect(await visible()).toBe(false);
  await promote(deps, input, wanted, PUBLICATION); // the same one may go on
  await publishOci(deps, input, wanted, PUBLICATION);
  await expect(publishOci(deps, input, wanted, 'publish/again')).rejects.toMatchObject({
    code: 'permit_used',
  });
});

describe('with a log pinned', () => {
  beforeEach(async () => {
    const log = testLog();
    const permit = statementOf(fixture, BUNDLE.permit);
    const keySet = { ...KEY_SET, keys: [...KEY_SET.keys, log.trusted] };
    const proof = await log.prove(permit, keySet);
    deps = { ...deps, keySet, database: permitTable(permit, proof) };
  });

  test('the proof that the permit is in the log travels with it', async () => {
    await promote(deps, input, wanted, PUBLICATION);
    await publishOci(deps, input, wanted, PUBLICATION);
    const { files } = await pullArtifact(deps.registry, REPOSITORY, RUN.testId);
    expect(files.map(({ name }) => name)).toContain(BUNDLE.permitProof);
  });

  test('a permit that the log does not know publishes nothing', async () => {
    const other = testLog();
    const proof = await other.prove(statementOf(fixture, BUNDLE.permit), deps.keySet);
    for (const forged of [null, proof, 'c2sp.org/tlog-proof@v1']) {
      const database = permitTable(statementOf(fixture, BUNDLE.permit), forged);
      await expect(promote({ ...deps, database }, input, wanted, PUBLICATION)).rejects.toMatchObject({
        code: 'permit_invalid',
      });
    }
    expect(await visible()).toBe(false);
  });

  test('a proof that was taken from golden, or exchanged there, is not pushed around', async () => {
    await promote(deps, input, wanted, PUBLICATION);
    await deps.golden.put(`${to}${BUNDLE.permitProof}`, Buffer.from('x'), { contentType: 'text/plain' });
    await expect(publishOci(deps, input, wanted, PUBLICATION)).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
  });
});

describe('evidence whose inner signature nobody may give', () => {
  const withPermit = async (terms: Partial<PermitTerms>) => {
    const provenance = await sealStatement(fixture.provenance, KEYS.stranger.signer);
    await deps.raw.put(`${from}${BUNDLE.provenance}`, provenance, {
      contentType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    });
    const permit = permitOf(fixture.index, provenance, terms);
    deps = { ...deps, database: permitTable(await sealStatement(permit, KEYS.permit.signer)) };
  };

  test('is not published on a verified permit', async () => {
    await withPermit({ tier: 'verified' });
    await expect(promote(deps, input, wanted, PUBLICATION)).rejects.toMatchObject({ code: 'permit_invalid' });
    expect(await visible()).toBe(false);
  });

  test('is published past the rules, and everybody sees that: in golden and in the registry', async () => {
    await withPermit({ tier: 'basic', bypass: BYPASS });
    await promote(deps, input, wanted, PUBLICATION);
    await publishOci(deps, input, wanted, PUBLICATION);
    expect((await readManifest()).bypass).toMatchObject({ order_id: BYPASS.order_id, by: BYPASS.by });
    const { annotations } = await pullArtifact(deps.registry, REPOSITORY, RUN.testId);
    expect(annotations['dev.certus.bypass']).toContain(BYPASS.reason);
    expect(annotations['dev.certus.permit.tier']).toBe('basic');
  });

  test('with a file changed is not published even so', async () => {
    await withPermit({ tier: 'basic', bypass: BYPASS });
    await deps.raw.put(`${from}findings.json`, Buffer.from('altered!'), { contentType: 'application/json' });
    await expect(promote(deps, input, wanted, PUBLICATION)).rejects.toMatchObject({ code: 'permit_invalid' });
    expect(await visible()).toBe(false);
  });
});

describe('a permit written into the database by hand', () => {
  const provenance = () => statementOf(fixture, BUNDLE.provenance);
  const other = makeIndex({ component_id: 'other' });
  const changed = (terms: object) => {
    const statement = permitOf(fixture.index, provenance());
    Object.assign(statement.predicate.certus_permit, terms);
    return sealStatement(statement, KEYS.permit.signer);
  };
  test.each<[string, () => Promise<Uint8Array>]>([
    ['that is nothing', async () => new Uint8Array([1])],
    [
      "signed with the evidence's key",
      () => sealStatement(permitOf(fixture.index, provenance()), KEYS.evidence.signer),
    ],
    [
      "signed with the key of Transform's own",
      () => sealStatement(permitOf(fixture.index, provenance()), KEYS.promotion.signer),
    ],
    ['good for another bundle', () => sealStatement(permitOf(other, provenance()), KEYS.permit.signer)],
    [
      'good for another provenance',
      () => sealStatement(permitOf(fixture.index, new Uint8Array()), KEYS.permit.signer),
    ],
    ['good for another tenant', () => changed({ tenant: 'globex' })],
    ['good for another run', () => changed({ test_id: 'test_ffffffffffff' })],
    ['given under another id', () => changed({ id: `permit_${'2'.repeat(32)}` })],
    ['good for another destination', () => changed({ destinations: ['oci'] })],
  ])('%s publishes nothing', async (_, statement) => {
    deps = { ...deps, database: permitTable(await statement()) };
    await expect(promote(deps, input, wanted, PUBLICATION)).rejects.toMatchObject({ code: 'permit_invalid' });
    expect(await visible()).toBe(false);
    expect(await deps.golden.head(`${to}${BUNDLE.index}`)).toBeUndefined();
  });
});

test('with a permit for golden alone nothing goes to the registry, and that is no fault', async () => {
  const permit = permitOf(fixture.index, statementOf(fixture, BUNDLE.provenance), {
    destinations: ['golden'],
  });
  deps = { ...deps, database: permitTable(await sealStatement(permit, KEYS.permit.signer)) };
  await promote(deps, input, wanted, PUBLICATION);
  expect(await publishOci(deps, input, wanted, PUBLICATION)).toBeNull();
  expect(await pushed()).toEqual([]);
  expect(await visible()).toBe(true);
});

test('a permit that has expired promotes nothing', async () => {
  clock = EXPIRES;
  await expect(promote(deps, input, wanted, PUBLICATION)).rejects.toMatchObject({ code: 'permit_invalid' });
  expect(await visible()).toBe(false);
});

describe('nothing is pushed when golden shows', () => {
  beforeEach(() => promote(deps, input, wanted, PUBLICATION));

  const refused = async (code: string) => {
    await expect(publishOci(deps, input, wanted, PUBLICATION)).rejects.toMatchObject({ code });
    expect(await pushed()).toEqual([]);
  };

  test('the id of another permit', async () => {
    await alterManifest((manifest) => {
      manifest.permit_id = `permit_${'2'.repeat(32)}`;
    });
    await refused('digest_mismatch');
  });

  test('other bytes of a permit, though they hold as well', async () => {
    const permit = permitOf(fixture.index, statementOf(fixture, BUNDLE.provenance));
    await putStatement(BUNDLE.permit, await sealStatement(permit, KEYS.permit.signer));
    await refused('digest_mismatch');
  });

  test('evidence or a statement of another media type', async () => {
    for (const path of ['findings.json', BUNDLE.index, BUNDLE.permit]) {
      const { files } = await readManifest();
      await alterManifest((manifest) => {
        manifest.files = files.map((file) =>
          file.path === path ? { ...file, media_type: 'text/html' } : file,
        );
      });
      await refused('digest_mismatch');
      await alterManifest((manifest) => {
        manifest.files = files;
      });
    }
    await publishOci(deps, input, wanted, PUBLICATION); // it was nothing but the types
  });

  test('a file twice', async () => {
    await alterManifest((manifest) => {
      manifest.files = [...manifest.files, ...manifest.files.slice(0, 1)];
    });
    await refused('digest_mismatch');
  });

  test('no promotion', async () => {
    await alterManifest((manifest) => {
      manifest.files = manifest.files.filter(({ path }) => path !== BUNDLE.promotion);
    });
    await refused('digest_mismatch');
  });

  test('a promotion from after the end of its permit', async () => {
    await putStatement(BUNDLE.promotion, await promotion(KEYS.promotion, EXPIRES.toISOString()));
    await refused('permit_invalid');
  });

  test('a promotion that Transform did not sign', async () => {
    await putStatement(BUNDLE.promotion, await promotion(KEYS.evidence));
    await refused('permit_invalid');
  });

  test('the bundle of another component', async () => {
    input = { ...input, component: 'bank' };
    await refused('permit_invalid');
  });
});

describe('a promotion statement that lies in golden already', () => {
  test('is taken over, with its time, when it is ours', async () => {
    const golden: Bucket = {
      ...deps.golden,
      put: async (key, ...rest) => {
        if (key === goldenManifestKey(scope, RUN.testId))
          throw new CertusError('dependency_unavailable', 'away');
        return deps.golden.put(key, ...rest);
      },
    };
    clock = new Date('2026-06-01T12:01:30.000Z');
    await expect(promote({ ...deps, golden }, input, wanted, PUBLICATION)).rejects.toThrow('away');
    const ours = await deps.golden.read(`${to}${BUNDLE.promotion}`, 1e6);
    clock = new Date('2026-06-01T12:02:00.000Z');
    await promote(deps, input, wanted, PUBLICATION);
    const { promoted_at, files } = await readManifest();
    expect(promoted_at).toBe('2026-06-01T12:01:30.000Z');
    expect(files.find(({ path }) => path === BUNDLE.promotion)?.sha256).toBe(sha256(ours));
  });

  test.each(['evidence', 'stranger'] as const)('is not believed by the key of %s', async (name) => {
    await putStatement(BUNDLE.promotion, await promotion(KEYS[name]));
    await expect(promote(deps, input, wanted, PUBLICATION)).rejects.toMatchObject({ code: 'permit_invalid' });
    expect(await visible()).toBe(false);
  });
});

describe('a run that is cancelled on the way', () => {
  test('does not become visible in golden, and may be promoted later', async () => {
    const cancelled = new AbortController();
    const golden: Bucket = {
      ...deps.golden,
      put: async (key, ...rest) => {
        if (key.endsWith(BUNDLE.promotion)) cancelled.abort(new Error('cancelled'));
        return deps.golden.put(key, ...rest);
      },
    };
    await expect(promote({ ...deps, golden }, input, cancelled.signal, PUBLICATION)).rejects.toThrow(
      'cancelled',
    );
    expect(await visible()).toBe(false);
    await promote(deps, input, wanted, PUBLICATION);
    expect(await visible()).toBe(true);
  });

  test('is not shown by the registry, and may be pushed later', async () => {
    await promote(deps, input, wanted, PUBLICATION);
    const cancelled = new AbortController();
    const registry: Registry = {
      ...deps.registry,
      pushBlob: async (...blob) => {
        cancelled.abort(new Error('cancelled'));
        return deps.registry.pushBlob(...blob);
      },
    };
    await expect(publishOci({ ...deps, registry }, input, cancelled.signal, PUBLICATION)).rejects.toThrow(
      'cancelled',
    );
    expect(await pushed()).toEqual([]);
    await publishOci(deps, input, wanted, PUBLICATION);
    expect(await pushed()).toEqual(['latest', RUN.testId]);
  });
});
