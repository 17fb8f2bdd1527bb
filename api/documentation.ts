import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { CertusError } from '../contracts/errors.ts';
import { manifestSchemaRoute } from './manifest-schema.ts';
import { type Route, route } from './route.ts';

/** The page needs these three; nothing else of the package is served, and nothing comes from another host. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Certus API</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/page.js"></script>
</body>
</html>
`;

const SCRIPT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null });
`;

/** `document` is asked for late: it describes these routes too. */
export function documentationRoutes(document: () => object): Route[] {
  return [
    route({
      method: 'get',
      path: '/',
      id: 'getRoot',
      summary: 'Leads to the documentation',
      tag: 'documentation',
      auth: 'none',
      answers: { 302: { description: 'To /docs.' } },
      errors: [],
      handle: async () => ({ status: 302, headers: { Location: '/docs' } }),
    }),
    route({
      method: 'get',
      path: '/openapi.json',
      id: 'getOpenApi',
      summary: 'This document',
      tag: 'documentation',
      auth: 'none',
      answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
      errors: [],
      handle: async () => ({ status: 200, body: document() }),
    }),
    manifestSchemaRoute,
    route({
      method: 'get',
      path: '/docs',
      id: 'getDocumentation',
      summary: 'The page that shows this document',
      tag: 'documentation',
      auth: 'none',
      answers: { 200: { description: 'A page.', schema: z.string(), contentType: 'text/html' } },
      errors: [],
      handle: async () => ({
        status: 200,
        headers: { 'Content-Security-Policy': PAGE_POLICY },
        contentType: 'text/html; charset=utf-8',
        body: PAGE,
      }),
    }),
    route({
      method: 'get',
      path: '/docs/{asset}',
      id: 'getDocumentationAsset',
      summary: 'Scripts and styles of the page',
      tag: 'documentation',
      auth: 'none',
      params: z.object({ asset: z.string().meta({ description: 'A file name.' }) }),
      answers: { 200: { description: 'A file of the page.', schema: z.string(), contentType: 'text/plain' } },
      errors: ['not_found'],
      handle: async ({ params }) => asset(params.asset),
    }),
  ];
}

async function asset(name: string) {
  const headers = { 'Cache-Control': 'public, max-age=3600' };
  if (name === 'page.js')
    return { status: 200, headers, contentType: 'text/javascript; charset=utf-8', body: SCRIPT };
  const contentType = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (contentType === undefined) throw new CertusError('not_found', 'the documentation has no such file');
  const file = createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);
  return { status: 200, headers, contentType, body: await readFile(file) };
}
