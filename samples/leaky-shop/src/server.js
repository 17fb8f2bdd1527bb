import { createServer } from 'node:http';
import { charge } from './payment.js';

const stock = new Map([['tea', 12], ['mug', 3]]);

createServer((request, response) => {
  const item = new URL(request.url ?? '/', 'http://shop').searchParams.get('item') ?? '';
  const left = stock.get(item) ?? 0;
  if (left > 0) charge(item);
  response.end(JSON.stringify({ item, left }));
}).listen(8080);
