import { describe, expect, test } from '@jest/globals';
import { scanSecrets } from '../../../activities/scan/built-in/secrets.ts';
import { secretDrafts } from '../../../domain/finding/secret-findings.ts';
import { findSecretsIn, withoutRepeats } from '../../../domain/secrets/find-secrets.ts';
import { entropy, isPlaceholder } from '../../../domain/secrets/placeholder.ts';
import { builtInContexts } from '../scan/built-in-context.ts';

/** Made up anew from a seed, so that this file itself holds nothing that a scanner would find. */
function made(length: number, alphabet = `${LOWER}${LOWER.toUpperCase()}0123456789`, seed = length): string {
  let state = seed * 7919 + 17;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return alphabet[(state >>> 8) % alphabet.length];
  }).join('');
}
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = `${LOWER.toUpperCase()}0123456789`;
const HEX = '0123456789abcdef';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const password = `Tr0ub${'4dor'}-and-3`;
const lines = (text: string): string => text.replace(/.{64}/g, '$&\n');
const pem = (kind: string, headers = ''): string =>
  `-----BEGIN ${kind}-----\n${headers}${lines(made(400))}\n-----END ${kind}-----\n`;
/** How most languages write what they put in. */
const reference = (name: string): string => `$\{${name}}`;
const jwt = `eyJ${made(30)}.eyJ${made(60)}.${made(43)}`;

const rulesIn = (content: string, path = 'src/a.js'): string[] =>
  withoutRepeats(content, findSecretsIn(path, content, 0)).map(({ rule }) => rule);

describe('a token is known by its shape', () => {
  test.each([
    ['GoogleApiKey', `AIza${made(35)}`],
    ['GoogleOAuthClientSecret', `GOCSPX-${made(28)}`],
    ['StripeWebhookSecret', `whsec_${made(32)}`],
    ['AzureClientSecret', `${made(3)}8Q~${made(33)}`],
    ['PyPiToken', `pypi-AgE${made(120)}`],
    ['RubyGemsToken', `rubygems_${made(48, HEX)}`],
    ['NuGetApiKey', `oy2${made(43, `${LOWER}0123456789`)}`],
    ['GitLabToken', `glrt-${made(20)}`],
    ['SlackToken', `xoxe-${made(40)}`],
    ['DiscordBotToken', `M${made(25)}.${made(6)}.${made(30)}`],
    ['TelegramBotToken', `123498765:AA${made(33)}`],
    ['TwilioApiKey', `SK${made(32, HEX)}`],
    ['SendGridKey', `SG.${made(22)}.${made(43)}`],
    ['MailgunKey', `key-${made(32, HEX)}`],
    ['MailchimpKey', `${made(32, HEX)}-us12`],
    ['HuggingFaceToken', `hf_${made(34)}`],
    ['DigitalOceanToken', `dop_v1_${made(64, HEX)}`],
    ['TerraformCloudToken', `${made(14)}.atlasv1.${made(64)}`],
    ['DynatraceToken', `dt0c01.${made(24, UPPER)}.${made(64, UPPER)}`],
    ['NewRelicKey', `NRAK-${made(27, UPPER)}`],
    ['SentryToken', `sntryu_${made(64, HEX)}`],
    ['AtlassianToken', `ATATT3${made(180)}`],
    ['DopplerToken', `dp.pt.${made(43)}`],
    ['PulumiToken', `pul-${made(40, HEX)}`],
    ['SupabaseToken', `sbp_${made(40, HEX)}`],
    ['PlanetScaleToken', `pscale_tkn_${made(43)}`],
    ['PostmanKey', `PMAK-${made(24, HEX)}-${made(34, HEX)}`],
    ['SonarToken', `squ_${made(40, HEX)}`],
    ['ArtifactoryKey', `AKCp${made(69)}`],
    ['SquareToken', `sq0atp-${made(22)}`],
    ['BraintreeToken', `access_token$production$${made(16, `${LOWER}0123456789`)}$${made(32, HEX)}`],
    ['AlibabaAccessKey', `LTAI${made(20)}`],
    ['OpenRouterKey', `sk-or-v1-${made(64, HEX)}`],
    ['ReplicateToken', `r8_${made(37)}`],
    ['AgeSecretKey', `AGE-SECRET-KEY-1${made(58, UPPER)}`],
    ['DiscordWebhook', `https://discord.com/api/webhooks/${made(18, '123456789')}/${made(68)}`],
    [
      'TeamsWebhook',
      `https://acme.webhook.office.com/webhookb2/${made(36)}@${made(36)}/IncomingWebhook/${made(32)}/${made(36)}`,
    ],
    ['JsonWebToken', jwt],
  ])('%s', (rule, secret) => {
    expect(rulesIn(`send("${secret}")`)).toEqual([rule]);
    expect(rulesIn(`x=${secret}`, 'a.min.js')).toEqual([rule]);
    // cut short, stuck to other text, or written where one would go
    expect(rulesIn(`send("${secret.slice(0, secret.length / 3)}")`)).toEqual([]);
    expect(rulesIn(`send("z${secret}")`)).toEqual([]);
    expect(rulesIn(`send("${secret.slice(0, -8)}XXXXXXXX")`)).toEqual([]);
  });
});

