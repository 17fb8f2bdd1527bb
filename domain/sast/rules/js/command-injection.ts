import { ifTainted, isCallOf, option, type Rule } from '../../rule.ts';

export const commandInjection: Rule = {
  id: 'js/command-injection',
  title: 'Command injection',
  cwe: ['CWE-78'],
  severity: 'critical',
  confidence: 'high',
  message: 'What a request brings becomes part of a command line',
  fix: 'Call the program with execFile and a list of arguments, without a shell.',
  alsoLocal: true,
  check: (event) => {
    if (
      !isCallOf(
        event,
        /^(?:child_process|shelljs|execa)\.(?:exec|execSync|execaCommand|execaCommandSync|spawn|spawnSync|execFile|execFileSync)$/,
      )
    )
      return null;
    if (/exec(?:Sync|aCommand|aCommandSync)?$/.test(event.method)) return ifTainted(event.args[0]);
    // a list of arguments is only dangerous when a shell reads it
    const shell = option(event, 'shell')?.constant;
    return shell === true || typeof shell === 'string' ? ifTainted(...event.args) : ifTainted(event.args[0]);
  },
};
