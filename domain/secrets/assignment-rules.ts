import { entropy, isPlaceholder } from './placeholder.ts';
import type { Place, SecretRule } from './rule.ts';

/** A name that promises a secret, up to the sign after which its value stands. Longer names are cut: a guess stays cheap. */
const NAME =
  /(?<name>passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key|private[_-]?key|credential)(?<rest>[A-Za-z0-9_-]{0,24})["']?\]?\s{0,4}/;

/** Values that have no shape of their own, told by the name of what they are assigned to. */
export const ASSIGNMENT_RULES: readonly SecretRule[] = [
  {
    id: 'HardcodedSecret',
    title: 'Hard-coded secret',
    severity: 'medium',
    confidence: 'medium',
    pattern: new RegExp(
      `${NAME.source}(?::=|=>|[:=,])\\s{0,4}(?<quote>["'\`])(?<secret>[^"'\`\\s]{8,200})\\k<quote>`,
      'gi',
    ),
    appliesTo: (path) => !isGenerated(path),
    holds: isSecretValue,
  },
  {
    id: 'HardcodedSecret',
    title: 'Hard-coded secret',
    severity: 'medium',
    confidence: 'medium',
    // in code what stands without quotes is an expression, so only where it is a value
    pattern: new RegExp(
      `${NAME.source}[:=][ \\t]{0,4}(?<secret>[^"'\`\\s<>(){}\\[\\],;$]{8,200})[ \\t]{0,8}$`,
      'gim',
    ),
    appliesTo: (path) => isSettings(path) && !isGenerated(path),
    holds: isSecretValue,
  },
];

function isSecretValue(secret: string, { content, match }: Place): boolean {
  const { name = '', rest = '' } = match.groups ?? {};
  const before = content.slice(Math.max(0, match.index - 16), match.index);
  if (NO_SECRET_NAME.test(rest) || NO_SECRET_END.test(rest) || PAGING.test(before)) return false;
  if (isPlaceholder(secret) || isLongLine(content, match.index)) return false;
  const isPassword = /^pass|^pwd|^cred/i.test(name);
  return isPassword ? looksLikePassword(secret) : looksLikeKey(secret);
}

/** `password_field`, `tokenizer`, `secretName`: about a secret, and not one. */
const NO_SECRET_NAME =
  /^(?:s?[_-]?(?:id|ids|name|names|type|types|path|paths|file|files|url|uri|field|fields|header|headers|label|length|min|max|pattern|regex|rules?|expir\w*|ttl|policy|prompt|count|limit|param\w*|format|class|prefix|suffix|env|var|store|manager|service|provider|arn|ref|version|hash|digest|algo\w*|input|placeholder|text|hint|message|error|confirm\w*|reset|endpoint|scope|issuer|audience|column|selector)|iz|ify|is)/i;

const NO_SECRET_END = /[_-](?:param|parameter|header|name|prefix|path|url|field|type|id)s?$/i;

/** Tokens that only say where a list goes on, or that a form came from its own page. */
const PAGING = /(?:next|continuation|page|pagination|sync|cursor|csrf|xsrf|cancel|abort|stop|design)[_-]?$/i;

/** What a person makes up: letters with a digit or a sign that no identifier has. */
function looksLikePassword(value: string): boolean {
  if (/^(?:https?|ftp|file|[a-z]+):\/\//i.test(value) || /^[\w.-]*(?:password|passwd)[\w.-]*$/i.test(value))
    return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w.,:/-]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && /\d|[^\w.,:/-]/.test(value) && entropy(value) >= 2.7 && !isCode(value);
}

/** What a machine makes up: long, with digits among letters, and no rhythm of words. */
function looksLikeKey(value: string): boolean {
  if (value.length < 16 || !/^[A-Za-z0-9+/=_.~-]+$/.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || isCode(value)) return false;
  const words = value.split(/[-_./]/).filter((part) => /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+|\d{1,4})$/.test(part));
  return words.join('').length < value.length / 2 && entropy(value) >= 3.2;
}

/** A path, a property or a call that only the language around it can tell from a value. */
const isCode = (value: string): boolean =>
  /^[./~]*[\w-]+(?:\/(?=[\w.-]*?[a-z]{3})[\w.-]+)+$|^[a-zA-Z_]+(?:\.[a-zA-Z_]+)+$|\w\([^(]*\)|=>|\|\||&&|^[a-z]+(?:[A-Z][a-z]+)+\d?$|^[a-z]+(?:[-_][a-z0-9]{1,20})+$/.test(
    value.slice(0, 200),
  );

/** Nobody writes a secret into them by hand, and they are full of digests. */
const isGenerated = (path: string): boolean =>
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|composer\.lock|Gemfile\.lock|Cargo\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|go\.sum|flake\.lock)$|[.-]min\.(?:js|css|mjs)$|\.(?:map|svg|ipynb|snap|lock)$/i.test(
    path,
  );

const isSettings = (path: string): boolean =>
  /(?:^|\/)(?:\.env[^/]*|[^/]*\.env|Dockerfile[^/]*|\.npmrc|\.pypirc|\.netrc|credentials|\.?my\.cnf)$|\.(?:ya?ml|properties|ini|toml|conf|cfg|tfvars|sh|bash|zsh|envrc|ps1|bat|cmd)$/i.test(
    path,
  );

/** A line of many thousand characters was written by a machine. */
function isLongLine(content: string, at: number): boolean {
  const before = content.slice(Math.max(0, at - 2500), at).lastIndexOf('\n');
  const after = content.slice(at, at + 2500).indexOf('\n');
  return before === -1 && after === -1 && content.length > 5000;
}
