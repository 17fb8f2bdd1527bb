import { HERE, isCallOf, type Rule } from '../../rule.ts';

export const certificateCheckOff: Rule = {
  id: 'py/certificate-check-off',
  title: 'Certificates are not checked',
  cwe: ['CWE-295'],
  severity: 'high',
  confidence: 'high',
  message: 'Anybody on the way can answer in the place of the server',
  fix: 'Leave verification on, and name the authority that is trusted.',
  check: (event) => {
    if (isCallOf(event, /^ssl\._create_unverified_context$/)) return HERE;
    if (
      isCallOf(event, /^(?:requests|httpx)(?:\.\w+(?:\(\))?)*$/) &&
      event.named.get('verify')?.constant === false
    )
      return HERE;
    if (event.kind !== 'assign') return null;
    if (
      event.property === '_create_default_https_context' &&
      /_create_unverified_context/.test(event.value.path ?? '')
    )
      return HERE;
    const isOff =
      event.value.constant === false && /^verify$/.test(event.property ?? '') && /\./.test(event.path ?? '');
    return isOff || (event.property === 'verify_mode' && /CERT_NONE$/.test(event.value.path ?? ''))
      ? HERE
      : null;
  },
};
