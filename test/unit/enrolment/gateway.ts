import { randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readSigningRequest } from '../../../domain/enrolment/signing-request.ts';
import type { Applicant, BuiltInAuthority } from '../../../services/authority/certificate-authority.ts';
import { newcomer } from './requests.ts';

export type Behaviour =
  | ('well' | '500' | '429' | '404' | 'slow' | 'gone' | 'half')
  | ('garbage' | 'huge' | 'not issued' | 'no certificate' | 'redirect' | 'other key');

export type Gateway = {
  readonly address: string;
  readonly issuePassword: () => string;
  readonly behave: (how: Behaviour) => void;
  readonly requests: () => number;
  readonly stop: () => Promise<void>;
};

type Begun = {
  applicant: Applicant;
  secret: string;
  requestId: number;
  sampled: boolean;
  compliance: string;
};

/** A server of others that speaks the compliance/production CSID protocol, below /csid. */
export async function startGateway(issuer: BuiltInAuthority): Promise<Gateway> {
  const passwords = new Set<string>();
  const begun = new Map<string, Begun>();
  let how: Behaviour = 'well';
  let requests = 0;

  const tokenOf = (pem: string) => {
    const der = new X509Certificate(pem).raw.toString('base64');
    // some wrap it once more
    return requests % 2 === 0 ? der : Buffer.from(der).toString('base64');
  };
  const issued = (requestID: number, token: string, secret: string) => ({
    requestID,
    dispositionMessage: how === 'not issued' ? 'PENDING' : 'ISSUED',
    binarySecurityToken: how === 'no certificate' ? Buffer.from('0000').toString('base64') : token,
    secret,
  });

  async function answer(request: IncomingMessage, body: Record<string, string>): Promise<[number, unknown]> {
    if (request.url === '/csid/compliance') {
      if (!passwords.delete(String(request.headers.otp))) return [400, { code: 'Invalid-OTP' }];
      const csr = Buffer.from(body.csr ?? '', 'base64').toString('utf8');
      const whose = { tenant: 'acme', environment: 'production' } as const;
      const applicant =
        how === 'other key'
          ? (await newcomer()).applicant
          : { ...whose, csr, ...(await readSigningRequest(csr, whose)) };
      const { certificate } = await issuer.requestCompliance(applicant, null);
      const token = tokenOf(certificate.certificatePem);
      const requestId = begun.size + 1;
      const secret = randomBytes(16).toString('base64');
      begun.set(token, {
        applicant,
        secret,
        requestId,
        sampled: false,
        compliance: certificate.certificatePem,
      });
      return [200, issued(requestId, token, secret)];
    }
    const [token = '', secret] = Buffer.from(
      String(request.headers.authorization).replace(/^Basic /, ''),
      'base64',
    )
      .toString('utf8')
      .split(':');
    const mine = begun.get(token);
    if (mine === undefined || mine.secret !== secret) return [401, {}];
    if (request.url === '/csid/compliance/samples') {
      mine.sampled = body.request_id === String(mine.requestId) && body.sample !== undefined;
      return [200, { status: mine.sampled ? 'PASS' : 'ERROR' }];
    }
    if (request.url !== '/csid/production/csids') return [404, {}];
    if (!mine.sampled || body.compliance_request_id !== String(mine.requestId)) return [428, {}];
    const grant = { certificatePem: mine.compliance, continuation: null };
    const { certificatePem } = await issuer.requestProduction(mine.applicant, grant);
    return [200, issued(mine.requestId, tokenOf(certificatePem), secret)];
  }

  const misbehave: Partial<Record<Behaviour, (response: ServerResponse) => void>> = {
    '500': (response) => response.writeHead(500).end('{"secret":"stack"}'),
    '429': (response) => response.writeHead(429).end(),
    '404': (response) => response.writeHead(404).end('<html>'),
    slow: () => undefined,
    gone: (response) => response.destroy(),
    half: (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"requestID":');
      response.destroy();
    },
    garbage: (response) => response.writeHead(200).end('<html>welcome</html>'),
    huge: (response) => response.writeHead(200).end(JSON.stringify({ requestID: 'x'.repeat(1 << 20) })),
    redirect: (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  };

  const server = createServer(async (request, response) => {
    requests++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const mischief = misbehave[how];
    if (mischief !== undefined) return mischief(response);
    const [status, content] = await answer(request, JSON.parse(Buffer.concat(chunks).toString('utf8')));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    issuePassword: () => {
      const password = `GW-${randomBytes(8).toString('hex')}`;
      passwords.add(password);
      return password;
    },
    behave: (next) => {
      how = next;
    },
    requests: () => requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
