import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const bandit: ToolDeclaration = {
  title: 'Bandit',
  category: 'sast',
  find: {
    commands: ['bandit'],
    versionArgs: ['--version'],
    pattern: /bandit (\d+\.\d+\.\d+)/,
    install: 'pipx install bandit',
  },
  args: [
    // a .bandit file in the source can switch tests off; one that is named keeps it from being looked for
    ...['-r', '{source}', '--ini={rules}/bandit.ini', '--ignore-nosec', '-x', '.git', '-q'],
    ...['-f', 'json', '-o', '{output}'],
  ],
  exits: { clean: [0], findings: [1] },
  report: {
    from: 'file',
    format: 'bandit',
    mediaType: JSON_TYPE,
    path: 'reports/sast/bandit.json',
    keep: 'masked',
  },
  relevant: ['**/*.py'],
  cwd: 'source',
  limits: USUAL_LIMITS,
  network: false,
  environment: {},
  heeds: ['exclude', 'timeout'],
};
