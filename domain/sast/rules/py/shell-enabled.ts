import { HERE, isCallOf, option, type Rule } from '../../rule.ts';

export const shellEnabled: Rule = {
  id: 'py/shell-enabled',
  title: 'Program started through a shell',
  cwe: ['CWE-78'],
  severity: 'medium',
  confidence: 'medium',
  message: 'A command line that is not constant is read by a shell',
  fix: 'Pass a list of arguments and leave shell off.',
  check: (event) => {
    const isShell =
      isCallOf(event, /^subprocess\.(?:run|call|check_call|check_output|Popen)$/) &&
      option(event, 'shell')?.constant === true;
    if (!isShell && !isCallOf(event, /^os\.(?:system|popen)$/)) return null;
    const [command] = event.args;
    return command !== undefined && command.constant === undefined && command.taint === null ? HERE : null;
  },
};
