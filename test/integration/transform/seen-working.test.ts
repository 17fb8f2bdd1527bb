// needs: postgres, temporal, s3, registry, cosign
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXIT } from '../../../cli/exit-codes.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { KeyRole } from '../../../contracts/keys.ts';
import { documentKey, goldenPrefix, heldPrefix } from '../../../contracts/object-keys.ts';
import type { PromotionView } from '../../../contracts/promotion.ts';
import type { ReviewView } from '../../../contracts/review.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import { findScan } from '../../../services/database/scans.ts';
import { ensureLocalKeys } from '../../../services/keys/local-keys.ts';
import { openArtifact } from '../../../services/registry/artifact-reference.ts';
import { startFaultProxy } from '../../faults/fault-proxy.ts';
import { answerWith } from '../../faults/faults.ts';
import { keysBelow, type Variant } from '../installation.ts';
import { type Person, pdf, type Ran, ran, rtf, somebody, startWhole, type Whole } from './whole.ts';
import { writtenDown } from './written-down.ts';

const MINUTE = 60_000;

const REFUSED = { status: EXIT.badData, kept: false };

describe.each<Variant>(['embedded', 'distributed'])('transform, %s', (variant) => {
  let whole: Whole;
  beforeAll(async () => {
    whole = await startWhole(variant);
  }, 2 * MINUTE);
  afterAll(() => whole?.close(), MINUTE);

  const [masked, released, rejected] = [somebody(), somebody(), somebody()];
  const [inMaskedScan, inRejectedScan] = [somebody(), somebody()];
  const FILES: Readonly<Record<string, string | Uint8Array>> = {
    'clean.md': '# Minutes\n\nNothing in here is about anybody.\n',
    'cases/letter.md': `# Letter\n\nWrite to ${masked.email}, card ${masked.card}. The rest may be read by all.\n`,
    'cases/page.pdf': pdf(`Card ${released.card}, ${released.email}`),
    'cases/note.rtf': rtf(`Her card is ${rejected.card}, her address ${rejected.email}, and that is all.`),
  };

  async function decided(
    review: ReviewView,
    verdict: 'release' | 'release_masked',
    people: readonly Person[],
  ) {
    for (const person of people)
      expect(await whole.decide(person, review, verdict)).toMatchObject({ status: 200 });
    const { state, testId } = await whole.outcomeOf(review.review_id);
    return { state, promotion: await whole.ended(testId ?? '') };
  }

  const releases: { masked?: PromotionView; whole?: PromotionView } = {};

  describe('of a folder that was brought and promoted', () => {
    let promoted: PromotionView;
    const reviews = new Map<string, ReviewView>();
    const reviewOf = (name: string): ReviewView => {
      const review = reviews.get(name);
      if (review === undefined) throw new Error(`there is no review of ${name}`);
      return review;
    };

    beforeAll(async () => {
      await whole.setPolicy({ name: 'two people', review: { second_person: true } });
      const folder = join(whole.home, 'folder');
      mkdirSync(join(folder, 'cases'), { recursive: true });
      for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
      const { workspace } = whole.scope;
      const brought = await whole.certus('documents', 'upload', folder, '--workspace', workspace);
      expect(brought).toMatchObject({ status: 0, stderr: expect.stringContaining('4 of 4') });
      promoted = await whole.ended(await whole.promote({ prefix: 'active/' }));
      for (const { name, review_id } of promoted.items)
        if (review_id !== null) reviews.set(name, await whole.review(review_id));
    }, 2 * MINUTE);

    test('what is clean comes to golden, and the rest waits for people', async () => {
      expect(promoted).toMatchObject({ state: 'promoted', clean: 1, withheld: 3, error: null });
      expect(promoted.items.map(({ name, outcome }) => [name, outcome])).toEqual([
        ['active/cases/letter.md', 'withheld'],
        ['active/cases/note.rtf', 'withheld'],
        ['active/cases/page.pdf', 'withheld'],
        ['active/clean.md', 'clean'],
      ]);
      expect(await inGolden(promoted)).toEqual(['documents/active/clean.md']);
      expect([...reviews.values()].map(({ state }) => state)).toEqual(['open', 'open', 'open']);
    });

    test(
      'one is released masked, by two people and not by one who says it twice',
      async () => {
        const review = reviewOf('active/cases/letter.md');
        expect(await whole.decide('ada', review, 'release_masked')).toMatchObject({ status: 200 });
        expect(await whole.review(review.review_id)).toMatchObject({ state: 'second_person' });
        expect((await whole.decide('ada', review, 'release_masked')).status).toBe(409);
        expect(await whole.review(review.review_id)).toMatchObject({
          state: 'second_person',
          released_as: null,
        });
        const { state, promotion } = await decided(review, 'release_masked', ['bob']);
        expect(state).toBe('released_masked');
        expect(promotion).toMatchObject({ state: 'promoted', masked: 1, kind: 'release' });
        const [name, ...others] = await inGolden(promotion);
        expect(others).toEqual([]);
        const key = `${goldenPrefix(whole.scope, promotion.promotion_id)}${name}`;
        const text = Buffer.from(await whole.golden.read(key, 1e6)).toString();
        expect(text).toContain('The rest may be read by all.');
        releases.masked = promotion;
      },
      3 * MINUTE,
    );

    test(
      'one is released as it is, with a reason',
      async () => {
        const review = reviewOf('active/cases/page.pdf');
        const { state, promotion } = await decided(review, 'release', ['bob', 'ada']);
        expect(state).toBe('released');
        const [name = ''] = await inGolden(promotion);
        const key = `${goldenPrefix(whole.scope, promotion.promotion_id)}${name}`;
        expect(Buffer.from(await whole.golden.read(key, 1e6))).toEqual(FILES['cases/page.pdf']);
        expect(
          (await whole.review(review.review_id)).decisions.map(({ by, reason }) => [by, reason]),
        ).toEqual([
          ['bob', 'bob says so'],
          ['ada', 'ada says so'],
        ]);
        releases.whole = promotion;
      },
      3 * MINUTE,
    );

    test(
      'one is rejected, and stays where it is',
      async () => {
        const review = reviewOf('active/cases/note.rtf');
        expect(await whole.decide('ada', review, 'reject')).toMatchObject({ status: 200 });
        expect(await whole.outcomeOf(review.review_id)).toMatchObject({ state: 'rejected', testId: null });
        expect((await whole.decide('bob', review, 'release')).status).toBe(409);
        const again = await whole.ended(await whole.promote({ keys: ['active/cases/note.rtf'] }));
        expect(again).toMatchObject({ state: 'withheld', withheld: 1 });
        expect(await inGolden(again)).toEqual([]);
      },
      3 * MINUTE,
    );

    test(
      'what was promoted verifies from the registry alone, and what was tampered with does not',
      async () => {
        for (const [nth, promotion] of [promoted, releases.masked, releases.whole].entries()) {
          const to = join(whole.home, `pulled-${nth}`);
          expect(await pull(promotion?.oci_reference, to)).toMatchObject({ status: 0 });
          expect(await verify(to)).toMatchObject({ status: 0 });
        }
        const reference = releases.masked?.oci_reference ?? '';
        const { keySetFile } = await ensureLocalKeys(join(whole.home, 'others'));
        const ofOthers = await pull(reference, join(whole.home, 'not-1'), '--keys', keySetFile);
        expect({ ...ofOthers, kept: existsSync(join(whole.home, 'not-1')) }).toMatchObject(REFUSED);
        const [name = ''] = await inGolden(releases.masked);
        const elsewhere = await altered(reference, name);
        const ofAltered = await pull(elsewhere.reference, join(whole.home, 'not-2'));
        await elsewhere.close();
        expect({ ...ofAltered, kept: existsSync(join(whole.home, 'not-2')) }).toMatchObject(REFUSED);
        const folder = join(whole.home, 'pulled-1');
        appendFileSync(join(folder, name), ' ');
        expect(await verify(folder)).toMatchObject({ status: EXIT.badData });
      },
      4 * MINUTE,
    );

    if (variant === 'distributed')
      test(
        'stock cosign takes it by the promotion key alone',
        async () => {
          for (const promotion of [promoted, releases.masked, releases.whole]) {
            const image = promotion?.oci_reference ?? '';
            const attestation = ['verify-attestation', '--type', PREDICATE.publication];
            expect(await cosign('promotion', image, ['verify'])).toMatchObject({ status: 0 });
            expect(await cosign('promotion', image, attestation)).toMatchObject({ status: 0 });
            expect((await cosign('evidence', image, ['verify'])).status).not.toBe(0);
            expect((await cosign('evidence', image, attestation)).status).not.toBe(0);
          }
        },
        3 * MINUTE,
      );

    test('the originals lie where they were brought to and in quarantine', async () => {
      const held = heldPrefix(whole.scope);
      const originals = (await keysBelow(whole.quarantine, held)).filter((key) => key.includes('/original/'));
      expect(
        originals.map((key) => key.slice(held.length).replace(/^review_[0-9a-f]+\//, '')).sort(),
      ).toEqual([
        'original/active/cases/letter.md',
        'original/active/cases/note.rtf',
        'original/active/cases/page.pdf',
      ]);
      for (const key of originals) {
        const name = key.replace(/^.*\/original\/active\//, '');
        expect(Buffer.from(await whole.quarantine.read(key, 1e6))).toEqual(Buffer.from(FILES[name] ?? ''));
        expect(await whole.uploads.head(documentKey(whole.scope, `active/${name}`))).toBeDefined();
      }
    });
  });

  describe('of scans whose evidence the policy holds back', () => {
    let uploaded: Scan;
    beforeAll(() =>
      whole.setPolicy({
        name: 'nobody in evidence',
        evidence: { min_confidence: 0.5, action: 'report', actions: { EMAIL_ADDRESS: 'quarantine' } },
      }),
    );

    test(
      'one waits in review, and is uploaded and verified once it was released masked',
      async () => {
        const { scan, review } = await heldScan('masked-scan', inMaskedScan.email);
        expect(await shownOf(scan)).toEqual([]);
        expect(await whole.decide('ada', review, 'release_masked')).toMatchObject({ status: 200 });
        expect(await endOf(scan)).toMatchObject({ status: 'SUCCEEDED', upload_status: 'uploaded' });
        uploaded = scan;
        const folder = await whole.download({ testId: scan.test_id });
        expect(await verify(folder)).toMatchObject({
          status: 0,
          stdout: expect.stringContaining('verified'),
        });
        const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) =>
          it.isFile(),
        );
        const naming = files
          .map(({ parentPath, name }) => join(parentPath, name))
          .filter((file) => readFileSync(file, 'utf8').includes(inMaskedScan.email));
        expect([files.length > 5, naming]).toEqual([true, []]);
        const to = join(whole.home, 'pulled-scan');
        expect(await pull(await referenceOf(scan), to)).toMatchObject({ status: 0 });
        appendFileSync(join(folder, BUNDLE.index), ' ');
        expect(await verify(folder)).toMatchObject({ status: EXIT.badData });
      },
      3 * MINUTE,
    );

    test(
      'one is rejected, and nothing of it is in golden or the registry',
      async () => {
        const { scan, review } = await heldScan('rejected-scan', inRejectedScan.email);
        expect(await whole.decide('ada', review, 'reject')).toMatchObject({ status: 200 });
        expect(await endOf(scan)).toMatchObject({ status: 'SUCCEEDED', upload_status: 'rejected' });
        expect(await shownOf(scan)).toEqual([]);
        expect(await referenceOf(scan)).toBeNull();
      },
      3 * MINUTE,
    );

    test('the index finds what was uploaded, without whom it was about', async () => {
      const path = `/v1/security-scans/${uploaded.test_id}/findings?workspace_id=${whole.scope.workspace}`;
      const { status, json } = await whole.ask('local', path);
      expect(status).toBe(200);
      expect(json.findings.length).toBeGreaterThan(0);
      expect(JSON.stringify(json)).not.toContain(inMaskedScan.email);
    });
  });

  type Scan = { readonly test_id: string; readonly upload_status: string };

  /** Who asked for a scan is free text, and stands in its evidence. */
  async function heldScan(component: string, email: string) {
    const source = join(whole.home, component);
    cpSync(resolve('samples/leaky-shop'), source, { recursive: true });
    const { workspace } = whole.scope;
    const asked = { workspace_id: workspace, component_id: component, source_type: 'directory' };
    const begun = await whole.ask('local', '/v1/security-scans', {
      body: { ...asked, directory_path: source, requested_by: email },
    });
    expect(begun).toMatchObject({ status: 202 });
    const { test_id } = begun.json;
    let scan: Scan = begun.json;
    while (scan.upload_status !== 'in_review') {
      expect(['uploaded', 'upload_failed', 'denied']).not.toContain(scan.upload_status);
      scan = await statusOf(test_id);
    }
    for (;;) {
      const { json } = await whole.ask('ada', `/v1/reviews?workspace_id=${workspace}&state=pending`);
      const review = json.reviews.find((each: ReviewView) => each.test_id === test_id);
      if (review !== undefined && (await whole.isAsking(review.review_id))) return { scan, review };
    }
  }

  const statusOf = async (testId: string): Promise<Scan> =>
    (await whole.ask('local', `/v1/security-scans/${testId}?workspace_id=${whole.scope.workspace}`)).json;

  async function endOf({ test_id }: Scan): Promise<Scan> {
    const row = await findScan(whole.database, whole.scope, test_id);
    await whole.client.workflow.getHandle(row?.workflowId ?? '').result();
    return statusOf(test_id);
  }

  const shownOf = ({ test_id }: Scan): Promise<string[]> => whole.inGolden({ testId: test_id });
  const referenceOf = async ({ test_id }: Scan): Promise<string | null> =>
    (await findScan(whole.database, whole.scope, test_id))?.ociReference ?? null;

  test(
    'nothing personal of what was masked or rejected is written down anywhere else',
    async () => {
      const places = await writtenDown(whole);
      // what was released as it is shows that it would be found, and a name that the search is of these runs
      const known = {
        golden: released.card,
        registry: released.card,
        raw: 'cases/note.rtf',
        database: 'cases/note.rtf',
        histories: releases.masked?.promotion_id ?? '',
        logs: 'serving',
      };
      for (const [place, word] of Object.entries(known))
        expect([place, places[place]?.includes(word)]).toEqual([place, true]);
      const people = { masked, rejected, inMaskedScan, inRejectedScan };
      const found = Object.entries(places).flatMap(([place, text]) =>
        Object.entries(people).flatMap(([who, person]) =>
          wordsOf(person).some((word) => text.includes(word)) ? [`${who} in ${place}`] : [],
        ),
      );
      // who asked for a scan is on record, and nowhere in what is published
      const published = /Scan in (?:golden|registry)$/;
      expect(found.filter((each) => !/Scan in/.test(each) || published.test(each))).toEqual([]);
    },
    3 * MINUTE,
  );

  async function inGolden(promotion: PromotionView | undefined): Promise<string[]> {
    const prefix = goldenPrefix(whole.scope, promotion?.promotion_id ?? '');
    const keys = await keysBelow(whole.golden, `${prefix}documents/`);
    return keys.map((key) => key.slice(prefix.length));
  }

  const pull = (reference: string | null | undefined, to: string, ...more: string[]): Promise<Ran> =>
    whole.certus('pull', reference ?? '', '--to', to, ...more);
  const verify = (folder: string): Promise<Ran> => whole.certus('verify', folder);

  const cosign = (role: KeyRole, image: string, [verb = '', ...more]: readonly string[]): Promise<Ran> => {
    const key = ['--key', whole.keys.publicKeyFiles[role], '--insecure-ignore-tlog'];
    const env = { HOME: whole.home, PATH: process.env.PATH };
    return ran(process.env.CERTUS_COSIGN ?? '', [verb, ...key, ...more, image], env);
  };

  /** The same artifact in a place where the layer of this file says something else. */
  async function altered(reference: string, file: string) {
    const artifact = openArtifact(reference);
    const manifest = await artifact.registry.pullManifest(artifact.repository, artifact.reference);
    const { layers } = JSON.parse(Buffer.from(manifest?.bytes ?? '').toString());
    const titled = (layer: Layer) => layer.annotations['org.opencontainers.image.title'] === file;
    const { digest, size }: Layer = layers.find(titled);
    const body = 'x'.repeat(size);
    if (variant === 'embedded') {
      const [from, to] = [join(whole.home, 'oci'), join(whole.home, 'altered')];
      const layout = reference.replace(from, to).replace(/^oci:|:[^:/]*$/g, '');
      cpSync(from, to, { recursive: true });
      writeFileSync(join(layout, 'blobs', digest.replace(':', '/')), body);
      return { reference: reference.replace(from, to), close: async () => undefined };
    }
    const url = process.env.CERTUS_REGISTRY_URL ?? '';
    const proxy = await startFaultProxy(url);
    proxy.plant({ method: 'GET', path: digest, times: 99 }, answerWith(200, { body }));
    return { reference: reference.replace(new URL(url).host, new URL(proxy.url).host), close: proxy.close };
  }
});

const wordsOf = ({ email, card }: ReturnType<typeof somebody>): string[] => [
  email,
  card,
  card.replaceAll(' ', ''),
];

type Layer = {
  readonly digest: string;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
};
