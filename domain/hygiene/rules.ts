/** What each rule is called, why it matters by the numbers of the field, and what to do. */
export const HYGIENE_RULES = {
  'unpinned-action': {
    title: 'Action not pinned to a commit',
    fix: 'Pin the action to the full SHA of a commit; a tag or branch can be moved to other code.',
    identifiers: ['CWE-829'],
  },
  'unpinned-image': {
    title: 'Container image not pinned to a digest',
    fix: 'Name the image by its digest: image:tag@sha256:… does not change.',
    identifiers: ['CWE-829'],
  },
  'untrusted-checkout': {
    title: 'Privileged workflow checks out the code of a pull request',
    fix: 'Build pull requests under pull_request, without secrets; keep the privileged workflow to trusted code.',
    identifiers: ['CWE-829', 'CWE-94'],
  },
  'script-injection': {
    title: 'Script injection through an expression in a workflow',
    fix: 'Pass the value through env and use it as a quoted shell variable.',
    identifiers: ['CWE-94', 'CWE-78'],
  },
  'input-injection': {
    title: 'Workflow input inserted into a script',
    fix: 'Pass the input through env and use it as a quoted shell variable.',
    identifiers: ['CWE-94'],
  },
  'untrusted-artifact': {
    title: 'Privileged workflow uses artifacts of an untrusted run',
    fix: 'Treat the artifact as hostile: unpack it apart, and run nothing from it.',
    identifiers: ['CWE-829'],
  },
  'write-all-permissions': {
    title: 'Workflow token may write everything',
    fix: 'List the permissions that are needed, and no other.',
    identifiers: ['CWE-732'],
  },
  'missing-permissions': {
    title: 'Workflow does not limit its token',
    fix: 'Add permissions with contents: read at the top, and more only where a job needs it.',
    identifiers: ['CWE-732'],
  },
  'self-hosted-runner': {
    title: 'Pull requests run on a self-hosted runner',
    fix: 'Run what strangers may change on throw-away runners.',
    identifiers: ['CWE-829'],
  },
  'secret-in-log': {
    title: 'Secret printed or handed over whole in a workflow',
    fix: 'Pass single secrets through env, and print none.',
    identifiers: ['CWE-532'],
  },
  'unsafe-commands': {
    title: 'Workflow allows unsafe commands',
    fix: 'Write to the files that GITHUB_ENV and GITHUB_PATH name.',
    identifiers: ['CWE-94'],
  },
  'curl-pipe-shell': {
    title: 'Download run without looking at it',
    fix: 'Download to a file, check its digest or signature, then run it.',
    identifiers: ['CWE-494'],
  },
  'certificates-ignored': {
    title: 'Download without checking the certificate',
    fix: 'Trust the authority that is meant instead of everyone.',
    identifiers: ['CWE-295'],
  },
  'container-runs-as-root': {
    title: 'Container runs as root',
    fix: 'Add a USER that is not root to the last stage.',
    identifiers: ['CWE-250'],
  },
  'remote-add': {
    title: 'File added from the network without a checksum',
    fix: 'Use ADD --checksum=sha256:… or download and check it in a RUN.',
    identifiers: ['CWE-494'],
  },
  'secret-in-image': {
    title: 'Secret in a layer of the image',
    fix: 'Mount it with RUN --mount=type=secret, or pass it when the container starts.',
    identifiers: ['CWE-538'],
  },
  'missing-lockfile': {
    title: 'Dependencies without a lockfile',
    fix: 'Commit the lockfile of the package manager, so that everybody installs the same.',
    identifiers: ['CWE-1357'],
  },
  'insecure-lockfile-source': {
    title: 'Lockfile takes packages from an unprotected place',
    fix: 'Resolve them from a registry over https, with an integrity digest.',
    identifiers: ['CWE-494'],
  },
  'insecure-package-source': {
    title: 'Packages come over an unprotected connection',
    fix: 'Use https and keep certificate checks on.',
    identifiers: ['CWE-319'],
  },
  'dependency-confusion': {
    title: 'Several indexes may answer for the same package',
    fix: 'Use one index that decides where each name comes from.',
    identifiers: ['CWE-427'],
  },
  'install-script': {
    title: 'Install script fetches or unpacks code',
    fix: 'Do at build time what is needed, and ship the result.',
    identifiers: ['CWE-494', 'CWE-506'],
  },
  'binary-in-source': {
    title: 'Program checked in',
    fix: 'Build it from source, or fetch it by digest; a binary cannot be reviewed.',
    identifiers: ['CWE-1357'],
  },
  'environment-file': {
    title: 'Environment file checked in',
    fix: 'Take it out of the repository, change what was in it, and ignore its name.',
    identifiers: ['CWE-538'],
  },
  'key-file': {
    title: 'Key store or private key checked in',
    fix: 'Take it out of the repository, and replace the key.',
    identifiers: ['CWE-321'],
  },
  'missing-license': {
    title: 'No licence',
    fix: 'Add a LICENSE file that says what others may do with the code.',
    identifiers: [],
  },
  'missing-security-policy': {
    title: 'No security policy',
    fix: 'Add a SECURITY.md that says how to report a vulnerability.',
    identifiers: [],
  },
  'missing-update-tool': {
    title: 'Nothing keeps the dependencies up to date',
    fix: 'Set up Dependabot or Renovate.',
    identifiers: ['CWE-1104'],
  },
} as const satisfies Readonly<
  Record<string, { readonly title: string; readonly fix: string; readonly identifiers: readonly string[] }>
>;

export type HygieneRule = keyof typeof HYGIENE_RULES;
