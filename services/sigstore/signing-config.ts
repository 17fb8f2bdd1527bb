import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import type { KeylessServices } from './keyless.ts';

const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';
const MAX_BYTES = 1024 * 1024;

/** Picks the services that a Sigstore signing configuration (v0.2) names for now. */
export function readSigningConfig(bytes: Uint8Array, now: Date): KeylessServices {
  const { caUrls, rekorTlogUrls, rekorTlogConfig, tsaUrls, tsaConfig } = parse(bytes);
  const [authority] = choose('certificate authority', caUrls, [1], { selector: 'ANY' }, now);
  if (authority === undefined) throw invalid('names no certificate authority that can be used now');
  const logs = choose('log', rekorTlogUrls, [1, 2], rekorTlogConfig, now);
  const authorities = choose('timestamp authority', tsaUrls, [1], tsaConfig, now);
  return {
    fulcioUrl: authority.url,
    logs: logs.map(({ url, majorApiVersion }) => ({ url, version: majorApiVersion === 2 ? 2 : 1 })),
    timestampAuthorities: authorities.map(({ url }) => url),
  };
}

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const Service = z.object({
  url: z.url({ protocol: /^https?$/ }).max(2048),
  majorApiVersion: z.int(),
  validFor: z.object({ start: time.optional(), end: time.optional() }).default({}),
  operator: z.string().max(256).default(''),
});
type Service = z.infer<typeof Service>;
const Services = z.array(Service).max(100).default([]);
const Choice = z.object({ selector: z.enum(['ANY', 'EXACT', 'ALL']), count: z.int().positive().optional() });
type Choice = z.infer<typeof Choice>;
const SigningConfig = z.object({
  mediaType: z.literal(MEDIA_TYPE),
  caUrls: Services,
  rekorTlogUrls: Services,
  rekorTlogConfig: Choice.optional(),
  tsaUrls: Services,
  tsaConfig: Choice.optional(),
});

function parse(bytes: Uint8Array): z.infer<typeof SigningConfig> {
  if (bytes.length > MAX_BYTES) throw invalid('is larger than 1 MiB');
  try {
    const read = SigningConfig.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw invalid(`is not one of version 0.2: ${issue?.path.join('.')}: ${issue?.message}`);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid('is no JSON');
    throw error;
  }
}

/** Of the newest interface that is spoken here, the newest service of each operator; then as many as were asked for. */
function choose(
  kind: string,
  services: readonly Service[],
  spoken: readonly number[],
  choice: Choice | undefined,
  now: Date,
): readonly Service[] {
  if (choice === undefined) return [];
  const usable = services.filter(
    ({ majorApiVersion, validFor: { start, end } }) =>
      spoken.includes(majorApiVersion) &&
      (start === undefined || start <= now) &&
      (end === undefined || end >= now),
  );
  const newest = Math.max(...usable.map(({ majorApiVersion }) => majorApiVersion));
  const offered = [
    ...byOperator(usable.filter(({ majorApiVersion }) => majorApiVersion === newest)).values(),
  ];
  const wanted =
    choice.selector === 'ALL' ? offered.length : choice.selector === 'ANY' ? 1 : (choice.count ?? 1);
  if (offered.length < Math.max(wanted, 1))
    throw invalid(`asks for more of the kind ${kind} than it names for now (${offered.length})`);
  return offered.slice(0, wanted);
}

/** The newest first, and of what began together the one that was listed first. */
function byOperator(services: readonly Service[]): Map<string, Service> {
  const started = ({ validFor: { start } }: Service) => start?.getTime() ?? 0;
  const chosen = new Map<string, Service>();
  for (const service of services.toSorted((a, b) => started(b) - started(a)))
    if (!chosen.has(service.operator)) chosen.set(service.operator, service);
  return chosen;
}

const invalid = (what: string): CertusError =>
  new CertusError('invalid_request', `The signing configuration ${what}.`);
