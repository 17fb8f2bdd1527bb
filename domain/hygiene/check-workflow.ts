import type { Severity } from '../../contracts/finding.ts';
import { imageIssue } from './images.ts';
import type { Issue, TextFile } from './issue.ts';
import type { HygieneRule } from './rules.ts';
import { shellIssues } from './shell.ts';
import { type Job, readWorkflow, type Step, type Value, type Workflow } from './workflow.ts';

export const isWorkflow = (path: string): boolean =>
  /^\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/.test(path);

/** What a workflow of GitHub's lets strangers do. */
export function checkWorkflow({ path, text }: TextFile): Issue[] {
  const workflow = readWorkflow(text);
  const at = (offset: number) => ({ path, line: workflow.lineAt(offset) });
  const found: Found[] = [
    ...permissionIssues(workflow, path),
    ...workflow.jobs.flatMap((job) => [
      ...jobIssues(workflow, job),
      ...job.steps.flatMap((step) => stepIssues(workflow, step)),
    ]),
  ];
  const issues = found.map(({ offset, ...issue }) => ({ ...issue, ...at(offset) }));
  const images = workflow.jobs.flatMap(({ images }) =>
    images.flatMap(({ text: image, offset }) => imageIssue(image, path, workflow.lineAt(offset))),
  );
  const scripts = workflow.jobs.flatMap(({ steps }) =>
    steps.flatMap(({ run }) =>
      run === null ? [] : shellIssues(run.source, path, workflow.lineAt(run.offset)),
    ),
  );
  return [...issues, ...images, ...scripts];
}

type Found = {
  readonly rule: HygieneRule;
  readonly severity: Severity;
  readonly message: string;
  readonly offset: number;
};

/** Triggers that strangers can set off, and that run with the repository's own secrets. */
const PRIVILEGED = ['pull_request_target', 'workflow_run', 'issue_comment'];
const isPrivileged = ({ triggers }: Workflow): boolean => PRIVILEGED.some((name) => triggers.has(name));

function permissionIssues(workflow: Workflow, path: string): Found[] {
  const given = [workflow.permissions, ...workflow.jobs.map(({ permissions }) => permissions)];
  const all = given
    .filter((value) => value?.text === 'write-all')
    .map(
      (value): Found => ({
        rule: 'write-all-permissions',
        severity: 'medium',
        message: 'Every job here holds a token that may write everything in the repository',
        offset: value?.offset ?? 0,
      }),
    );
  const isCalled = /(?:^|\/)action\.ya?ml$/.test(path);
  const open = workflow.permissions === null && workflow.jobs.some(({ permissions }) => permissions === null);
  if (!open || isCalled) return all;
  return [
    ...all,
    {
      rule: 'missing-permissions',
      severity: 'low',
      message: 'The token has whatever the repository gives by default, which may be everything',
      offset: 0,
    },
  ];
}

function jobIssues(workflow: Workflow, job: Job): Found[] {
  const issues: Found[] = [];
  if (job.uses !== null) issues.push(...unpinned(job.uses));
  if (job.secrets?.text === 'inherit' && job.uses?.text.startsWith('./') === false)
    issues.push({
      rule: 'secret-in-log',
      severity: 'low',
      message: 'Every secret is handed to a workflow of another repository',
      offset: job.secrets.offset,
    });
  const isPublic = workflow.triggers.has('pull_request') || workflow.triggers.has('pull_request_target');
  if (isPublic && job.runsOn.includes('self-hosted'))
    issues.push({
      rule: 'self-hosted-runner',
      severity: 'medium',
      message: 'What a stranger proposes runs on a machine that is used again',
      offset: job.offset,
    });
  return issues;
}

function stepIssues(workflow: Workflow, step: Step): Found[] {
  const scripts = [
    step.run,
    /^actions\/github-script@/.test(step.uses?.text ?? '') ? step.with.get('script') : null,
  ];
  return [
    ...(step.uses === null ? [] : unpinned(step.uses)),
    ...untrustedCheckout(workflow, step),
    ...untrustedArtifact(workflow, step),
    ...scripts.flatMap((script) => (script ? [...injections(script), ...printed(script)] : [])),
  ];
}

function unpinned({ text, offset }: Value): Found[] {
  if (text.startsWith('./') || text.startsWith('../') || text.startsWith('docker://')) return [];
  const [name = '', reference = ''] = text.split('@');
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(reference)) return [];
  const isOfficial = /^(?:actions|github)\//.test(name);
  const isMoving = !/^v?\d/.test(reference);
  const severity = isOfficial ? (isMoving ? 'low' : 'info') : isMoving ? 'medium' : 'low';
  const message = `${text.slice(0, 300)} is not named by a commit${isMoving ? ' and moves with every one' : ''}`;
  return [{ rule: 'unpinned-action', severity, message, offset }];
}

