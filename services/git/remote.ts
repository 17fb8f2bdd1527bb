import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { isAbsolute } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';

export type Remote = {
  readonly url: string;
  /** `-c` settings that hold git to what was checked here. */
  readonly settings: readonly string[];
};

/** Decides whether a remote may be reached, and pins the address that was checked so that it cannot change afterwards. */
export async function checkRemote(url: string, allowedHosts: readonly string[]): Promise<Remote> {
  if (isAbsolute(url)) return { url, settings: [] };
  const { host, port, web } = parseRemote(url);
  const settings = ['http.followRedirects=false', 'http.lowSpeedLimit=1000', 'http.lowSpeedTime=30'];
  if (allowedHosts.includes('*') || allowedHosts.includes(host)) return { url, settings };
  const addresses = await resolveHost(host);
  const forbidden = addresses.find(isInternal);
  if (forbidden !== undefined) {
    throw new CertusError(
      'source_not_allowed',
      `${host} is an internal address; name it in CERTUS_GIT_ALLOWED_HOSTS if it is meant`,
    );
  }
  if (web && isIP(host) === 0)
    settings.push(`http.curloptResolve=${host}:${port}:${addresses.map(bracketed).join(',')}`);
  return { url, settings };
}

/** https://host/path, http://…, ssh://… or user@host:path; anything else could name a command or a file. */
export function parseRemote(url: string): { host: string; port: number; web: boolean } {
  const scpLike = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)[^-:].*$/.exec(url);
  if (scpLike?.[1] !== undefined && !url.includes('://'))
    return { host: scpLike[1].toLowerCase(), port: 22, web: false };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const port = { 'https:': 443, 'http:': 80, 'ssh:': 22 }[parsed?.protocol ?? ''];
  if (
    parsed === undefined ||
    port === undefined ||
    parsed.hostname === '' ||
    parsed.hostname.startsWith('-')
  ) {
    throw new CertusError(
      'invalid_request',
      'a git URL starts with https://, http:// or ssh://, or looks like user@host:path',
    );
  }
  if (parsed.password !== '' || (parsed.username !== '' && parsed.protocol !== 'ssh:')) {
    throw new CertusError('invalid_request', 'a git URL must not carry credentials');
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return { host, port: Number(parsed.port || port), web: parsed.protocol !== 'ssh:' };
}

async function resolveHost(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw new CertusError('source_unreachable', `${host} cannot be resolved`, { cause });
  }
}

const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv6');
}

/** Loopback, private, link-local (cloud metadata lives there) and every other address that is not the public internet. */
export const isInternal = (address: string): boolean =>
  INTERNAL.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

const bracketed = (address: string): string => (isIPv6(address) ? `[${address}]` : address);