describe('a private key is found in every shape', () => {
  test.each([
    ['PrivateKey', pem('PGP PRIVATE KEY BLOCK', 'Version: GnuPG v2\n\n')],
    ['PrivateKey', pem('EC PRIVATE KEY')],
    ['PrivateKey', JSON.stringify({ key: pem('PRIVATE KEY') })],
    ['PrivateKey', pem('PRIVATE KEY').replaceAll('\n', '\r\n    ')],
    ['EncryptedPrivateKey', pem('ENCRYPTED PRIVATE KEY')],
    ['EncryptedPrivateKey', pem('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,8F0A\n\n')],
    [
      'PuttyPrivateKey',
      `PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: a\nPublic-Lines: 2\n${lines(made(120))}\nPrivate-Lines: 6\n${lines(made(370))}\nPrivate-MAC: 00\n`,
    ],
  ])('%s', (rule, content) => {
    expect(rulesIn(content, 'key')).toEqual([rule]);
  });

  test.each([
    ['a public key', pem('PUBLIC KEY')],
    ['a certificate', pem('CERTIFICATE')],
    [
      'dots where the key would be',
      `-----BEGIN PRIVATE KEY-----\n${'.'.repeat(300)}\n-----END PRIVATE KEY-----`,
    ],
    ['the same letter', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(300)}\n-----END PRIVATE KEY-----`],
    ['its first line alone', 'if (text.startsWith("-----BEGIN PRIVATE KEY-----")) {}'],
  ])('but not %s', (_, content) => {
    expect(rulesIn(content, 'key')).toEqual([]);
  });
});

describe('credentials are found where connections are described', () => {
  test.each([
    ['UrlPassword', `redis://:${password}@cache.internal:6379/0`],
    ['UrlPassword', `amqps://shop:${password}@mq.internal/vhost`],
    ['UrlPassword', `postgresql+asyncpg://shop:${password}@db.internal/orders`],
    ['UrlPassword', `https://ci:${password}!x@git.internal/a.git`],
    ['ConnectionStringPassword', `"Server=db;Database=shop;User Id=sa;Password=${password};"`],
    ['AzureStorageKey', `AccountName=shop;AccountKey=${made(86)}==;EndpointSuffix=core.windows.net`],
    ['AzureSharedAccessKey', `SharedAccessKeyName=root;SharedAccessKey=${made(43)}=`],
    ['AzureSasSignature', `https://shop.blob.core.windows.net/a?sv=2022-11-02&sp=r&sig=${made(43)}%3D`],
    ['NetrcPassword', `machine git.internal\n  login ci\n  password ${password}\n`],
    ['DockerAuth', `{"auths": {"r.internal": {"auth": "${base64(`ci:${password}`)}"}}}`],
    ['BasicAuthorization', `headers: { Authorization: 'Basic ${base64(`ci:${password}`)}' }`],
    ['BearerAuthorization', `-H "Authorization: Bearer ${made(40)}"`],
    ['CommandLinePassword', `curl -s -u shop:${password} https://api.internal/`],
  ])('%s: %s', (rule, content) => {
    expect(rulesIn(content)).toEqual([rule]);
  });

  test.each([
    'redis://:$REDIS_PASSWORD@cache:6379',
    `redis://:${reference('REDIS_PASSWORD')}@cache:6379`,
    'postgres+x://user:password@localhost/db',
    'https://user:pass@example.com/',
    `mqtt://u:${password}@broker.example.com`,
    'http://proxy:8080@host',
    'ssh://git@github.com:22/x',
    `Server=db;Password=${reference('DB_PASSWORD')};`,
    '; password=changeme; server=x',
    'machine h login l password <password>',
    '"auth": "dXNlcjpwYXNzd29yZA=="',
    `Authorization: Bearer ${reference('token')}`,
    'Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE',
    'curl -u "$USER:$PASSWORD" https://x',
    'curl -u user:pass https://x',
  ])('but not what only shows how: %s', (content) => {
    expect(rulesIn(content)).toEqual([]);
  });
});

