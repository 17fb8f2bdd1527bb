import { z } from 'zod';
import {
  ComplianceRequest,
  EnrolmentId,
  EnrolmentView,
  SampleRequest,
  SandboxRequest,
} from '../../contracts/enrolment.ts';
import { CertusError } from '../../contracts/errors.ts';
import { findEnrolment } from '../../services/database/enrolments.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { enrolmentView } from './enrolment-view.ts';
import { complianceExample, enrolmentExample, sampleExample, sandboxExample } from './examples.ts';
import { passwordDigest } from './one-time-password.ts';
import { passwordRoute } from './password-route.ts';
import { stepAnswers, takeStep } from './take-step.ts';

const Params = z.object({ enrolment_id: EnrolmentId });
const View = EnrolmentView.meta({ id: 'Enrolment' });
const LIMIT = 32 * 1024;
const MOST_SAMPLE = 64 * 1024;

/** From a signing request to a certificate, without anybody handling a key for another one. */
export function enrolmentRoutes(deps: ApiDeps): Route[] {
  return [passwordRoute(deps), sandbox(deps), compliance(deps), sample(deps), production(deps), show(deps)];
}

const sandbox = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/enrolment/sandbox',
    id: 'enrolSandbox',
    summary: 'Get a certificate for the sandbox',
    description: 'Answered at once; the certificate lasts a day. The subject of the request is not needed.',
    tag: 'enrolment',
    auth: 'token',
    body: {
      schema: SandboxRequest.meta({ id: 'SandboxEnrolmentRequest' }),
      examples: { default: sandboxExample },
      limit: LIMIT,
    },
    answers: stepAnswers(201, View, enrolmentExample),
    errors: [...STEP_ERRORS, 'signing_request_invalid', 'key_too_weak', 'key_in_use', 'too_many_attempts'],
    handle: ({ principal, body }) =>
      takeStep(deps, principal, { kind: 'enrol_sandbox', csr: body.csr }, { status: 201 }),
  });

const compliance = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/enrolment/compliance',
    id: 'requestCompliance',
    summary: 'Begin an enrolment for production',
    description:
      'Takes a one-time password and a signing request, which proves possession of its key. Answers with a compliance certificate, good for an hour, and the challenge that the sample has to sign.',
    tag: 'enrolment',
    auth: 'token',
    body: {
      schema: ComplianceRequest.meta({ id: 'ComplianceEnrolmentRequest' }),
      examples: { default: complianceExample },
      limit: LIMIT,
    },
    answers: stepAnswers(201, View, enrolmentExample),
    errors: [
      ...STEP_ERRORS,
      'signing_request_invalid',
      'key_too_weak',
      'key_in_use',
      'password_invalid',
      'too_many_attempts',
    ],
    handle: ({ principal, body: { csr, password } }) =>
      takeStep(
        deps,
        principal,
        {
          kind: 'request_compliance',
          csr,
          password_digest: passwordDigest(password),
          // only who judges it gets to see it
          password: deps.settings.CERTUS_AUTHORITY_URL === undefined ? null : password,
        },
        { status: 201 },
      ),
  });

const sample = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/enrolment/{enrolment_id}/sample',
    id: 'submitSample',
    summary: 'Show that the key can sign',
    description:
      'A Sigstore bundle with a statement of the type https://certus.dev/compliance-sample/v1 over the challenge, signed with the key of the request.',
    tag: 'enrolment',
    auth: 'token',
    params: Params,
    body: {
      schema: SampleRequest.meta({ id: 'ComplianceSampleRequest' }),
      examples: { default: sampleExample },
      limit: MOST_SAMPLE,
    },
    answers: stepAnswers(200, View, { ...enrolmentExample, state: 'sample_verified' }),
    errors: [...STEP_ERRORS, ...LATER_ERRORS, 'sample_invalid'],
    handle: ({ principal, params: { enrolment_id }, body }) => {
      const text = JSON.stringify(body.bundle);
      if (text.length > MOST_SAMPLE)
        throw new CertusError('payload_too_large', 'a sample has 64 KiB at most');
      return takeStep(
        deps,
        principal,
        { kind: 'submit_sample', enrolment_id, sample: text },
        { status: 200, enrolmentId: enrolment_id },
      );
    },
  });

const production = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/enrolment/{enrolment_id}/production',
    id: 'requestProduction',
    summary: 'Get the certificate for production',
    description: 'After the sample was accepted. From then on evidence signed with the key counts.',
    tag: 'enrolment',
    auth: 'token',
    params: Params,
    answers: stepAnswers(200, View, { ...enrolmentExample, state: 'production_issued' }),
    errors: [...STEP_ERRORS, ...LATER_ERRORS, 'sample_invalid', 'key_in_use', 'key_revoked'],
    handle: ({ principal, params: { enrolment_id } }) =>
      takeStep(
        deps,
        principal,
        { kind: 'request_production', enrolment_id },
        { status: 200, enrolmentId: enrolment_id },
      ),
  });

const show = ({ database }: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/enrolment/{enrolment_id}',
    id: 'getEnrolment',
    summary: 'How an enrolment stands, and what its sample has to sign',
    tag: 'enrolment',
    auth: 'token',
    params: Params,
    answers: { 200: { description: 'As it stands now.', schema: View, example: enrolmentExample } },
    errors: ['invalid_request', 'enrolment_not_found', 'dependency_unavailable'],
    handle: async ({ principal, params }) => {
      const record = await findEnrolment(database, principal.tenant, params.enrolment_id);
      if (record === undefined) throw new CertusError('enrolment_not_found', 'there is no such enrolment');
      return { status: 200, body: enrolmentView(record) };
    },
  });

const STEP_ERRORS = [
  'invalid_request',
  'authority_unavailable',
  'authority_refused',
  'order_invalid',
  'order_expired',
  'dependency_unavailable',
] as const;
const LATER_ERRORS = ['enrolment_not_found', 'enrolment_not_ready', 'certificate_expired'] as const;
