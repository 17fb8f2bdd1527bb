import { createHash, createPublicKey, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dsse, RFC3161Timestamp } from '@sigstore/core';
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock';

export type Request = { readonly method: string; readonly path: string; readonly body: Buffer };
export type Reply = {
  readonly status: number;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
};
/** Stands in for a service: gives a reply, changes the honest one, or never answers. */
export type Impostor = (request: Request, honest: () => Promise<Reply>) => Promise<Reply>;

export type Sigstore = Awaited<ReturnType<typeof startSigstore>>;

/** Fulcio, Rekor (both generations) and a timestamp authority, speaking their HTTP protocols, and what is to be pinned of them. */
export async function startSigstore() {
  const requests: Request[] = [];
  const impostors = new Map<string, Impostor>();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made = await makeServices(url);
  server.on('request', async (incoming: IncomingMessage, outgoing) => {
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', body: await bodyOf(incoming) };
    requests.push(request);
    const service = SERVICES.find(([path]) => request.path.startsWith(path))?.[1] ?? '';
    const honest = () => answer(made, request);
    const impostor = impostors.get(service);
    const { status, body, headers } = await (impostor === undefined ? honest() : impostor(request, honest));
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  return {
    url,
    tsaUrl: `${url}/api/v1/timestamp`,
    trustedRoot: trustedRoot(url, made),
    made,
    requests,
    /** From now on that service is somebody else. */
    replace: (service: 'fulcio' | 'rekor' | 'tsa', impostor: Impostor) => impostors.set(service, impostor),
    honest: () => impostors.clear(),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const SERVICES = [
  ['/api/v2/signingCert', 'fulcio'],
  ['/api/v1/log/entries', 'rekor'],
  ['/api/v2/log/entries', 'rekor'],
  ['/api/v1/timestamp', 'tsa'],
] as const;

export const never: Impostor = () => Promise.withResolvers<Reply>().promise;

async function makeServices(url: string) {
  const pair = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
  const ctLog = await initializeCTLog(pair('P-256'));
  return {
    url,
    ctLog,
    ca: await initializeCA(pair('P-384'), ctLog),
    log: await initializeTLog(url, pair('P-256')),
    tsa: Object.assign(await initializeTSA(pair('P-384')), { getCurrentTime: wholeSecond }),
    /** What the log has, by the digest of its body. */
    kept: new Map<string, { readonly uuid: string; readonly answer: object }>(),
  };
}
/** Of fractions of a second the reference library reads those with three digits alone. */
const wholeSecond = () => new Date(Math.floor(Date.now() / 1000) * 1000);
type Made = Awaited<ReturnType<typeof makeServices>>;

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function answer(made: Made, request: Request): Promise<Reply> {
  const { path, method, body } = request;
  if (path === '/api/v2/signingCert') return issue(made, body);
  if (path === '/api/v1/log/entries' && method === 'POST') return log(made, body);
  if (path.startsWith('/api/v1/log/entries/') && method === 'GET') return find(made, path);
  if (path === '/api/v2/log/entries') return logV2(made, body);
  if (path === '/api/v1/timestamp') return stamp(made, body);
  return { status: 404, body: '{}' };
}

async function issue({ ca }: Made, body: Buffer): Promise<Reply> {
  const { credentials, publicKeyRequest } = JSON.parse(body.toString()) as {
    credentials: { oidcIdentityToken: string };
    publicKeyRequest: { publicKey: { content: string }; proofOfPossession: string };
  };
  const claims = claimsOf(credentials.oidcIdentityToken);
  const proof = Buffer.from(publicKeyRequest.proofOfPossession, 'base64');
  const key = createPublicKey(publicKeyRequest.publicKey.content);
  if (!verify('sha256', Buffer.from(claims.email ?? claims.sub ?? ''), key, proof))
    return { status: 400, body: '{"message":"the proof of possession does not hold"}' };
  const subjectClaim = claims.email === undefined ? 'sub' : 'email';
  const { statusCode, response } = await fulcioHandler(ca, { subjectClaim }).fn(body.toString());
  return { status: statusCode, body: String(response) };
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    email?: string;
    sub?: string;
  };

type Proposed = {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: {
    readonly proposedContent?: { readonly envelope: string; readonly verifiers: readonly [string] };
  };
};
type Envelope = {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly [{ readonly sig: string }];
};

/** As Rekor does: of an envelope the digests are kept, a signature that does not hold is refused, and nothing is kept twice. */
async function log(made: Made, body: Buffer): Promise<Reply> {
  const entry = kept(JSON.parse(body.toString()) as Proposed);
  if (entry === undefined) return { status: 400, body: '{"message":"the signature does not hold"}' };
  const digest = sha256(JSON.stringify(entry)).toString('hex');
  const there = made.kept.get(digest);
  if (there !== undefined)
    return { status: 409, body: '{}', headers: { location: `/api/v1/log/entries/${there.uuid}` } };
  const logged = await logged1(made.log, entry);
  const [uuid = ''] = Object.keys(logged);
  made.kept.set(digest, { uuid, answer: logged });
  return { status: 201, body: JSON.stringify(logged) };
}

/** Under its leaf hash, and the number of the tree before it. */
export async function logged1(tlog: Made['log'], entry: object): Promise<Record<string, LoggedV1>> {
  const [logged] = Object.values(await tlog.log(entry)) as LoggedV1[];
  const leaf = Buffer.concat([Buffer.of(0), Buffer.from(logged?.body ?? '', 'base64')]);
  return { [`${'0'.repeat(16)}${sha256(leaf).toString('hex')}`]: logged! };
}

function kept({ kind, apiVersion, spec }: Proposed): object | undefined {
  if (spec.proposedContent === undefined) return { apiVersion, kind, spec };
  const { envelope, verifiers } = spec.proposedContent;
  const { payload, payloadType, signatures } = JSON.parse(envelope) as Envelope;
  const [{ sig }] = signatures;
  const signed = dsse.preAuthEncoding(payloadType, Buffer.from(payload, 'base64'));
  const key = keyOf(Buffer.from(verifiers[0], 'base64').toString());
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  if (!verify(hash, signed, key, Buffer.from(sig, 'base64'))) return undefined;
  const digestOf = (bytes: Buffer | string) => ({
    algorithm: 'sha256',
    value: sha256(bytes).toString('hex'),
  });
  return {
    apiVersion,
    kind,
    spec: {
      envelopeHash: digestOf(envelope),
      payloadHash: digestOf(Buffer.from(payload, 'base64')),
      signatures: [{ signature: sig, verifier: verifiers[0] }],
    },
  };
}

const keyOf = (pem: string) =>
  pem.includes('CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem);
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();

function find({ kept: entries }: Made, path: string): Reply {
  const found = [...entries.values()].find(({ uuid }) => path.endsWith(`/${uuid}`));
  return found === undefined
    ? { status: 404, body: '{}' }
    : { status: 200, body: JSON.stringify(found.answer) };
}

type RequestV2 = {
  readonly hashedRekordRequestV002: {
    readonly digest: string;
    readonly signature: { readonly content: string; readonly verifier: object };
  };
};

type LoggedV1 = {
  readonly logID: string;
  readonly body: string;
  readonly verification: {
    readonly inclusionProof: { readonly rootHash: string; readonly checkpoint: string };
  };
};

/** The second generation keeps digests alone, promises nothing and names no time. */
async function logV2({ log: tlog }: Made, body: Buffer): Promise<Reply> {
  const { hashedRekordRequestV002: hashed } = JSON.parse(body.toString()) as RequestV2;
  const kind = 'hashedrekord';
  const data = { algorithm: 'SHA2_256', digest: hashed.digest };
  const spec = { hashedRekordV002: { data, signature: hashed.signature } };
  const [logged] = Object.values(await tlog.log({ apiVersion: '0.0.2', kind, spec })) as LoggedV1[];
  const proof = logged?.verification.inclusionProof;
  return {
    status: 201,
    body: JSON.stringify({
      logIndex: '0',
      logId: { keyId: Buffer.from(logged?.logID ?? '', 'hex').toString('base64') },
      kindVersion: { kind, version: '0.0.2' },
      integratedTime: '0',
      inclusionProof: {
        logIndex: '0',
        treeSize: '1',
        rootHash: Buffer.from(proof?.rootHash ?? '', 'hex').toString('base64'),
        hashes: [],
        checkpoint: { envelope: proof?.checkpoint },
      },
      canonicalizedBody: logged?.body,
    }),
  };
}

/** Reads the question as RFC 3161 writes it, and answers it. */
export async function stamp({ tsa }: Pick<Made, 'tsa'>, query: Buffer): Promise<Reply> {
  // a query and an answer are both sequences: the parser of the one reads the parts of the other
  const [, imprint, nonce] = RFC3161Timestamp.parse(Buffer.from(query)).root.subs;
  const response = await tsa.timestamp({
    artifactHash: Buffer.from(imprint?.subs[1]?.value ?? []),
    hashAlgorithmOID: imprint?.subs[0]?.subs[0]?.toOID() ?? '',
    nonce: Number(nonce?.toInteger()),
    policyOID: '1.3.6.1.4.1.57264.2',
    certReq: true,
  });
  return {
    status: 201,
    body: Buffer.from(response.buffer, response.byteOffset, response.byteLength),
    headers: { 'content-type': 'application/timestamp-reply' },
  };
}

function trustedRoot(url: string, { ca, ctLog, log: tlog, tsa }: Made): object {
  const validFor = { start: new Date(Date.now() - 3_600_000).toISOString() };
  const base64 = (bytes: ArrayBufferView) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const authority = (uri: string, ...certificates: ArrayBufferView[]) => ({
    subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
    uri,
    certChain: { certificates: certificates.map((each) => ({ rawBytes: base64(each) })) },
    validFor,
  });
  const instance = (publicKey: Buffer) => ({
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: sha256(publicKey).toString('base64') },
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [instance(tlog.publicKey)],
    certificateAuthorities: [authority(url, ca.rootCertificate)],
    ctlogs: [instance(ctLog.publicKey)],
    timestampAuthorities: [authority(`${url}/api/v1/timestamp`, tsa.intCertificate, tsa.rootCertificate)],
  };
}

export const ISSUER = 'https://issuer.example.org';
export const IDENTITY = 'release@example.org';

/** Whom a token names nobody here checks: that is for a real Fulcio. */
export function identityToken(claims: Record<string, unknown> = {}): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const about = { email: IDENTITY, email_verified: true, sub: '42' };
  const exp = Math.floor(Date.now() / 1000) + 600;
  return [
    encode({ alg: 'none' }),
    encode({ iss: ISSUER, aud: 'sigstore', exp, ...about, ...claims }),
    'c2lnbmF0dXJl',
  ].join('.');
}
