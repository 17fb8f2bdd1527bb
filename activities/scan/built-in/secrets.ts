import { createRequire } from 'node:module';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import { CertusError } from '../../../contracts/errors.ts';
import type { FindingDraft } from '../../../domain/finding/draft.ts';
import { type SecretMatch, secretDrafts } from '../../../domain/finding/secret-findings.ts';
import { findSecretsIn, withoutRepeats } from '../../../domain/secrets/find-secrets.ts';
import { Skipped } from '../skipped.ts';
import type { BuiltInScanner } from './built-in-tool.ts';
import { sourceFiles } from './source-files.ts';

/** Searches every text file for secrets: with the linter's rules, and with ours for what those pass over. */
export const scanSecrets: BuiltInScanner = async (context) => {
  const skipped = new Skipped();
  const drafts: FindingDraft[] = [];
  for await (const { path, texts } of sourceFiles(context, skipped)) {
    for (const content of texts) {
      const matches = withoutRepeats(content, await search(path, content));
      requireCredible(drafts.length + matches.length);
      for (const draft of secretDrafts(path, content, matches)) drafts.push(draft);
    }
  }
  return { version: VERSION, drafts, notices: skipped.notices(), documents: [], data: null };
};

const { version: LINTER } = createRequire(import.meta.url)('@secretlint/core/package.json') as {
  version: string;
};

/** Our own rules count in it, too: with new ones there are other findings. */
const VERSION = `${LINTER}+rules.1`;

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
 * In windows, since the linter's own cost grows with the square of its matches. A secret that a window cuts off lies whole
 * in the next one.
 */
async function search(path: string, content: string): Promise<SecretMatch[]> {
  const found = new Map<string, SecretMatch>();
  for (let start = 0; start < content.length; start += WINDOW) {
    const window = content.slice(start, start + WINDOW + OVERLAP);
    for (const match of [...(await lint(path, window, start)), ...findSecretsIn(path, window, start)]) {
      const key = `${match.rule} ${match.start}`;
      if (match.end > (found.get(key)?.end ?? -1)) found.set(key, match);
    }
    requireCredible(found.size);
  }
  return [...found.values()];
}

const WINDOW = 256 * 1024;
/** Longer than any private key. */
const OVERLAP = 32 * 1024;

/** Beyond this it is no source code but an attempt to drown the worker: the tool fails, nothing is left out in silence. */
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
