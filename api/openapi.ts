import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { CertusError, ERROR_STATUS, type ErrorCode } from '../contracts/errors.ts';
import { Problem } from '../contracts/problem.ts';
import { problem, title } from './problems.ts';
import type { Route } from './route.ts';

const ProblemSchema = Problem.meta({ id: 'Problem', description: 'RFC 9457 problem details.' });
const RequestIdHeader = z.object({
  'X-Request-Id': z
    .string()
    .meta({ description: 'Names this request in the logs; yours when you sent one.' }),
});

/** OpenAPI 3.1 out of the table of routes: what is documented is what is served. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const byPath = Map.groupBy(routes, (route) => route.path);
  const paths = Object.fromEntries(
    [...byPath].map(([path, served]) => [
      path,
      Object.fromEntries(served.map((route) => [route.method, operation(route)])),
    ]),
  );
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Certus',
      version,
      description:
        'Scan → sign → permit → publish → search. Long work answers 202 with Location and Retry-After. ' +
        `Errors are problem details whose \`code\` is stable: ${Object.keys(ERROR_STATUS).join(', ')}.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: [
      { name: 'scans', description: 'Runs of the chain over a source.' },
      { name: 'schedules', description: 'Scans on a cadence.' },
      { name: 'findings', description: 'What scans found, and what people decided about it.' },
      { name: 'reports', description: 'Findings that other pipelines bring.' },
      { name: 'permits', description: 'What Trust permits to be published, and why not.' },
      { name: 'policies', description: 'What a bundle must be to be permitted.' },
      { name: 'verification', description: 'Whether signatures and chains of custody hold.' },
      { name: 'signatures', description: 'Statements and files signed on request.' },
      { name: 'transparency', description: 'The log of what Trust has decided and believed.' },
      { name: 'keys', description: 'Keys and certificates that sign evidence.' },
      { name: 'enrolment', description: 'How newcomers come to be believed.' },
      { name: 'trust', description: 'What administrators told Trust, and what happened there.' },
      { name: 'documents', description: 'What people bring, and its way to golden.' },
      { name: 'privacy', description: 'Personal data: what is looked for, and what was found.' },
      { name: 'reviews', description: 'What is held back until a person has decided.' },
      { name: 'golden', description: 'What was published: audits, retention, deletion.' },
      { name: 'events', description: 'What happened, and who is told.' },
      { name: 'agents', description: 'What agents at other sites deliver; a listener of its own.' },
      { name: 'search', description: 'What the chain has published.' },
      { name: 'health', description: 'The state of this server.' },
      { name: 'documentation', description: 'This document and its page.' },
    ],
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token that `npm start` wrote at its first start.',
        },
        certificate: {
          type: 'mutualTLS',
          description: 'A certificate that was enrolled, shown to the listener for agents.',
        },
      },
    },
    paths,
  });
}

function operation(route: Route): ZodOpenApiOperationObject {
  return {
    operationId: route.id,
    summary: route.summary,
    ...described(route),
    tags: [route.tag],
    security: route.auth === 'none' ? [] : [{ [route.auth]: [] }],
    requestParams: {
      ...(route.params ? { path: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
      ...(route.headers ? { header: route.headers as z.ZodObject } : {}),
    },
    ...(route.body ? { requestBody: requestBody(route.body) } : {}),
    ...(route.upload ? { requestBody: uploadBody(route.upload) } : {}),
    ...(route.brings ? { requestBody: otherBody(route.brings) } : {}),
    responses: { ...successes(route), ...failures(route) },
  };
}

/** Whom it is for is said where a person reads on. */
function described({ description, role }: Route): { description?: string } {
  const said = [description, role === undefined ? undefined : `Takes the role ${role}.`].filter(Boolean);
  return said.length === 0 ? {} : { description: said.join(' ') };
}

function requestBody(body: NonNullable<Route['body']>) {
  const examples = Object.fromEntries(
    Object.entries(body.examples).map(([name, value]) => [name, { value }]),
  );
  return { required: true, content: { 'application/json': { schema: body.schema, examples } } };
}

function uploadBody({ field, description }: NonNullable<Route['upload']>) {
  const file = { type: 'string', format: 'binary', description } as const;
  const form = { type: 'object', properties: { [field]: file }, required: [field] } as const;
  return {
    required: true,
    content: {
      'multipart/form-data': { schema: { ...form, required: [field] } },
      'application/octet-stream': { schema: file },
    },
  };
}

const otherBody = ({ contentType, description }: NonNullable<Route['brings']>) => ({
  required: true,
  content: { [contentType]: { schema: { type: 'object', description } as const } },
});

function successes(route: Route): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, answer]) => {
      const { description, schema, example, headers, contentType = 'application/json' } = answer;
      const content = schema
        ? {
            content: {
              [contentType]: { schema, ...(example ? { example } : {}) },
              ...answer.alternatives,
            },
          }
        : {};
      return [status, { description, headers: RequestIdHeader.extend(headers?.shape ?? {}), ...content }];
    }),
  ) as ZodOpenApiResponsesObject;
}

/** Every code a route can answer with, grouped by status; a status that is also an answer keeps the answer. */
export function errorCodesOf(route: Route): ErrorCode[] {
  const everywhere: ErrorCode[] = ['internal_error', 'forbidden'];
  const token: ErrorCode[] = [
    ...(route.auth === 'token' ? (['unauthenticated'] as const) : []),
    ...(route.auth === 'certificate' ? (['agent_not_enrolled'] as const) : []),
    ...(route.role === undefined ? [] : (['forbidden'] as const)),
  ];
  const body: ErrorCode[] = route.body
    ? ['malformed_json', 'payload_too_large', 'unsupported_media_type']
    : [];
  const upload: ErrorCode[] =
    route.upload || route.brings ? ['invalid_request', 'payload_too_large', 'unsupported_media_type'] : [];
  return [...new Set([...route.errors, ...token, ...body, ...upload, ...everywhere])];
}

function failures(route: Route): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(errorCodesOf(route), (code) => ERROR_STATUS[code]);
  const entries = [...byStatus].filter(([status]) => !(status in route.answers));
  return Object.fromEntries(
    entries.map(([status, codes]) => [
      String(status),
      {
        description: codes.map(title).join('; '),
        headers: RequestIdHeader,
        content: {
          'application/problem+json': {
            schema: ProblemSchema,
            examples: Object.fromEntries(codes.map((code) => [code, { value: exampleProblem(code) }])),
          },
        },
      },
    ]),
  ) as ZodOpenApiResponsesObject;
}

function exampleProblem(code: ErrorCode) {
  return problem(new CertusError(code, title(code)), '3f0e8a52-6b5e-4c43-9a0c-0d6a6b1b3c55');
}
