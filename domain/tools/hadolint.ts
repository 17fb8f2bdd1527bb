import { SARIF, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const hadolint: ToolDeclaration = {
  title: 'Hadolint',
  category: 'iac',
  find: {
    commands: ['hadolint'],
    versionArgs: ['--version'],
    pattern: /(\d+\.\d+\.\d+)/,
    install: 'https://github.com/hadolint/hadolint#install',
  },
  args: [
    ...['--config={rules}/hadolint.yaml', '--disable-ignore-pragma', '--no-fail', '--format=sarif'],
    { each: 'file', args: ['{file}'] },
  ],
  exits: { clean: [0], findings: [] },
  report: {
    from: 'stdout',
    format: 'sarif',
    mediaType: SARIF,
    path: 'reports/iac/hadolint.sarif',
    keep: 'masked',
  },
  relevant: [
    '**/{Dockerfile,Containerfile}',
    '**/{Dockerfile,Containerfile}.*',
    '**/*.{dockerfile,Dockerfile}',
  ],
  cwd: 'source',
  limits: USUAL_LIMITS,
  network: false,
  environment: {},
  heeds: ['exclude', 'timeout'],
};
