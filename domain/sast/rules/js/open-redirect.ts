import { ifTainted, isCallOf, type Rule } from '../../rule.ts';

export const openRedirect: Rule = {
  id: 'js/open-redirect',
  title: 'Open redirect',
  cwe: ['CWE-601'],
  severity: 'medium',
  confidence: 'high',
  message: 'Where the browser goes next is chosen by who made the link',
  fix: 'Redirect to paths of a fixed list, or to such that begin with a single slash.',
  check: (event) => {
    if (isCallOf(event, /(?:^|\.)(?:res|response|reply|ctx)\.redirect$/)) return ifTainted(...event.args);
    if (isCallOf(event, /^(?:(?:window|document)\.)?location\.(?:assign|replace)$/))
      return ifTainted(event.args[0]);
    return event.kind === 'assign' &&
      /^(?:(?:window|document|self|top)\.)?location(?:\.href)?$/.test(event.path ?? '')
      ? ifTainted(event.value)
      : null;
  },
};
