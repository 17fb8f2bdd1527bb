import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import { CertusError } from '../../contracts/errors.ts';
import type { Finding } from '../../contracts/finding.ts';
import { readings } from '../../domain/finding/readings.ts';
import { type SecretMatch, toFindings } from '../../domain/finding/secret-findings.ts';
import { listFiles } from './content-hash.ts';

export type SecretsResult = {
  readonly version: string;
  readonly findings: readonly Finding[];
  readonly binaryFiles: readonly string[];
};

/** Searches every text file for secrets, in process. `onProgress` is called often enough to heartbeat from. */
export async function findSecrets(
  tree: string,
  onProgress: () => void,
  signal?: AbortSignal,
): Promise<SecretsResult> {
  const findings: Finding[] = [];
  const binaryFiles: string[] = [];
  for (const path of await listFiles(tree)) {
    signal?.throwIfAborted();
    const texts = readings(await readFile(join(tree, path)));
    if (texts.length === 0) binaryFiles.push(path);
    for (const content of texts) {
      const matches = await search(path, content, onProgress, signal);
      requireCredible(findings.length + matches.length);
      for (const finding of toFindings(path, content, matches)) findings.push(finding);
    }
    onProgress();
  }
  return { version: VERSION, findings, binaryFiles };
}

const { version: VERSION } = createRequire(import.meta.url)('@secretlint/core/package.json') as {
  version: string;
};

/**
 * The linter's own rules but the one for comments: hostile code could hide a secret with one. The preset takes no notice of
 * `disabled`, so that rule is kept from being registered at all.
 */
const everyRule: typeof recommended = {
  ...recommended,
  create: (context, options) =>
    recommended.create(
      {
        ...context,
        registerRule: (rule, defaults) => {
          if (rule.meta.id !== '@secretlint/secretlint-rule-filter-comments')
            context.registerRule(rule, defaults);
        },
      },
      options,
    ),
};

const RULES = [
  {
    id: '@secretlint/secretlint-rule-preset-recommend',
    rule: everyRule,
    rules: [{ id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } }],
  },
];

/**
 * In windows, since the linter's own cost grows with the square of its matches and it never waits for anything: between
 * windows heartbeat and cancellation get their turn. A secret that a window cuts off lies whole in the next one.
 */
async function search(
  path: string,
  content: string,
  onProgress: () => void,
  signal: AbortSignal | undefined,
): Promise<SecretMatch[]> {
  const found = new Map<string, SecretMatch>();
  for (let start = 0; start < content.length; start += WINDOW) {
    for (const match of await lint(path, content.slice(start, start + WINDOW + OVERLAP), start)) {
      const key = `${match.rule} ${match.start}`;
      if (match.end > (found.get(key)?.end ?? -1)) found.set(key, match);
    }
    requireCredible(found.size);
    onProgress();
    await setImmediate();
    signal?.throwIfAborted();
  }
  return [...found.values()];
}

const WINDOW = 256 * 1024;
/** Longer than any private key. */
const OVERLAP = 32 * 1024;

/** Beyond this it is no source code but an attempt to drown the worker: the run fails, nothing is left out in silence. */
const MAX_FINDINGS = 50_000;

function requireCredible(count: number): void {
  if (count > MAX_FINDINGS)
    throw new CertusError('source_too_large', `the source holds more than ${MAX_FINDINGS} secrets`);
}

async function lint(path: string, content: string, offset: number): Promise<SecretMatch[]> {
  const { messages } = await lintSource({
    source: { filePath: path, content, contentType: 'text' },
    options: { maskSecrets: false, noPhysicFilePath: false, config: { rules: RULES } },
  });
  return messages.map(({ messageId, ruleId, message, range, data }) => ({
    rule: messageId,
    family: ruleId,
    message,
    start: offset + range[0],
    end: offset + range[1],
    values: secretValues(data),
  }));
}

/** The matched secrets themselves; they stay in memory and are used only to mask them. */
function secretValues(data: unknown): string[] {
  if (data === null || typeof data !== 'object') return [];
  return Object.values(data).filter(
    (value): value is string => typeof value === 'string' && value.length > 0,
  );
}
