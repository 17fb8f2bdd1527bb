import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import type { BuiltInScanner } from '../../../activities/scan/built-in/built-in-tool.ts';
import { scanHygiene } from '../../../activities/scan/built-in/hygiene.ts';
import { scanPrivacy } from '../../../activities/scan/built-in/privacy.ts';
import { scanCode } from '../../../activities/scan/built-in/sast.ts';
import { scanSecrets } from '../../../activities/scan/built-in/secrets.ts';
import { contextOf } from './built-in-context.ts';

const context = contextOf(resolve('samples/leaky-shop'));
const found = async (scan: BuiltInScanner): Promise<string[]> =>
  (await scan(context)).drafts
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, location }) => `${rule} ${location?.path}:${location?.start_line ?? ''}`);

test('the sample shows every secret that its README tells of, once', async () => {
  expect(await found(scanSecrets)).toEqual([
    'PostgreSQLConnection config/database.yml:2',
    'PrivateKey deploy/id_rsa:1',
    'AWSSecretAccessKey deploy/notify.sh:3',
    'AWSAccessKeyID src/payment.js:3',
    'AWSSecretAccessKey src/payment.js:4',
  ]);
});

test('and every fault in its code, the one that is taken back with its reason', async () => {
  expect(await found(scanCode)).toEqual([
    'js/sql-injection src/orders.js:7',
    'js/reflected-xss src/orders.js:8',
    'js/command-injection src/orders.js:14',
    'js/insecure-randomness src/orders.js:18',
    'py/unsafe-deserialization src/report.py:10',
    'py/flask-debug src/report.py:15',
  ]);
  const { drafts } = await scanCode(context);
  expect(
    drafts.flatMap(({ rule, suppressed }) => (suppressed ? [[rule, suppressed.justification]] : [])),
  ).toEqual([['js/insecure-randomness', 'only tells two open tabs apart']]);
});

test('and how badly it is kept', async () => {
  expect((await found(scanHygiene)).sort()).toEqual([
    'hygiene/container-runs-as-root Dockerfile:1',
    'hygiene/curl-pipe-shell Dockerfile:2',
    'hygiene/key-file deploy/id_rsa:',
    'hygiene/missing-lockfile package.json:',
    'hygiene/missing-permissions .github/workflows/preview.yml:1',
    'hygiene/script-injection .github/workflows/preview.yml:15',
    'hygiene/unpinned-action .github/workflows/preview.yml:12',
    'hygiene/unpinned-image Dockerfile:1',
    'hygiene/untrusted-checkout .github/workflows/preview.yml:11',
  ]);
});

test('and whose data it holds', async () => {
  expect(await found(scanPrivacy)).toEqual([
    'privacy/phone-number data/customers.csv:2',
    'privacy/bank-account data/customers.csv:2',
    'privacy/credit-card data/customers.csv:2',
  ]);
});
