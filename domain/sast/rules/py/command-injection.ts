import { ifTainted, isCallOf, option, type Rule } from '../../rule.ts';

export const commandInjection: Rule = {
  id: 'py/command-injection',
  title: 'Command injection',
  cwe: ['CWE-78'],
  severity: 'critical',
  confidence: 'high',
  message: 'What a request brings becomes part of a command line',
  fix: 'Call the program with a list of arguments, without a shell.',
  alsoLocal: true,
  check: (event) => {
    if (
      isCallOf(
        event,
        /^(?:os\.(?:system|popen)|commands\.(?:getoutput|getstatusoutput)|subprocess\.(?:getoutput|getstatusoutput)|asyncio\.create_subprocess_shell|popen2\.\w+)$/,
      )
    )
      return ifTainted(event.args[0]);
    return isCallOf(event, /^subprocess\.(?:run|call|check_call|check_output|Popen)$/) &&
      option(event, 'shell')?.constant === true
      ? ifTainted(event.args[0], option(event, 'args'))
      : null;
  },
};
