import { SARIF, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const semgrep: ToolDeclaration = {
  title: 'Semgrep',
  category: 'sast',
  find: {
    commands: ['semgrep'],
    versionArgs: ['--version'],
    pattern: /^(\d+\.\d+\.\d+)/m,
    reportTells: true,
    install: 'pipx install semgrep',
  },
  args: [
    ...['scan', '--config={rules}/semgrep.yaml', { each: 'rule', args: ['--config={rule}'] } as const],
    ...['--metrics=off', '--disable-version-check', '--no-git-ignore', '--no-rewrite-rule-ids'],
    // besides the repository's own ignores, its default leaves out every folder called tests
    ...[
      '--x-ignore-semgrepignore-files',
      '--max-target-bytes=5000000',
      '--timeout=30',
      '--jobs=2',
      '--quiet',
    ],
    ...['--sarif', '--output={output}', '{source}'],
  ],
  exits: { clean: [0], findings: [1] },
  report: {
    from: 'file',
    format: 'sarif',
    mediaType: SARIF,
    path: 'reports/sast/semgrep.sarif',
    keep: 'masked',
  },
  cwd: 'source',
  limits: { ...USUAL_LIMITS, seconds: 1800, memoryMb: 6144 },
  network: false,
  environment: {
    SEMGREP_SEND_METRICS: 'off',
    SEMGREP_ENABLE_VERSION_CHECK: '0',
    SEMGREP_SETTINGS_FILE: '{home}/semgrep-settings.yaml',
  },
  heeds: ['rules', 'exclude', 'timeout'],
};
