import { randomBytes, X509Certificate } from 'node:crypto';
import type { Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createAgentApp } from '../../../api/agents/agent-app.ts';
import { listenForAgents } from '../../../api/agents/agent-server.ts';
import { createApp } from '../../../api/app.ts';
import { tokenAuthenticator } from '../../../api/authentication.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { close, listen } from '../../../api/server.ts';
import type { Delivery } from '../../../contracts/delivery.ts';
import { Problem } from '../../../contracts/problem.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { signedBundle } from '../../unit/connectors/deliveries.ts';
import { newcomer } from '../../unit/enrolment/requests.ts';
import { TOKEN } from '../api-harness.ts';
import { startInstallation } from '../enrolment/trust-and-api.ts';
import { startIngesting } from '../ingestion/harness.ts';
import { newAuthority } from './certificates.ts';

export type Enrolled = {
  readonly tenant: string;
  readonly keyId: string;
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly bundle: (payload: unknown) => Record<string, unknown>;
};
type Told = {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
};
type Sent = { readonly raw?: Buffer; readonly headers?: Record<string, string> };

/** The platform as agents meet it: Trust that enrols, the listener for agents, the ingest zone, and the API for people. */
export async function startReceiving(folder: string) {
  const installation = await startInstallation(`${folder}/trust`);
  const ingesting = await startIngesting(folder);
  const site = await newAuthority('platform-ca');
  const trust = { ...ingesting.api.deps.trust, keySet: installation.trust.keySet };
  const deps: ApiDeps = { ...ingesting.api.deps, trust };
  const tls = {
    ...{ cert: site.server.pem, key: site.server.keyPem },
    ca: installation.trust.builtInAuthority?.chainPem ?? '',
  };
  const agents = await listenForAgents(createAgentApp(deps), { host: '127.0.0.1', port: 0 }, tls);
  const people: Server[] = [];
  const port = (agents.address() as AddressInfo).port;

  const enrol = async (tenant: string): Promise<Enrolled> => {
    const { applicant, privateKey } = await newcomer(tenant, 'sandbox');
    const { json } = await installation.ask(tenant, '/v1/enrolment/sandbox', { csr: applicant.csr });
    const signer = { key: privateKey, certificate: new X509Certificate(json.certificate_pem).raw };
    return {
      ...{ tenant, keyId: applicant.keyId, certificatePem: json.certificate_pem },
      keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      bundle: (payload) => signedBundle(payload, signer),
    };
  };

  const ask = async (
    who: Pick<Enrolled, 'certificatePem' | 'keyPem'> | undefined,
    path: string,
    { raw, headers = {} }: Sent = {},
  ): Promise<Told> => {
    const { promise, resolve, reject } = Promise.withResolvers<Told>();
    const asking = request(
      {
        ...{ host: '127.0.0.1', servername: 'localhost', port, path, agent: false, ca: site.root.pem },
        ...(who === undefined ? {} : { cert: who.certificatePem, key: who.keyPem }),
        method: raw === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => {
          const json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
          const { statusCode: status = 0 } = response;
          if (status >= 400) Problem.strict().parse(json);
          resolve({ status, json });
        });
      },
    );
    asking.on('error', reject).end(raw);
    return promise;
  };

  const post = (who: Enrolled, bundle: unknown): Promise<Told> =>
    ask(who, '/v1/deliveries', {
      raw: gzipSync(Buffer.from(JSON.stringify(bundle))),
      headers: { 'content-encoding': 'gzip' },
    });

  /** Of every tenant a person with a token. */
  const apiFor = async (tenant: string) => {
    const token = randomBytes(32).toString('hex');
    const holder = { subject: 'tester', tenant, roles: ['admin' as const], token_sha256: sha256(token) };
    const authenticator = tokenAuthenticator(TOKEN, [holder]);
    const server = await listen(createApp({ ...deps, authenticator }), '127.0.0.1', 0);
    people.push(server);
    const { port: at } = server.address() as AddressInfo;
    return async (path: string, body?: unknown): Promise<Told> => {
      const response = await fetch(`http://127.0.0.1:${at}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, json: await response.json() };
    };
  };

  const ended = async (workspace: string, ingestion: string): Promise<void> => {
    const handle = deps.temporal.workflow.getHandle(`ingestion/${workspace}/${ingestion}`);
    await handle.result().catch(() => undefined);
  };

  return {
    ...{ installation, ingesting, deps, site, port, enrol, ask, post, apiFor, ended },
    /** Delivers, and waits until it is taken in. */
    deliver: async (who: Enrolled, delivery: Delivery): Promise<Told> => {
      const payload = JSON.stringify(delivery);
      const told = await post(who, who.bundle(payload));
      if (told.status >= 400) return told;
      await ended(delivery.workspace, told.json.ingestion_id);
      return ask(who, `/v1/deliveries/${sha256(payload)}`);
    },
    stop: async () => {
      await Promise.all([close(agents), ...people.map((server) => close(server))]);
      await ingesting.stop();
      await installation.stop();
    },
  };
}

export type Receiving = Awaited<ReturnType<typeof startReceiving>>;
