import { afterEach, describe, expect, test } from '@jest/globals';
import { OCI_INDEX, OCI_MANIFEST } from '../../services/registry/content.ts';
import { openRegistry } from '../../services/registry/open-registry.ts';
import { type Intercept, type RegistryServer, reply, startRegistryServer } from './registry-server.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const SUBJECT = digest('0');
const entry = (digit: string) => ({ mediaType: OCI_MANIFEST, digest: digest(digit), size: 1 });
const page = (...digits: string[]) =>
  JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: digits.map(entry) });

let server: RegistryServer;
afterEach(() => server.close());

async function referrers(answer: Intercept) {
  server = await startRegistryServer(
    (request, response, registry) =>
      !!request.url?.includes('/referrers/') && answer(request, response, registry),
  );
  return (await openRegistry(server.url)).referrers('acme/app', SUBJECT);
}

describe('a registry that lists what refers to a digest', () => {
  test('is read page by page', async () => {
    const found = await referrers(({ url }, response) =>
      url?.includes('next=2')
        ? reply(response, 200, {}, page('3'))
        : reply(
            response,
            200,
            { link: `</v2/acme/app/referrers/${SUBJECT}?next=2>; rel="next"` },
            page('1', '2'),
          ),
    );
    expect(found.map((each) => each.digest)).toEqual(['1', '2', '3'].map(digest));
  });

  test('is not followed to another host', async () => {
    const elsewhere = { link: '<http://127.0.0.2:1/v2/x>; rel="next"' };
    const listing = referrers((_, response) => reply(response, 200, elsewhere, page('1')));
    await expect(listing).rejects.toMatchObject({ code: 'registry_refused' });
  });

  test('is not read for ever', async () => {
    const again = { link: `</v2/acme/app/referrers/${SUBJECT}>; rel="next"` };
    const listing = referrers((_, response) => reply(response, 200, again, page('1')));
    await expect(listing).rejects.toMatchObject({ code: 'registry_refused' });
  });

  test.each(['no JSON', '{"schemaVersion":2,"manifests":[{"digest":"sha256:../x"}]}'])(
    'is refused when it answers %s',
    async (text) => {
      const listing = referrers((_, response) => reply(response, 200, {}, text));
      await expect(listing).rejects.toMatchObject({ code: 'registry_refused' });
    },
  );

  test('has nothing where neither the listing nor the tag in its stead is there', async () => {
    expect(await referrers((_, response) => reply(response, 404))).toEqual([]);
  });
});
