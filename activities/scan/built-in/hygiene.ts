import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DRAFT_DEFAULTS, type FindingDraft } from '../../../domain/finding/draft.ts';
import { checkBinary, MAGIC_BYTES } from '../../../domain/hygiene/check-binary.ts';
import { checkDockerfile, isDockerfile } from '../../../domain/hygiene/check-dockerfile.ts';
import {
  checkEnvironmentFile,
  checkFileName,
  isEnvironmentFile,
} from '../../../domain/hygiene/check-file-names.ts';
import { checkLockfile, isLockfile } from '../../../domain/hygiene/check-lockfile.ts';
import { checkPackageJson, isPackageJson } from '../../../domain/hygiene/check-package-json.ts';
import { checkPackageSource, isPackageSource } from '../../../domain/hygiene/check-package-sources.ts';
import { checkLocked, checkRepository, LOCKED } from '../../../domain/hygiene/check-repository.ts';
import { checkPipeline, checkScript, isPipeline, isScript } from '../../../domain/hygiene/check-scripts.ts';
import { checkWorkflow, isWorkflow } from '../../../domain/hygiene/check-workflow.ts';
import type { Issue, TextFile } from '../../../domain/hygiene/issue.ts';
import { HYGIENE_RULES } from '../../../domain/hygiene/rules.ts';
import { maskSecrets } from '../../../domain/secrets/mask-secrets.ts';
import { oneLine } from '../../../domain/text/one-line.ts';
import { TextLines } from '../../../domain/text/text-lines.ts';
import { Skipped } from '../skipped.ts';
import type { BuiltInContext, BuiltInScanner } from './built-in-tool.ts';
import { Drafts } from './drafts.ts';
import { excludes, sourceFiles } from './source-files.ts';

/** Looks at how the repository is kept: its pipelines, images, lockfiles, and what should not lie in it. */
export const scanHygiene: BuiltInScanner = async (context) => {
  const skipped = new Skipped();
  const drafts = new Drafts();
  const files = new Set(context.files);
  for (const issue of checkRepository(context.files)) drafts.add(() => toDraft(issue));
  for (const issue of await programs(context)) drafts.add(() => toDraft(issue));
  for await (const { path, bytes, texts } of sourceFiles(context, skipped, isLookedAt)) {
    const [text] = texts;
    if (text === undefined) continue;
    if (bytes.length > MAX_BYTES && !isLockfile(path)) {
      skipped.add('file_too_large', path);
      continue;
    }
    const lines = new TextLines(text);
    for (const issue of check({ path, text }, files, skipped)) drafts.add(() => toDraft(issue, lines));
  }
  return drafts.result(VERSION, skipped);
};

const VERSION = '1';

/** Far more than a person writes into a pipeline or a manifest. */
const MAX_BYTES = 1024 * 1024;

const CHECKS: readonly (readonly [(path: string) => boolean, (file: TextFile) => Issue[]])[] = [
  [isWorkflow, checkWorkflow],
  [isDockerfile, checkDockerfile],
  [isPipeline, checkPipeline],
  [isScript, checkScript],
  [isPackageJson, checkPackageJson],
  [isLockfile, checkLockfile],
  [isPackageSource, checkPackageSource],
  [isEnvironmentFile, checkEnvironmentFile],
];

const isLookedAt = (path: string): boolean =>
  CHECKS.some(([isIts]) => isIts(path)) || LOCKED.some(({ manifest }) => manifest.test(path));

function check(file: TextFile, files: ReadonlySet<string>, skipped: Skipped): Issue[] {
  const issues = checkLocked(file.path, file.text, files);
  for (const [isIts, examine] of CHECKS) {
    if (!isIts(file.path)) continue;
    try {
      for (const issue of examine(file)) issues.push(issue);
    } catch (error) {
      // what its parser refuses, or overflows its stack, is no workflow or manifest that would run
      if (!(error instanceof SyntaxError || error instanceof RangeError || error instanceof ReferenceError))
        throw error;
      skipped.add('not_parsed', file.path);
    }
  }
  return issues;
}

async function programs({ tree, files, config }: BuiltInContext): Promise<Issue[]> {
  const isExcluded = excludes(config.exclude ?? []);
  const issues: Issue[] = [];
  for (const path of files) {
    if (isExcluded(path)) continue;
    issues.push(...checkFileName(path), ...checkBinary(path, await head(join(tree, path))));
  }
  return issues;
}

async function head(file: string): Promise<Buffer> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    // the scanners that read all of it say so
    if (error.code === 'EACCES' || error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function toDraft({ rule, severity, message, path, line }: Issue, lines?: TextLines): FindingDraft {
  const { title, fix, identifiers } = HYGIENE_RULES[rule];
  return {
    ...DRAFT_DEFAULTS,
    kind: 'hygiene',
    tool: 'hygiene',
    rule: `hygiene/${rule}`,
    title,
    severity,
    confidence: 'high',
    message: oneLine(maskSecrets(message), 500),
    location:
      path === null ? null : { path, start_line: line, start_column: null, end_line: line, end_column: null },
    snippet: line === null || lines === undefined ? null : maskSecrets(lines.line(line)),
    identifiers: [...identifiers],
    fix,
  };
}