describe('a value without a shape is known by its name', () => {
  test.each([
    ['src/a.js', `const password = "${password}";`],
    ['src/a.py', `DB_PASSWORD = '${password}'`],
    ['src/A.java', `private static final String API_KEY = "${made(32)}";`],
    ['src/a.ts', `config.set('clientSecret', '${made(40)}')`],
    ['src/a.rb', `:secret_key_base => "${made(64, HEX)}"`],
    ['src/a.go', `token := "${made(24)}"`],
    ['conf/app.yml', `  password: ${password}`],
    ['.env.production', `export SESSION_SECRET=${made(32)}`],
    ['app.properties', `spring.datasource.password=${password}`],
  ])('%s: %s', (path, content) => {
    expect(rulesIn(content, path)).toEqual(['HardcodedSecret']);
  });

  test.each([
    ['a.js', 'const password = process.env.PASSWORD'],
    ['a.js', "const password = 'changeme1'"],
    ['a.js', `const password = "${reference('DB_PASSWORD')}9"`],
    ['a.js', 'const passwordField = "user_Password1!"'],
    ['a.js', 'tokenType: "Bearer2Token1234567"'],
    ['a.js', "password: 'errors.password.tooShort'"],
    ['a.js', "password: 'Password2Field'"],
    ['a.js', "secretName: 'prod-2024-shop-a1b2c3d4e5f6'"],
    ['a.js', "token: 'eslint-plugin-import-x-v2'"],
    ['a.js', `nextToken = "${made(32)}"`],
    ['a.js', `const TOKEN_QUERY_PARAM = "${made(32)}"`],
    ['a.js', 'if (password == "abc") {}'],
    ['a.js', `token = ${made(32)}`],
    ['a.yml', 'password: !vault abc1234$'],
    ['a.yml', 'tokenSecretRef: {{ .Values.secret1 }}'],
    ['.env', 'PASSWORD=$OTHER_PASSWORD1'],
    ['package-lock.json', `"token": "${made(32)}"`],
    ['dist/app.min.js', `password="${password}"`],
    ['a.js', `${'a'.repeat(3000)} password="${password}" ${'a'.repeat(3000)}`],
    ['a.js', '"password": "$2b$10$abcdefghijklmnopqrstuv"'],
    ['a.py', 'password = "xxxxxxxxxx1!"'],
  ])('but not in %s: %s', (path, content) => {
    expect(rulesIn(content, path)).toEqual([]);
  });
});

test('a secret that several rules see is one finding, by the surest of them', () => {
  expect(rulesIn(`token = "${jwt}"`)).toEqual(['JsonWebToken']);
  expect(rulesIn(`headers = { "Authorization": "Bearer ${jwt}" }`)).toEqual(['JsonWebToken']);
  expect(rulesIn(`const apiKey = "AIza${made(35)}"`)).toEqual(['GoogleApiKey']);
});

test('two secrets in a row are two findings', () => {
  expect(rulesIn(`a("AIza${made(35)}", "AIza${made(35, undefined, 3)}")`)).toHaveLength(2);
});

describe('together with the linter', () => {
  const { contextWith, removeContexts } = builtInContexts();
  test('what both see is told once, and nothing of it is shown', async () => {
    const secrets = [
      `ghp_${made(36)}`,
      made(40),
      `postgres://shop:${password}@db.internal/orders`,
      `npm_${made(36)}`,
      `AIza${made(35)}`,
    ];
    const [github, aws, url, npm, google] = secrets;
    const content = `githubToken = "${github}"\naws_secret_access_key = "${aws}"\nDATABASE_PASSWORD_URL = "${url}"\n//r/:_authToken=${npm}\nkey('${google}')\n`;
    const { drafts } = await scanSecrets(contextWith({ '.env': content }));
    removeContexts();
    expect(drafts.map(({ location, tool, kind }) => [location?.start_line, tool, kind])).toEqual(
      [1, 2, 3, 4, 5].map((line) => [line, 'secrets', 'secret']),
    );
    for (const secret of [...secrets, password]) expect(JSON.stringify(drafts)).not.toContain(secret);
  });
});

test('a guess of ours says how sure it is and weighs less than a certainty', () => {
  const content = `password = "${password}"\nkey = "AIza${made(35)}"`;
  const drafts = secretDrafts('a.js', content, findSecretsIn('a.js', content, 0));
  expect(drafts.map(({ title, severity, confidence }) => [title, severity, confidence])).toEqual([
    ['Hard-coded secret', 'medium', 'medium'],
    ['Google API key', 'high', 'high'],
  ]);
  expect(drafts[0]?.snippet).toBe(`password = "${'*'.repeat(password.length)}"`);
});

test('randomness is told from words', () => {
  expect(entropy('aaaa')).toBe(0);
  expect(entropy(made(64, HEX))).toBeGreaterThan(3.5);
  expect(
    [reference('X'), '<password>', '{{ x }}', 'changeme', 'your-token', 'xxxxxxxx'].every(isPlaceholder),
  ).toBe(true);
  expect(isPlaceholder(made(32))).toBe(false);
});
