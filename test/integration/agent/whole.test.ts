// needs: postgres, temporal
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DOCUMENTS } from '../../fixtures/planted/documents.ts';
import { LINES, leaksIn, PRIVATE_KEY } from '../../fixtures/planted/personal.ts';
import { TEXTS } from '../../fixtures/planted/texts.ts';
import type { Made } from '../../unit/keys/certificates.ts';
import { temporaryFolder, write } from '../../unit/scan/sources.ts';
import { newTenant } from '../enrolment/trust-and-api.ts';
import { type Enrolled, type Receiving, startReceiving } from './receiving.ts';
import { type Relay, startRelay } from './relay.ts';
import { type Agent, newSite, type Site, until } from './site.ts';

const folder = temporaryFolder('agent-whole');
const PLANTED = [...TEXTS, ...DOCUMENTS];
let here: Receiving;
let enrolled: Enrolled;
let relay: Relay;
let site: Site;
let agent: Agent | undefined;
let api: Awaited<ReturnType<Receiving['apiFor']>>;

beforeAll(async () => {
  here = await startReceiving(folder);
  enrolled = await here.enrol(newTenant());
  api = await here.apiFor(enrolled.tenant);
  const agentCa = here.installation.trust.builtInAuthority?.chainPem ?? '';
  const { server, root } = here.site;
  relay = await startRelay(here.port, {
    ...{ cert: server.pem, key: server.keyPem, ca: root.pem, agentCa, agent: enrolled },
  });
  const made = { pem: enrolled.certificatePem, keyPem: enrolled.keyPem } as Made;
  site = await newSite({ ...here.site, agent: async () => made }, relay.url);
});
afterAll(async () => {
  await agent?.end('SIGKILL');
  await relay?.close();
  site?.remove();
  await here?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const hits = async (q: string) => {
  const { json } = await api(`/v1/search?workspace_id=default&limit=100&q=${encodeURIComponent(q)}`);
  return json.hits as { title: string; text: string; envelope: { source_location: string } }[];
};
const delivered = () => agent?.lines.filter(({ msg }) => msg === 'delivered') ?? [];
const settled = async (wanted: () => Promise<boolean>) => {
  const state = { so: false };
  const asking = setInterval(async () => {
    state.so = await wanted();
  }, 200);
  try {
    await until(
      () => state.so,
      () => agent?.output().slice(-3000),
    );
  } finally {
    clearInterval(asking);
  }
};

test('what an agent reads at its site is found at the platform once, whatever became of the line, and nothing personal is', async () => {
  for (const { name, bytes } of PLANTED) write(site.docs, { [name]: bytes });
  write(site.docs, { 'first.md': 'the flamingo came first', 'second.md': 'the hoopoe went away' });
  agent = await site.start();
  await settled(async () => (await hits('flamingo')).length > 0 && (await hits('hoopoe')).length > 0);

  relay.cut();
  write(site.docs, { 'third.md': 'the toucan waited for the line' });
  rmSync(join(site.docs, 'second.md'));
  await until(() => agent?.lines.some(({ msg }) => String(msg).includes('cannot be reached')) ?? false);
  expect(await hits('toucan')).toEqual([]);
  // killed while the line is cut: what waits on the disk goes out by the next one
  await agent.end('SIGKILL');
  relay.mend();
  agent = await site.start();
  await settled(async () => (await hits('toucan')).length > 0 && (await hits('hoopoe')).length === 0);

  expect(await hits('flamingo')).toHaveLength(1);
  expect(await hits('toucan')).toHaveLength(1);
  const { client } = here.deps.database;
  const { tenant } = enrolled;
  const items = await client.ingestedItem.findMany({ where: { tenant } });
  expect(items).toHaveLength(PLANTED.length + 2);
  const plain = PLANTED.filter(({ name }) => leaksIn(name).length === 0);
  expect(plain.length).toBeGreaterThan(20);
  for (const { name, words } of plain) {
    const documentId = items.find(({ key }) => key === name)?.documentId ?? '';
    const found = await client.searchDocument.findMany({ where: { tenant, documentId } });
    const text = found.map((one) => `${one.title}\n${one.text}`).join('\n');
    expect([name, words.filter((word) => !text.includes(word))]).toEqual([name, []]);
  }
  const { json } = await api('/v1/ingestions?workspace_id=default&limit=200');
  const ids = json.ingestions.map(({ ingestion_id }: { ingestion_id: string }) => ingestion_id);
  expect(json.ingestions.every(({ state }: { state: string }) => state === 'done')).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(delivered().length).toBeGreaterThan(0);

  const left = relay.sent();
  expect(left.join('\n')).toContain('flamingo');
  expect([...new Set(left.flatMap(leaksIn))]).toEqual([]);
  // that it would have been seen: what lies at the site, read in the same way
  expect(leaksIn([...LINES, PRIVATE_KEY].join('\n')).length).toBeGreaterThan(LINES.length);
  const rows = await client.$queryRaw<{ row: string }[]>`
    SELECT row_to_json(r)::text AS row FROM search_documents r WHERE tenant = ${tenant}
    UNION ALL SELECT row_to_json(r)::text FROM ingested_items r WHERE tenant = ${tenant}
    UNION ALL SELECT row_to_json(r)::text FROM failed_items r WHERE tenant = ${tenant}`;
  expect(rows.length).toBeGreaterThan(PLANTED.length);
  expect([...new Set(rows.flatMap(({ row }) => leaksIn(row)))]).toEqual([]);
}, 240_000);
