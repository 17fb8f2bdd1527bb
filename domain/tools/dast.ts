import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

/** ZAP looks at a running target as a visitor would: it follows links and judges the answers, and attacks nothing. */
export const dast: ToolDeclaration = {
  title: 'ZAP baseline',
  category: 'dast',
  find: {
    commands: ['zap.sh', 'zaproxy', 'zap'],
    versionArgs: ['-cmd', '-version'],
    pattern: /^(\d+\.\d+\.\d+)/m,
    install: 'https://www.zaproxy.org/download/',
  },
  args: ['-Xmx1g', '-cmd', '-silent', '-dir', '{home}/zap', '-autorun', '{rules}/zap-baseline.yaml'],
  // 2 when the plan ran with warnings, such as pages that did not answer
  exits: { clean: [0], findings: [2] },
  report: {
    from: 'file',
    format: 'zap',
    mediaType: JSON_TYPE,
    path: 'reports/dast/dast.json',
    keep: 'masked',
  },
  cwd: 'home',
  limits: { ...USUAL_LIMITS, seconds: 1800, processes: 512, memoryMb: 4096 },
  network: true,
  environment: {
    CERTUS_TARGET: '{target}',
    CERTUS_REPORT_FOLDER: '{folder}',
    CERTUS_REPORT_FILE: 'report.json',
  },
  heeds: ['timeout'],
};
