import { z } from 'zod';
import { DeliveryReceipt } from '../../contracts/delivery.ts';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, Sha256 } from '../../contracts/identifiers.ts';
import type { AgentSource } from '../../contracts/ingestion.ts';
import { ingestKey } from '../../contracts/object-keys.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { findDelivery, newestDelivery } from '../../services/database/deliveries.ts';
import type { IngestionRecord } from '../../services/database/ingestions.ts';
import { AtOnce } from '../archives/at-once.ts';
import type { ApiDeps } from '../deps.ts';
import { ensureRunning, startIngestion } from '../ingestion/start-ingestion.ts';
import { type Route, route } from '../route.ts';
import { deliveryReceipt } from './delivery-receipt.ts';
import { type Agent, enrolledAgent } from './enrolled-agent.ts';
import { openSignedDelivery, type SignedDelivery } from './open-signed-delivery.ts';
import { receiveDelivery } from './receive-delivery.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'objects' | 'trust'>;

/** What agents at other sites use: a listener of its own has these routes and no others. */
export function deliveryRoutes(deps: Deps): Route[] {
  return [deliver(deps), show(deps)];
}

/** Each takes some times its size of memory until it is stored. */
const MOST_AT_ONCE = 8;
/** So that no agent on a thin line, nor a hostile one, holds the places of all the others. */
const MOST_OF_ONE = 4;

const sendAgain = (most: number): CertusError =>
  new CertusError('delivery_waits', `${most} deliveries of this agent are being received: send it again`);

const Receipt = DeliveryReceipt.meta({ id: 'DeliveryReceipt' });
const example = {
  delivery: 'a'.repeat(64),
  ingestion_id: 'ing_0123456789abcdef01234567',
  state: 'done',
  failure: null,
} as const;
const answers = {
  200: { description: 'It has ended.', schema: Receipt, example },
  202: {
    description: 'It is kept, and being taken in.',
    schema: Receipt,
    example: { ...example, state: 'running' as const },
  },
};
const WHO =
  'On the listener for agents only, which asks for a certificate that was enrolled: who has it is of its tenant, and may ' +
  'write to every workspace of it.';

const deliver = (deps: Deps) => {
  const receiving = new AtOnce(MOST_AT_ONCE);
  const ofAgents = new Map<string, AtOnce>();
  const placesOf = ({ keyId }: Agent): AtOnce => {
    const places = ofAgents.get(keyId) ?? new AtOnce(MOST_OF_ONE, sendAgain);
    ofAgents.set(keyId, places);
    return places;
  };
  return route({
    method: 'post',
    path: '/v1/deliveries',
    id: 'deliver',
    summary: 'Deliver what has changed in a source of an agent',
    description: `A Sigstore bundle, as it is or with \`Content-Encoding: gzip\`, signed with the certificate of the connection. The same delivery again has the same answer. ${WHO}`,
    tag: 'agents',
    auth: 'certificate',
    brings: { contentType: 'application/json', description: 'The signed bundle.' },
    answers,
    errors: [
      ...(['invalid_request', 'delivery_invalid', 'signature_invalid', 'untrusted_signer'] as const),
      ...(['delivery_out_of_order', 'delivery_waits', 'dependency_unavailable'] as const),
    ],
    handle: async ({ upload, log }) => {
      const agent = await enrolledAgent(deps, upload);
      const take = async () => {
        const bytes = await receiveDelivery(upload);
        const signed = openSignedDelivery(bytes, agent.certificate);
        const record = await accept(deps, agent, signed, bytes);
        const { source, sequence } = signed.delivery;
        log.info({ ...agentIn(agent), source, sequence, ingestion: record.id }, 'delivered');
        return answered(signed.digest, record);
      };
      return placesOf(agent).during(() => receiving.during(take));
    },
  });
};

const show = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/deliveries/{sha256}',
    id: 'getDelivery',
    summary: 'What became of a delivery',
    description: WHO,
    tag: 'agents',
    auth: 'certificate',
    params: z.object({ sha256: Sha256 }),
    answers,
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ upload, params }) => {
      const agent = await enrolledAgent(deps, upload);
      const record = await findDelivery(deps.database, agent.tenant, ingestionIdOf(agent, params.sha256));
      if (record === undefined) throw new CertusError('not_found', 'this agent has delivered no such thing');
      return answered(params.sha256, record);
    },
  });

const agentIn = ({ tenant, keyId }: Agent) => ({ tenant, agent: keyId });

const answered = (digest: string, record: IngestionRecord) => ({
  status: record.endedAt === null ? 202 : 200,
  body: deliveryReceipt(digest, record),
});

/** By what was signed and by whom: sent once more, also at the same time, it is the same ingestion. */
const ingestionIdOf = ({ tenant, keyId }: Agent, digest: string): string =>
  `ing_${sha256(`delivery\n${tenant}\n${keyId}\n${digest}`).slice(0, 24)}`;

/** First the bytes, then the row that needs them, then the run that finds everything on the row. */
async function accept(
  deps: Deps,
  agent: Agent,
  { delivery, digest }: SignedDelivery,
  bytes: Buffer,
): Promise<IngestionRecord> {
  const scope: Scope = { tenant: agent.tenant, workspace: delivery.workspace };
  const id = ingestionIdOf(agent, digest);
  const known = await findDelivery(deps.database, agent.tenant, id);
  if (known !== undefined && known.endedAt !== null) return known;
  const { source: name, sequence, labels, component } = delivery;
  const bundle = sha256(bytes);
  const source: AgentSource = {
    kind: 'agent',
    agent: agent.keyId,
    source: name,
    delivery: digest,
    bundle,
    sequence,
  };
  const uploads = await deps.objects.uploads();
  const options = { contentType: 'application/json', sha256: bundle, ifAbsent: true };
  if (known === undefined) await uploads.put(ingestKey(scope, bundle), bytes, options);
  try {
    return await startIngestion(deps, { subject: `agent/${agent.keyId}` }, scope, {
      ...{ id, source, labels, reading: { format: 'delivered' } },
      ...(component === null ? {} : { component }),
    });
  } catch (error) {
    if (error instanceof CertusError && error.code === 'delivery_waits')
      await haveItGoOn(deps, scope, source);
    throw error;
  }
}

/** What is waited for may be what a crash has kept from beginning. */
async function haveItGoOn({ database, temporal }: Deps, scope: Scope, source: AgentSource): Promise<void> {
  const last = await newestDelivery(database, scope, source);
  if (last !== undefined && last.endedAt === null) await ensureRunning(temporal, last);
}
