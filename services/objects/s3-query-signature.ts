import { createHash, createHmac } from 'node:crypto';
import { onS3 } from './s3-errors.ts';
import type { Place } from './s3-place.ts';

export type ToSign = {
  readonly method: 'GET' | 'PUT';
  readonly seconds: number;
  /** Part of the address. */
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names; whoever follows the address has to send them as they are. */
  readonly headers: Readonly<Record<string, string>>;
};

/** A request that is signed in its own address, as Signature Version 4 describes for query strings. */
export const signedAddress = (
  { client, bucket, key, where }: Place,
  { method, seconds, query, headers }: ToSign,
): Promise<string> =>
  onS3(`sign for ${where}`, async () => {
    const [credentials, region, address] = await Promise.all([
      client.config.credentials(),
      client.config.region(),
      bucketAddress(client, bucket),
    ]);
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
    const { sessionToken, accessKeyId, secretAccessKey } = credentials;
    const signed = Object.entries({ ...headers, host: address.host }).sort(([a], [b]) => (a < b ? -1 : 1));
    const names = signed.map(([name]) => name).join(';');
    const asked = canonicalQuery({
      'X-Amz-Algorithm': ALGORITHM,
      'X-Amz-Credential': `${accessKeyId}/${scope}`,
      'X-Amz-Date': time,
      'X-Amz-Expires': String(seconds),
      'X-Amz-SignedHeaders': names,
      ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
      ...query,
    });
    const path = `${address.pathname.replace(/\/$/, '')}/${key.split('/').map(encoded).join('/')}`;
    const lines = signed.map(([name, value]) => `${name}:${value}`);
    const request = [method, path, asked, ...lines, '', names, 'UNSIGNED-PAYLOAD'].join('\n');
    const toSign = [ALGORITHM, time, scope, createHash('sha256').update(request).digest('hex')].join('\n');
    const signature = hmac(signingKey(secretAccessKey, scope), toSign).toString('hex');
    return `${address.origin}${path}?${asked}&X-Amz-Signature=${signature}`;
  });

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Where the client itself would find the bucket: in the path, or in the name of the host. */
const bucketAddress = async (client: Place['client'], bucket: string): Promise<URL> => {
  const { config } = client;
  const custom = config.isCustomEndpoint ? await config.endpoint?.() : undefined;
  const port = custom?.port === undefined ? '' : `:${custom.port}`;
  return config.endpointProvider({
    Bucket: bucket,
    Region: await config.region(),
    ForcePathStyle: config.forcePathStyle,
    ...(custom ? { Endpoint: `${custom.protocol}//${custom.hostname}${port}${custom.path}` } : {}),
  }).url;
};

const canonicalQuery = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');

/** RFC 3986 to the letter: what JavaScript leaves as it is, the signature wants encoded. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const signingKey = (secret: string, scope: string): Buffer =>
  scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
