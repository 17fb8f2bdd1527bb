// needs: postgres, temporal
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { SECRETS } from '../../fixtures/planted/plant.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import { fakeGitleaks, finds } from './fake-tool.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const KEY = ['MIIEowIBAAKCAQEAyP4Z1bqN8uY7nT5f3dWc', 'Jx0kV9sQ2hRaLmB6gE4tUoXiZpKvCwDyFnH'];
/** A secret of each kind, as tools show them: in a line, in an address, and over several lines. */
const NEVER_TOLD = [SECRETS.github, SECRETS.aws, 'S3cr3t-Passw0rd-9', ...KEY];
const TALKS = `
for stream in 1 2; do
  {
    echo "about to tell of ${SECRETS.github} and go on"
    echo "found ${SECRETS.aws} in the source"
    echo "cloning https://bot:S3cr3t-Passw0rd-9@git.example.org/shop.git"
    printf -- '-----BEGIN RSA PRIVATE KEY-----\\n${KEY.join('\\n')}\\n-----END RSA PRIVATE KEY-----\\n'
  } >&$stream
done`;
const installed = temporaryFolder('installed');
let service: Service;

beforeAll(async () => {
  service = await Service.start({ CERTUS_TOOL_PATH: installed });
}, MINUTE);
afterAll(async () => {
  await service?.close();
  rmSync(installed, { recursive: true, force: true });
}, MINUTE);

test.each<[string, string, object]>([
  [
    'that also reports it',
    `${TALKS}${finds('src/payment.js').replace('has detected a secret', `has detected ${SECRETS.github}`)}`,
    { outcome: 'completed', findings: 1 },
  ],
  [
    'and fails with it for its last word',
    `${TALKS}\necho "cannot go on with ${SECRETS.github}" >&2; exit 1`,
    { outcome: 'failed', reason: expect.stringContaining('cannot go on with') },
  ],
])(
  'what a tool prints of secrets is kept nowhere: one %s',
  async (_, script, run) => {
    fakeGitleaks(installed, script);
    const { test_id: testId, tools } = await service.scan({
      component_id: 'shop',
      source_type: 'directory',
      directory_path: resolve('samples/leaky-shop'),
      profile: 'talks',
      manifest: { product: 'shop', version: '1', profiles: [{ name: 'talks', tools: ['gitleaks'] }] },
    });
    expect(tools).toEqual([expect.objectContaining({ tool: 'gitleaks', ...run })]);
    const [files, events] = [await service.bundle(testId), await service.events(testId)];
    const { client } = service.its.database;
    const where = { ...service.its.scope, testId };
    const rows = await Promise.all([
      client.scan.findMany({ where: service.its.scope }),
      client.finding.findMany({ where }),
      client.searchDocument.findMany({ where: service.its.scope }),
    ]);
    // it has been heard, and told without what must not be
    expect(files.get(BUNDLE.log)).toMatch(/about to tell of \S+ and go on/);
    expect(JSON.stringify(events)).toMatch(/about to tell of \S+ and go on/);
    expect(service.log()).toContain(testId);
    const everything = [...files.values(), JSON.stringify(events), JSON.stringify(rows), service.log()].join(
      '\n',
    );
    for (const secret of NEVER_TOLD) expect([secret, everything.includes(secret)]).toEqual([secret, false]);
  },
  MINUTE,
);
