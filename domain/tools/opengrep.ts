import { SARIF, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const opengrep: ToolDeclaration = {
  title: 'Opengrep',
  category: 'sast',
  find: {
    commands: ['opengrep'],
    versionArgs: ['--version'],
    pattern: /(\d+\.\d+\.\d+)/,
    install: 'https://github.com/opengrep/opengrep#installation',
  },
  args: [
    ...['scan', '--config={rules}/semgrep.yaml', { each: 'rule', args: ['--config={rule}'] } as const],
    ...['--no-git-ignore', '--no-rewrite-rule-ids', '--max-target-bytes=5000000', '--timeout=30'],
    ...['--jobs=2', '--quiet', '--sarif', '--output={output}', '{source}'],
  ],
  exits: { clean: [0], findings: [1] },
  report: {
    from: 'file',
    format: 'sarif',
    mediaType: SARIF,
    path: 'reports/sast/opengrep.sarif',
    keep: 'masked',
  },
  cwd: 'source',
  hides: ['.semgrepignore'],
  limits: { ...USUAL_LIMITS, seconds: 1800, memoryMb: 6144 },
  network: false,
  environment: { SEMGREP_SEND_METRICS: 'off', SEMGREP_ENABLE_VERSION_CHECK: '0' },
  heeds: ['rules', 'exclude', 'timeout'],
};