/** The head of a pull request, by any of the names a workflow has for it. */
const HEAD =
  /github\.event\.pull_request\.head\.|github\.head_ref|refs\/pull\/|github\.event\.workflow_run\.head_|github\.event\.(?:number|pull_request\.(?:number|merge_commit_sha))/;

function untrustedCheckout(workflow: Workflow, { uses, run, with: given }: Step): Found[] {
  if (!isPrivileged(workflow)) return [];
  const checkout = /^actions\/checkout(?:@|$)/.test(uses?.text ?? '')
    ? (given.get('ref') ?? given.get('repository'))
    : undefined;
  const byHand =
    run !== null &&
    /\bgit\s{1,4}(?:checkout|fetch|pull|clone)\b|\bgh\s{1,4}pr\s{1,4}checkout\b/.test(run.text)
      ? run
      : undefined;
  return [checkout, byHand].flatMap((value) =>
    value && (HEAD.test(value.text) || /\bgh\s{1,4}pr\s{1,4}checkout\b/.test(value.text))
      ? [
          {
            rule: 'untrusted-checkout' as const,
            severity: 'high' as const,
            message:
              'A workflow that holds the secrets of the repository takes in code that anybody may propose',
            offset: value.offset,
          },
        ]
      : [],
  );
}

function untrustedArtifact(workflow: Workflow, { uses }: Step): Found[] {
  if (!workflow.triggers.has('workflow_run') || !/download-artifact(?:@|$)/.test(uses?.text ?? '')) return [];
  return [
    {
      rule: 'untrusted-artifact',
      severity: 'medium',
      message: 'Anybody who opens a pull request may have made what is downloaded here',
      offset: uses?.offset ?? 0,
    },
  ];
}

/** What whoever opens an issue, a pull request or a branch may write into at will. */
const ATTACKER_CONTROLLED =
  /\bgithub\.(?:head_ref|event\.(?:issue|pull_request|discussion)\.(?:title|body)|event\.(?:comment|review|review_comment)\.body|event\.pull_request\.head\.(?:ref|label|repo\.default_branch)|event\.pages\.[^}]{0,40}page_name|event\.(?:head_commit|commits[^}]{0,20})\.(?:message|author\.(?:email|name))|event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:email|name))|head_repository\.description|pull_requests[^}]{0,40}\.ref)|event\.release\.(?:name|body))/;
const GIVEN_BY_CALLER = /\b(?:github\.event\.)?inputs\.[\w-]/;

function injections(script: Value): Found[] {
  return [...script.source.matchAll(/\$\{\{(?<expression>[^{}]{1,400})\}\}/g)].flatMap((match): Found[] => {
    const expression = match.groups?.expression ?? '';
    const offset = script.offset + match.index;
    const field = ATTACKER_CONTROLLED.exec(expression)?.[0];
    if (field !== undefined)
      return [
        {
          rule: 'script-injection',
          severity: 'high',
          message: `${field} becomes part of a script, and strangers choose its text`,
          offset,
        },
      ];
    if (!GIVEN_BY_CALLER.test(expression)) return [];
    return [
      {
        rule: 'input-injection',
        severity: 'low',
        message: 'An input becomes part of a script as it is',
        offset,
      },
    ];
  });
}

function printed(script: Value): Found[] {
  const found: Found[] = [...script.source.matchAll(/toJSON\(\s{0,4}secrets\s{0,4}\)/gi)].map(
    ({ index }) => ({
      rule: 'secret-in-log',
      severity: 'medium',
      message: 'All secrets at once become part of a script',
      offset: script.offset + index,
    }),
  );
  // into a file or another program it is not printed
  for (const match of script.source.matchAll(
    /\b(?:echo|printf)\b(?<said>[^\n]{0,200}?)\$\{\{\s{0,4}secrets\.\w{1,100}\s{0,4}\}\}(?<rest>[^\n]{0,200})/g,
  ))
    if (!/[|>]/.test(match.groups?.rest ?? ''))
      found.push({
        rule: 'secret-in-log',
        severity: 'medium',
        message: 'A secret is printed into the log',
        offset: script.offset + match.index,
      });
  for (const match of script.source.matchAll(/ACTIONS_ALLOW_UNSECURE_COMMANDS\b[^\n]{0,10}true/g))
    found.push({
      rule: 'unsafe-commands',
      severity: 'medium',
      message: 'What a step prints may set the environment of the next',
      offset: script.offset + match.index,
    });
  return found;
}
