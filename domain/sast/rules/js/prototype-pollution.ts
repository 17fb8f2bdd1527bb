import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const prototypePollution: Rule = {
  id: 'js/prototype-pollution',
  title: 'Prototype pollution',
  cwe: ['CWE-1321'],
  severity: 'high',
  confidence: 'medium',
  message: 'A request chooses which property is set, and may choose __proto__',
  fix: 'Use a Map, or refuse __proto__, constructor and prototype.',
  check: (event) => {
    if (event.kind === 'assign')
      return event.key?.taint && event.path !== null && /\.\*\.\*$/.test(event.path)
        ? { taint: event.key.taint }
        : null;
    return isCallOf(
      event,
      /^(?:lodash|_)(?:\.|\/)(?:merge|mergeWith|defaultsDeep|set|setWith|zipObjectDeep)$|^(?:merge|deepmerge|extend|\$\.extend|jQuery\.extend|deep-extend|defaults-deep)$/,
    ) &&
      (event.method !== 'extend' || event.args[0]?.constant === true)
      ? ifTainted(...event.args)
      : null;
  },
};
