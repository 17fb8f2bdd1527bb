import type { ActionKind, Order } from '../../../contracts/orders.ts';
import type { TrustDeps } from '../deps.ts';
import { enrolSandbox } from '../enrol/enrol-sandbox.ts';
import { issuePassword } from '../enrol/issue-password.ts';
import { requestCompliance } from '../enrol/request-compliance.ts';
import { requestProduction } from '../enrol/request-production.ts';
import { submitSample } from '../enrol/submit-sample.ts';
import { admitKey, generateKey } from '../keys/admit-key.ts';
import { deactivateKey } from '../keys/end-key.ts';
import { revokeKeyAndMark } from '../keys/revoke-key-and-mark.ts';
import { breakGlass } from '../permit/break-glass.ts';
import { setLegalHold } from '../permit/set-legal-hold.ts';
import { setPolicy } from '../permit/set-policy.ts';
import { setPrivacyPolicy } from '../permit/set-privacy-policy.ts';
import { setRetention } from '../permit/set-retention.ts';
import type { ActionHandler } from './action-handler.ts';
import { passOn } from './pass-on.ts';

/** Who carries out which kind of order. */
const HANDLERS: { readonly [K in ActionKind]: ActionHandler<K> } = {
  generate_key: generateKey,
  admit_key: admitKey,
  deactivate_key: deactivateKey,
  revoke_key: revokeKeyAndMark,
  issue_password: issuePassword,
  enrol_sandbox: enrolSandbox,
  request_compliance: requestCompliance,
  submit_sample: submitSample,
  request_production: requestProduction,
  set_policy: setPolicy,
  break_glass: breakGlass,
  set_privacy_policy: setPrivacyPolicy,
  set_retention: setRetention,
  promote_documents: passOn,
  decide_review: passOn,
  set_legal_hold: setLegalHold,
  delete_evidence: passOn,
};

export function handle(deps: TrustDeps, order: Order, found: unknown): Promise<Record<string, unknown>> {
  // what the table says kind by kind is lost on a kind that is known only now
  const handler = HANDLERS[order.action.kind] as ActionHandler<ActionKind>;
  return handler(deps, order, order.action, found);
}
