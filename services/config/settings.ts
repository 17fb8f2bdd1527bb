import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { EntityType } from '../../contracts/privacy.ts';
import { ZONES } from '../../contracts/zones.ts';

const text = z.string().min(1);
const folder = text.transform((value) => resolve(value));
const optionalFile = folder.optional();
const port = z.coerce.number().int().min(1).max(65535);
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
const bytes = z.coerce.number().int().positive();
const hours = z.coerce
  .number()
  .positive()
  .max(24 * 365);
const url = (...protocols: string[]) =>
  text.refine(
    (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
    `a URL starting with ${protocols.join(' or ')}`,
  );
/** Shown as it is by `certus config`, and so without a password in it. */
const address = (...protocols: string[]) =>
  url(...protocols).refine(
    (value) => !URL.canParse(value) || `${new URL(value).username}${new URL(value).password}` === '',
    'a URL without credentials: they have settings of their own',
  );
/** A folder, or a server of one of the protocols. */
const place = (...protocols: string[]) =>
  z.union([text.refine((value) => isAbsolute(value)), address(...protocols)], {
    error: `an absolute path or a URL starting with ${protocols.join(' or ')}, without credentials`,
  });

type Field<T extends z.ZodType = z.ZodType> = {
  readonly schema: T;
  readonly meaning: string;
  readonly example: string;
  readonly secret?: boolean;
};
const field = <T extends z.ZodType>(
  schema: T,
  meaning: string,
  example: string,
  more: { secret?: boolean } = {},
): Field<T> => ({
  schema,
  meaning,
  example,
  ...more,
});

/** Every setting there is. The key is the environment variable's name, and also its name in the configuration file. */
export const FIELDS = {
  CERTUS_HOME: field(folder.default('.certus'), 'Where the embedded set keeps its state.', '/var/lib/certus'),
  CERTUS_LOG_LEVEL: field(
    z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    'How much is logged.',
    'warn',
  ),

  CERTUS_DATABASE_URL: field(
    url('postgres:', 'postgresql:').optional(),
    'PostgreSQL, 15 or later.',
    'postgresql://certus@db/certus',
    { secret: true },
  ),
  CERTUS_DATABASE_POOL: field(
    z.coerce.number().int().min(1).max(100).default(4),
    'Connections each process keeps at most.',
    '10',
  ),

  CERTUS_TEMPORAL_ADDRESS: field(
    text.default('127.0.0.1:7233'),
    'Temporal frontend, host:port.',
    'temporal:7233',
  ),
  CERTUS_TEMPORAL_NAMESPACE: field(text.default('default'), 'Temporal namespace.', 'certus'),
  CERTUS_TEMPORAL_API_KEY: field(text.optional(), 'API key of Temporal Cloud; switches TLS on.', 'ey…', {
    secret: true,
  }),

  CERTUS_API_HOST: field(text.default('127.0.0.1'), 'Address the API listens on.', '0.0.0.0'),
  CERTUS_API_PORT: field(port.default(8056), 'Port the API listens on.', '8080'),
  CERTUS_API_ALLOWED_HOSTS: field(
    list.default([]),
    'Host names clients may use besides the loopback names.',
    'certus.example.org',
  ),
  CERTUS_API_TOKEN_FILE: field(
    optionalFile,
    'File with the token every request must carry.',
    '/run/secrets/certus-token',
  ),

  CERTUS_API_TOKENS_FILE: field(
    optionalFile,
    'Further tokens, each with a name, a tenant and roles, as JSON; only their digests stand in it.',
    '/run/secrets/certus-tokens.json',
  ),

  CERTUS_AGENT_PORT: field(
    port.optional(),
    'Port on which the API listens for agents of other sites, with TLS on both sides; none are listened for when not set.',
    '8057',
  ),
  CERTUS_AGENT_HOST: field(text.default('127.0.0.1'), 'Address on which agents are listened for.', '0.0.0.0'),
  CERTUS_AGENT_TLS_CERT_FILE: field(
    optionalFile,
    'Certificate that the listener for agents shows, and its issuers after it.',
    '/etc/certus/agents.pem',
  ),
  CERTUS_AGENT_TLS_KEY_FILE: field(
    optionalFile,
    'Private key of that certificate. API only.',
    '/run/secrets/agents.key',
  ),
  CERTUS_AGENT_CLIENT_CA_FILE: field(
    optionalFile,
    'Certificates of who issues those of agents; the built-in authority when not set.',
    '/etc/certus/agent-authority.pem',
  ),

  CERTUS_ZONES: field(
    list.pipe(z.array(z.enum(ZONES)).min(1)).optional(),
    'The trust zones this worker serves.',
    'assurance',
  ),
  CERTUS_EVIDENCE_KEY_FILE: field(
    optionalFile,
    'Private key that signs evidence. Zone assurance only.',
    '/run/secrets/evidence.pem',
  ),
  CERTUS_PERMIT_KEY_FILE: field(
    optionalFile,
    'Private key that signs permits. Zone trust only.',
    '/run/secrets/permit.pem',
  ),
  CERTUS_PROMOTION_KEY_FILE: field(
    optionalFile,
    'Private key that signs promotions. Zone transform only.',
    '/run/secrets/promotion.pem',
  ),
  CERTUS_KEY_SET_FILE: field(
    optionalFile,
    'The public keys that are trusted, and for what.',
    '/etc/certus/keys.json',
  ),
  CERTUS_LOG_KEY_FILE: field(
    optionalFile,
    'Private Ed25519 key that signs checkpoints of the transparency log. Zone trust only.',
    '/run/secrets/log.pem',
  ),
  CERTUS_LOG_ORIGIN: field(
    text.regex(/^[a-z0-9.-]+(\/[a-zA-Z0-9._-]+)*$/, 'a host name and a path').default('certus.local/log'),
    'The name of the transparency log, first line of its checkpoints. It cannot be changed later.',
    'log.example.org/certus',
  ),
  CERTUS_OPERATOR_KEY_FILE: field(
    optionalFile,
    'Private key that signs the orders of administrators to Trust. API only.',
    '/run/secrets/operator.pem',
  ),
  CERTUS_KEY_ENCRYPTION: field(
    text
      .refine(
        (value) => isAbsolute(value) || /^(vault|awskms):.+/.test(value),
        'an absolute path, vault:MOUNT/KEY or awskms:KEY',
      )
      .optional(),
    'What the private keys of tenants are sealed with: a file (public half for the API, private for the zone that signs), a Vault transit key or an AWS KMS key.',
    'vault:transit/certus',
  ),
  CERTUS_VAULT_ADDRESS: field(
    address('http:', 'https:').optional(),
    'HashiCorp Vault.',
    'https://vault:8200',
  ),
  CERTUS_VAULT_TOKEN_FILE: field(
    optionalFile,
    'File with the token for Vault; of the API one that may only encrypt.',
    '/run/secrets/vault-token',
  ),
  CERTUS_KMS_ENDPOINT: field(
    address('http:', 'https:').optional(),
    'Where AWS KMS is asked; its own address when not set.',
    'https://kms.eu-central-1.amazonaws.com',
  ),
  CERTUS_SIGNING_ENVIRONMENT: field(
    z.enum(['sandbox', 'production']).default('production'),
    'With keys of which environment evidence is signed.',
    'sandbox',
  ),
  CERTUS_AUTHORITY_KEY_FILE: field(
    optionalFile,
    'Private key of the built-in authority that issues certificates. Zone trust only.',
    '/run/secrets/authority.pem',
  ),
  CERTUS_AUTHORITY_CHAIN_FILE: field(
    optionalFile,
    'Certificates of the built-in authority: the issuing one, then its root.',
    '/etc/certus/authority.pem',
  ),
  CERTUS_AUTHORITY_URL: field(
    address('http:', 'https:').optional(),
    'An external gateway that issues production certificates by the compliance/production CSID protocol, instead of the built-in authority.',
    'https://gateway.example.org/csid',
  ),
  CERTUS_FULCIO_URL: field(
    address('http:', 'https:').optional(),
    'Fulcio, for keyless signing.',
    'https://fulcio.internal',
  ),
  CERTUS_REKOR_URL: field(
    address('http:', 'https:').optional(),
    'Rekor, as a second log for permits and signatures.',
    'https://rekor.internal',
  ),
  CERTUS_TSA_URL: field(
    address('http:', 'https:').optional(),
    'A timestamp authority (RFC 3161) for what is signed on request.',
    'https://tsa.internal/api/v1/timestamp',
  ),
  CERTUS_TRUSTED_ROOT_FILE: field(
    optionalFile,
    'Sigstore trusted root that certificates, log entries and timestamps are held against; none are believed when not set.',
    '/etc/certus/trusted_root.json',
  ),
  CERTUS_KEYS_BUCKET: field(text.default('keys'), 'Bucket of sealed private keys.', 'certus-keys'),
  CERTUS_QUARANTINE_BUCKET: field(
    text.default('quarantine'),
    'Bucket of what was taken out of golden.',
    'certus-quarantine',
  ),
  CERTUS_ARCHIVE_BUCKET: field(
    text.default('archive'),
    'Bucket of golden copies that are kept aside.',
    'certus-archive',
  ),
  CERTUS_GOLDEN_LOCK: field(
    z.enum(['none', 'governance', 'compliance']).default('none'),
    'Whether the store itself keeps golden objects from being changed, for as long as retention says; S3 needs a bucket with object lock.',
    'governance',
  ),
  CERTUS_AUDIT_SAMPLE: field(
    z.coerce.number().gt(0).max(1).default(1),
    'Which part of golden the daily audit looks at: what was looked at the longest ago.',
    '0.1',
  ),
  CERTUS_UPLOAD_MAX_BYTES: field(
    bytes.default(16 * 1024 ** 3),
    'A document larger than this is refused.',
    '5368709120',
  ),
  CERTUS_UPLOAD_HOURS: field(hours.default(24), 'How long an upload in pieces may take.', '72'),
  CERTUS_PRIVACY_THREADS: field(
    z.coerce.number().int().min(1).max(16).default(1),
    'Threads of a transform worker that look into files.',
    '4',
  ),
  CERTUS_PRIVACY_OCR: field(
    z.stringbool().default(false),
    'Whether pictures are read with tesseract, where it is installed; without it they count as not looked into.',
    'true',
  ),
  CERTUS_PRIVACY_NER_KINDS: field(
    list.pipe(z.array(EntityType).min(1).max(20)).default(['PERSON']),
    'What the model of CERTUS_NER_URL is asked for in documents that are to go to golden: what it finds is held back as the policy says.',
    'PERSON,NRP',
  ),
  CERTUS_PRIVACY_MAX_BYTES: field(
    bytes.default(256 * 1024 * 1024),
    'Text that one file may give before the rest of it counts as not looked into.',
    '1073741824',
  ),
  CERTUS_SANITIZE_KEY_FILE: field(
    optionalFile,
    'What pseudonyms and hashes of every tenant are made with; `certus sanitize --new-key` makes one. API only.',
    '/run/secrets/sanitize.key',
  ),
  CERTUS_SANITIZE_THREADS: field(
    z.coerce.number().int().min(1).max(16).default(1),
    'Threads of the API that sanitize texts.',
    '2',
  ),
  CERTUS_NER_URL: field(
    address('http:', 'https:').optional(),
    'A Presidio analyzer, or another model that speaks as it does, which is asked for names; none when not set.',
    'http://presidio-analyzer:3000',
  ),
  CERTUS_NER_KINDS: field(
    list.pipe(z.array(EntityType).min(1)).default(['PERSON', 'LOCATION', 'ORGANIZATION', 'NRP']),
    'What the model is asked for.',
    'PERSON,LOCATION',
  ),
  CERTUS_NER_LANGUAGES: field(
    list
      .pipe(
        z
          .array(z.string().regex(/^[a-z]{2}$/, 'a language is two small letters'))
          .min(1)
          .max(15),
      )
      .default(['en']),
    'What the model reads. Of what is ingested, a text in none of them is read as one in the first.',
    'en,de',
  ),
  CERTUS_NER_MODEL: field(
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}$/, 'a name of up to 40 letters, digits and . _ : / -')
      .optional(),
    'What the model is called where it is told what looked; with another name what is indexed is read again.',
    'en_core_web_lg-3.8.0',
  ),
  CERTUS_INDEX_KEY_FILE: field(
    optionalFile,
    'What names in the index are made with, where a privacy policy asks for them; `certus sanitize --new-key` makes one, and another than that of the API. Zone ingest only.',
    '/run/secrets/index.key',
  ),
  CERTUS_INGEST_THREADS: field(
    z.coerce.number().int().min(1).max(16).default(1),
    'Threads of an ingest worker that read items.',
    '4',
  ),
  CERTUS_INGEST_MAX_BYTES: field(
    bytes.default(128 * 1024 * 1024),
    'The largest item that is indexed, and the most text that one may give.',
    '536870912',
  ),
  CERTUS_PERMIT_HOURS: field(hours.default(24), 'How long a permit may be used.', '4'),
  CERTUS_EVIDENCE_MAX_AGE_HOURS: field(hours.default(72), 'Evidence older than this gets no permit.', '24'),

  CERTUS_WORK_DIR: field(
    optionalFile,
    'Where sources are checked out for as long as a run needs them.',
    '/scratch/certus',
  ),
  CERTUS_WORKFLOW_BUNDLES: field(
    optionalFile,
    'Folder of the prepared workflow bundles.',
    '/app/build/workflows',
  ),
  CERTUS_SOURCE_ROOTS: field(
    list.default([]),
    'Folders below which local sources may be scanned; none by default.',
    '/srv/repositories',
  ),
  CERTUS_GIT_ALLOWED_HOSTS: field(
    list.default([]),
    'Git hosts that may be reached although their address is private.',
    'git.internal',
  ),
  CERTUS_SOURCE_MAX_FILE_BYTES: field(
    bytes.default(5 * 1024 * 1024),
    'Larger files are recorded as skipped.',
    '10485760',
  ),
  CERTUS_SOURCE_MAX_BYTES: field(
    bytes.default(2 * 1024 ** 3),
    'A checkout larger than this is refused.',
    '4294967296',
  ),
  CERTUS_SOURCE_MAX_FILES: field(
    bytes.default(200_000),
    'A checkout with more files than this is refused.',
    '500000',
  ),

  CERTUS_SOURCE_BUCKETS: field(
    list.default([]),
    'S3 buckets below which sources and manifests may be read; none by default.',
    'team-sources,team-manifests',
  ),
  CERTUS_SOURCE_REGISTRIES: field(
    list.default([]),
    'OCI registries that images and manifests may be read from; none by default.',
    'registry.example.org',
  ),
  CERTUS_GIT_CREDENTIALS_FILE: field(
    optionalFile,
    'Credentials for git hosts, a line each: https://user:token@host. Zone assurance only.',
    '/run/secrets/git-credentials',
  ),
  CERTUS_INGEST_GIT_CREDENTIALS_FILE: field(
    optionalFile,
    'The same for what is read to be searched: tokens that may read, and no more. Zone ingest only.',
    '/run/secrets/ingest-git-credentials',
  ),
  CERTUS_WEB_ALLOWED_HOSTS: field(
    list.default([]),
    'Web hosts whose pages may be read although their address is private.',
    'wiki.internal',
  ),
  CERTUS_WEB_PAUSE_MS: field(
    z.coerce.number().int().min(0).max(60_000).default(500),
    'The least time between two requests to one web host; its robots.txt may ask for more.',
    '2000',
  ),
  CERTUS_WEB_BROWSER: field(
    optionalFile,
    'Chromium, to read pages as their scripts leave them; sources that ask for it are refused when not set.',
    '/usr/bin/chromium',
  ),
  CERTUS_ARCHIVE_MAX_BYTES: field(
    bytes.default(2 * 1024 ** 3),
    'An uploaded archive larger than this is refused.',
    '4294967296',
  ),
  CERTUS_MANIFEST_KEY_FILE: field(
    optionalFile,
    'Public keys (PEM) that manifests read from a URI must be signed with.',
    '/etc/certus/manifest-keys.pem',
  ),
  CERTUS_MANIFEST_ALLOWED_HOSTS: field(
    list.default([]),
    'Hosts that manifests may be read from although their address is private.',
    'manifests.internal',
  ),
  CERTUS_NOTIFY_SECRET_FILE: field(
    optionalFile,
    'Secret that webhooks are signed with, so that who receives one knows it is ours. Zone transform only.',
    '/run/secrets/notify-secret',
  ),
  CERTUS_NOTIFY_ALLOWED_HOSTS: field(
    list.default([]),
    'Hosts that may be notified although their address is private, also over http://.',
    'chat.internal',
  ),
  CERTUS_SMTP_URL: field(
    url('smtp:', 'smtps:').optional(),
    'Mail server for notifications; none are mailed when not set. Zone transform only.',
    'smtps://certus:…@mail.example.org',
    { secret: true },
  ),
  CERTUS_MAIL_FROM: field(
    z.email('an e-mail address').optional(),
    'Whom mail about scans comes from; none is sent when not set.',
    'certus@example.org',
  ),
  CERTUS_ADVISORIES: field(
    place('http:', 'https:').optional(),
    'Known vulnerabilities: a folder that `certus advisories` filled, or the address of an OSV service.',
    'https://api.osv.dev',
  ),
  CERTUS_TOOL_PATH: field(
    text.optional(),
    'Folders, as in PATH, in which installed scanners are looked for; PATH itself when not set.',
    '/opt/scanners/bin:/usr/bin',
  ),
  CERTUS_TOOLS_NEED_ISOLATION: field(
    z.stringbool().default(false),
    'Whether scanners of others stay unused where bubblewrap cannot keep the files of the worker, its key among them, from them.',
    'true',
  ),
  CERTUS_DAST_ALLOWED_HOSTS: field(
    list.default([]),
    'Hosts that a manifest may name as a running target, as host or host:port; none by default.',
    'staging.example.org',
  ),
  CERTUS_TOOLS_SIDE_BY_SIDE: field(
    z.coerce.number().int().min(1).max(64).default(2),
    'Tools that one worker runs at the same time.',
    '4',
  ),

  CERTUS_OBJECTS: field(
    place('s3:').optional(),
    'Object storage: a folder, or s3: with the settings below.',
    's3://',
  ),
  CERTUS_UPLOADS_BUCKET: field(
    text.default('uploads'),
    'Bucket of archives and reports that were uploaded and not looked at yet.',
    'certus-uploads',
  ),
  CERTUS_RAW_BUCKET: field(
    text.default('raw'),
    'Bucket of evidence that has not been permitted yet.',
    'certus-raw',
  ),
  CERTUS_GOLDEN_BUCKET: field(text.default('golden'), 'Bucket of permitted evidence.', 'certus-golden'),
  CERTUS_S3_ENDPOINT: field(
    address('http:', 'https:').optional(),
    'S3 endpoint; AWS when not set.',
    'http://s3:7070',
  ),
  CERTUS_S3_REGION: field(text.default('us-east-1'), 'S3 region.', 'eu-central-1'),
  CERTUS_S3_ACCESS_KEY_ID: field(text.optional(), 'S3 access key.', 'AKIA…'),
  CERTUS_S3_SECRET_ACCESS_KEY: field(text.optional(), 'S3 secret key.', '…', { secret: true }),

  CERTUS_OPENSEARCH_URL: field(
    address('http:', 'https:').optional(),
    'OpenSearch; Postgres is searched when not set.',
    'https://opensearch:9200',
  ),
  CERTUS_OPENSEARCH_USERNAME: field(text.optional(), 'OpenSearch user.', 'certus'),
  CERTUS_OPENSEARCH_PASSWORD: field(text.optional(), 'OpenSearch password.', '…', { secret: true }),

  CERTUS_EMBEDDINGS: field(
    z.enum(['off', 'onnx', 'ollama', 'openai']).default('off'),
    'What makes vectors of texts, so that search finds what means the same: a model in the process, Ollama, or any server with the embeddings API of OpenAI.',
    'ollama',
  ),
  CERTUS_EMBEDDINGS_URL: field(
    address('http:', 'https:').optional(),
    'Where the embedding server is; of an OpenAI API with its version.',
    'http://ollama:11434',
  ),
  CERTUS_EMBEDDINGS_MODEL: field(
    text.optional(),
    'The model that embeds texts; of onnx the folder with model.onnx and tokenizer.json.',
    'all-minilm',
  ),
  CERTUS_EMBEDDINGS_RUNTIME: field(
    optionalFile,
    'Folder that ONNX Runtime is installed in: it does not come with Certus, and without it you are told the command.',
    '/opt/onnxruntime',
  ),
  CERTUS_EMBEDDINGS_DIMENSION: field(
    z.coerce.number().int().min(1).max(4096).default(384),
    'How many values its vectors have. Another number takes `certus index reindex`, and ingesting again.',
    '768',
  ),
  CERTUS_EMBEDDINGS_KEY_FILE: field(
    optionalFile,
    'File with the key for the embedding server. API and zone ingest only.',
    '/run/secrets/embeddings-key',
  ),

  CERTUS_REGISTRY_URL: field(
    place('http:', 'https:').optional(),
    'OCI registry, or a folder for OCI image layouts.',
    'https://registry.example.org',
  ),
  CERTUS_REGISTRY_NAMESPACE: field(
    text.default('certus'),
    'First part of every repository name.',
    'security/certus',
  ),
  CERTUS_REGISTRY_USERNAME: field(text.optional(), 'Registry user.', 'certus'),
  CERTUS_REGISTRY_PASSWORD: field(text.optional(), 'Registry password.', '…', { secret: true }),
} as const satisfies Record<string, Field>;

export type SettingName = keyof typeof FIELDS;
export type Settings = { readonly [K in SettingName]: z.infer<(typeof FIELDS)[K]['schema']> };
