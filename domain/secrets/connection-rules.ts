import { isPlaceholder, isRandom } from './placeholder.ts';
import type { Place, SecretRule } from './rule.ts';

/** Passwords and keys that stand inside of what says where to connect to. */
export const CONNECTION_RULES: readonly SecretRule[] = [
  {
    id: 'UrlPassword',
    title: 'Password in a URL',
    severity: 'high',
    confidence: 'medium',
    pattern:
      /(?<![A-Za-z0-9+.-])(?<scheme>[a-zA-Z][A-Za-z0-9+.-]{1,20}):\/\/(?<user>[^\s:@/"'`<>\\]{0,100}):(?<secret>[^\s:@/"'`<>\\]{4,200})@(?<host>[A-Za-z0-9_.-]{1,253})/g,
    needs: /:\/\/[^\s@/]{5,301}@/,
    holds: (secret, { match }) =>
      secret !== match.groups?.user && !isCommonWord(secret) && !isPlaceholder(secret) && !isReserved(match),
  },
  {
    id: 'ConnectionStringPassword',
    title: 'Password in a connection string',
    severity: 'high',
    confidence: 'medium',
    pattern: /[;"']\s{0,2}(?:password|pwd)\s?=\s?(?<secret>[^;"'\s]{6,128})/gi,
    holds: (secret, place) =>
      !isCommonWord(secret) &&
      !isPlaceholder(secret) &&
      /(?:server|data source|host|initial catalog|database|user id|uid)\s?=/i.test(around(place, 256)),
  },
  {
    id: 'AzureStorageKey',
    title: 'Azure storage account key',
    severity: 'critical',
    confidence: 'high',
    pattern: /AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/g,
    holds: (secret) => isRandom(secret, 4),
  },
  {
    id: 'AzureSharedAccessKey',
    title: 'Azure shared access key',
    severity: 'high',
    confidence: 'high',
    pattern: /SharedAccessKey=(?<secret>[A-Za-z0-9+/]{43}=)/g,
    holds: (secret) => isRandom(secret, 3.5),
  },
  {
    id: 'AzureSasSignature',
    title: 'Azure shared access signature',
    severity: 'high',
    confidence: 'medium',
    pattern: /[?&]sig=(?<secret>[A-Za-z0-9%+/]{43,90}(?:=|%3D|%3d))/g,
    holds: (secret, place) => isRandom(secret, 3.5) && /[?&]s[vprt]=/.test(around(place, 400)),
  },
  {
    id: 'NetrcPassword',
    title: 'Password in a netrc file',
    severity: 'high',
    confidence: 'high',
    pattern:
      /\bmachine[ \t]{1,8}\S{1,253}\s{1,16}login[ \t]{1,8}\S{1,100}\s{1,16}password[ \t]{1,8}(?<secret>\S{4,256})/g,
    holds: (secret) => !isPlaceholder(secret) && !isCommonWord(secret),
  },
  {
    id: 'DockerAuth',
    title: 'Docker registry credentials',
    severity: 'high',
    confidence: 'high',
    pattern: /"auth"\s{0,4}:\s{0,4}"(?<secret>[A-Za-z0-9+/]{8,1000}={0,2})"/g,
    holds: (secret) => isUserAndPassword(secret),
  },
  {
    id: 'BasicAuthorization',
    title: 'Credentials in a basic authorization header',
    severity: 'high',
    confidence: 'high',
    pattern:
      /authorization["']?\s{0,4}[:=,]\s{0,4}["'`]?basic\s{1,4}(?<secret>[A-Za-z0-9+/]{8,1000}={0,2})/gi,
    holds: (secret) => isUserAndPassword(secret),
  },
  {
    id: 'BearerAuthorization',
    title: 'Token in an authorization header',
    severity: 'high',
    confidence: 'medium',
    pattern:
      /authorization["']?\s{0,4}[:=,]\s{0,4}["'`]?(?:bearer|token)\s{1,4}(?<secret>[A-Za-z0-9._~+/=-]{20,2000})/gi,
    holds: (secret) => isRandom(secret, 3.5) && /\d/.test(secret),
  },
  {
    id: 'CommandLinePassword',
    title: 'Password on a command line',
    severity: 'high',
    confidence: 'medium',
    pattern: /\bcurl\s[^\n]{0,120}?\s(?:-u|--user)[ =]["']?[^\s:"'$]{1,64}:(?<secret>[^\s"'$]{4,128})/g,
    holds: (secret) => !isPlaceholder(secret) && !isCommonWord(secret),
  },
];

function isUserAndPassword(encoded: string): boolean {
  const [user, password, ...more] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const both = `${user}${password}${more.join('')}`;
  if (!user || !password || !/^[\x20-\x7e]+$/.test(both)) return false;
  return !isPlaceholder(password) && !isCommonWord(password);
}

/** Words that stand in for a password wherever somebody explains how one is given. */
const isCommonWord = (secret: string): boolean =>
  /^(?:(?:db|my|the|user|root|admin)?[-_]?(?:pass|passwd|password|pw|pwd|secret|token|key|admin|root|user|test|guest|postgres|mysql|redis|123456?)[-_]?\d{0,2}|x-oauth-basic|x-access-token|oauth2?|port|\d{2,5})$/i.test(
    secret,
  );

/** Names that can belong to nobody. */
const isReserved = (match: RegExpExecArray): boolean =>
  /(?:^|\.)(?:example\.(?:com|org|net)|invalid)$/i.test(match.groups?.host ?? '');

const around = ({ content, match }: Place, distance: number): string =>
  content.slice(Math.max(0, match.index - distance), match.index + distance);
