import { HERE, type Rule } from '../../rule.ts';

export const certificateCheckOff: Rule = {
  id: 'js/certificate-check-off',
  title: 'Certificates are not checked',
  cwe: ['CWE-295'],
  severity: 'high',
  confidence: 'high',
  message: 'Anybody on the way can answer in the place of the server',
  fix: 'Leave rejectUnauthorized on, and name the authority that is trusted.',
  check: (event) => {
    if (event.kind === 'entry')
      return event.name === 'rejectUnauthorized' && event.value.constant === false ? HERE : null;
    if (event.kind !== 'assign') return null;
    const isOff = event.property === 'rejectUnauthorized' && event.value.constant === false;
    return isOff ||
      (event.property === 'NODE_TLS_REJECT_UNAUTHORIZED' && /^0?$/.test(String(event.value.constant)))
      ? HERE
      : null;
  },
};
