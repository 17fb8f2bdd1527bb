import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import type { Finding } from '../../contracts/finding.ts';
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
    const bytes = await readFile(join(tree, path));
    if (isBinary(bytes)) binaryFiles.push(path);
    else findings.push(...toFindings(path, bytes.toString('utf8'), await lint(path, bytes.toString('utf8'))));
    onProgress();
    await setImmediate(); // the linter never waits for anything: without this, neither heartbeat nor cancellation gets a turn
  }
  return { version: VERSION, findings, binaryFiles };
}

const { version: VERSION } = createRequire(import.meta.url)('@secretlint/core/package.json') as {
  version: string;
};

const RULES = [
  {
    id: '@secretlint/secretlint-rule-preset-recommend',
    rule: recommended,
    rules: [
      { id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } },
      // a comment in hostile code must not be able to hide a secret
      { id: '@secretlint/secretlint-rule-filter-comments', disabled: true },
    ],
  },
];

async function lint(path: string, content: string): Promise<SecretMatch[]> {
  const { messages } = await lintSource({
    source: { filePath: path, content, contentType: 'text' },
    options: { maskSecrets: false, noPhysicFilePath: false, config: { rules: RULES } },
  });
  return messages.map(({ messageId, ruleId, message, range, data }) => ({
    rule: messageId,
    family: ruleId,
    message,
    start: range[0],
    end: range[1],
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

/** As git decides it: a NUL byte among the first eight thousand. */
const isBinary = (bytes: Buffer): boolean => bytes.subarray(0, 8000).includes(0);
