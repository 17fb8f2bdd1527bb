import { isIPv6 } from 'node:net';
import { isPlaceholder } from '../../secrets/placeholder.ts';
import { byPattern, type Recogniser } from '../recogniser.ts';
import type { Surroundings } from '../surroundings.ts';

const HOSTS =
  /\bips?\b|\bip[ _-]?addr|host|server|client|remote|address|adresse|ssh|ping|login|visitor|forwarded/;

export const IP_V4: Recogniser = byPattern({
  type: 'IP_ADDRESS',
  where: 'digits',
  digits: 4,
  dots: 3,
  // four numbers with a further dot before or behind are a version, not an address
  pattern: /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)/g,
  likelihood: ({ value, around }) => {
    const isAddress = value.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part);
    if (!isAddress) return 0;
    if (isVersion(around) || OBJECT_ID.test(value)) return 0.2;
    const isTold = around.says(HOSTS);
    if (NO_HOST_AT_ALL.test(value) || (/^\d\.\d\.\d\.\d$/.test(value) && !isTold)) return 0.3;
    return isTold ? 0.85 : 0.7;
  },
  nobodys: ({ value }) => isNobodysHost(value),
});

export const IP_V6: Recogniser = byPattern({
  type: 'IP_ADDRESS',
  where: 'pairs',
  pattern: /(?<![\w:.-])[0-9A-Fa-f:]{2,39}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?(?![\w:-]|\.\d)/g,
  likelihood: ({ value, around }) => {
    if (!isIPv6(value)) return 0;
    if (/^::1?$/.test(value)) return 0.3;
    // eight pairs are a serial number or a fingerprint
    if (/^(?:[0-9A-F]{2}:){7}[0-9A-F]{2}$/i.test(value)) return 0.2;
    const groups = value.split(':').filter((group) => group !== '');
    // `dead::beef` is a name in some languages
    if (groups.length < 3 || !/\d/.test(value)) return around.says(HOSTS) ? 0.6 : 0.3;
    return around.says(HOSTS) ? 0.85 : 0.75;
  },
  nobodys: ({ value }) => NO_HOST_V6.test(value),
});

export const MAC: Recogniser = byPattern({
  type: 'MAC_ADDRESS',
  where: 'pairs',
  // further pairs make it a fingerprint
  pattern: /(?<![\w:-])[0-9A-Fa-f]{2}(?<sign>[:-])(?:[0-9A-Fa-f]{2}\k<sign>){4}[0-9A-Fa-f]{2}(?![\w:]|-\w)/g,
  likelihood: ({ value, around }) => {
    if (/^(?:00.){5}00$|^(?:ff.){5}ff$/i.test(value)) return 0.3;
    return around.says(/\bmac\b|hwaddr|ether|physical|hardware|bssid|wlan|wi-?fi/) ? 0.9 : 0.7;
  },
  nobodys: ({ value }) =>
    /^(?:00.){5}|^(?:ff.){5}ff$|^(?:00.00.5e|01.00.5e|33.33)|^01.23.45.67|^aa.bb.cc|^11.22.33|^de.ad.be/i.test(
      value,
    ),
});

export const URL_CREDENTIALS: Recogniser = byPattern({
  type: 'URL_CREDENTIALS',
  where: 'at',
  pattern:
    /(?<=[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/)(?<value>(?<user>[^\s:@/"'`<>\\]{0,100}):(?<password>[^\s:@/"'`<>\\]{1,200}))@(?<host>[A-Za-z0-9_.-]{1,253}|\[)/g,
  likelihood: ({ groups: { user = '', password = '' } }) =>
    user === password ||
    isPlaceholder(password) ||
    /^(?:(?:db|my|the|user|root|admin)?[-_]?(?:pass|passwd|password|pw|pwd|secret|token|key)[-_]?\d{0,2}|x-oauth-basic|port|\d{2,5})$/i.test(
      password,
    )
      ? 0.3
      : 0.9,
  nobodys: ({ groups: { host = '' } }) => /(?:^|\.)(?:example\.(?:com|org|net)|example|invalid)$/i.test(host),
});

export const isNobodysHost = (value: string): boolean => NO_HOST.test(value) || WELL_KNOWN.has(value);

/** What every machine calls itself, and masks of networks. */
const NO_HOST_AT_ALL = /^(?:127|0|255)\./;
const OBJECT_ID = /^(?:1\.[23]\.\d+\.\d+|2\.5\.(?:4|29)\.\d+)$/;

/** Addresses of one's own network, of documentation, and of no host at all. */
const NO_HOST =
  /^(?:0|10|127|22[4-9]|2[3-5]\d)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^192\.0\.[02]\.|^198\.51\.100\.|^203\.0\.113\.|^198\.1[89]\.|^1\.[23]\.\d+\.\d+$|^2\.5\.(?:4|29)\.|^\d\.\d\.\d\.\d$/;

const NO_HOST_V6 =
  /^::1?$|^f[cdef][0-9a-f]{2}:|^2001:0?db8:|^3fff:|^64:ff9b:|^::ffff:(?:10|127|192\.168)\.|^(?:0{1,4}:){7}/i;

const WELL_KNOWN: ReadonlySet<string> = new Set([
  '8.8.4.4',
  '1.0.0.1',
  '9.9.9.9',
  '149.112.112.112',
  '208.67.222.222',
]);

export const isVersion = (around: Surroundings): boolean =>
  /(?:version|(?<![a-z])ver|release|build|revision|chrome|safari|firefox|edge|webkit|gecko|oid|assembly|section|§|rfc|\bv)[\w-]{0,12}["'(]?\s{0,3}[:=/ ]?\s{0,3}["'(]?$/.test(
    around.before(40),
  );
