import { HERE, isCallOf, option, type Rule } from '../../rule.ts';

export const shellEnabled: Rule = {
  id: 'js/shell-enabled',
  title: 'Program started through a shell',
  cwe: ['CWE-78'],
  severity: 'medium',
  confidence: 'medium',
  message: 'The arguments are read by a shell, and not all of them are constant',
  fix: 'Leave shell off and pass the arguments as a list.',
  check: (event) => {
    if (!isCallOf(event, /^child_process\.(?:spawn|spawnSync|execFile|execFileSync)$/)) return null;
    const shell = option(event, 'shell')?.constant;
    if (shell !== true && typeof shell !== 'string') return null;
    return event.args
      .slice(0, 2)
      .some(({ constant, isBuilt, taint }) => constant === undefined && isBuilt && taint === null)
      ? HERE
      : null;
  },
};
