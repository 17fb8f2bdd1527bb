import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import express from 'express';
import { takeYourTime } from '../../../api/request-deadline.ts';
import { close, listen } from '../../../api/server.ts';

let server: Server;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await close(server);
});

async function serve(patience: number) {
  const app = express();
  app.post('/form', (request, response) => void request.resume().on('end', () => response.end('form')));
  app.post('/upload', (request, response) => {
    takeYourTime(request);
    request.resume().on('end', () => response.end('upload'));
  });
  app.get('/stream', (_request, response) => void response.write('begun'));
  server = await listen(app, '127.0.0.1', 0, patience);
}

/** A request of which the last byte is held back. */
function begin(request: string) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  socket.write(`${request} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx`);
  const until = async (text: string) => {
    while (!said.includes(text)) await once(socket, 'data');
  };
  return { socket, until, said: () => said };
}

test('a request that does not arrive in time is told so, and an upload is not', async () => {
  await serve(200);
  const upload = begin('POST /upload');
  const slow = begin('POST /form');
  await slow.until('408 Request Timeout');
  const slower = begin('POST /form');
  await slower.until('408 Request Timeout');
  upload.socket.write('y');
  await upload.until('upload');
});

test('an answer may take any time once the request is there', async () => {
  await serve(100);
  const stream = begin('GET /stream');
  stream.socket.write('y');
  await stream.until('begun');
  await begin('POST /form').until('408');
  await begin('POST /form').until('408');
  expect(stream.said()).not.toContain('408');
  expect(stream.socket.closed).toBe(false);
});
