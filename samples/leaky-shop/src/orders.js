import { exec } from 'node:child_process';
import { pool } from './database.js';

/** What a customer ordered; the address of the page says which customer. */
export async function listOrders(req, res) {
  const { customer } = req.query;
  const { rows } = await pool.query(`SELECT item, price FROM orders WHERE customer = '${customer}'`);
  res.send(`<h1>Orders of ${customer}</h1><pre>${JSON.stringify(rows)}</pre>`);
}

/** Prints an invoice into a file. */
export function printInvoice(req, res) {
  const number = req.params.number;
  exec(`wkhtmltopdf invoices/${number}.html`, () => res.end());
}

// certus-ignore js/insecure-randomness: only tells two open tabs apart
export const tabToken = () => ({ token: Math.random() });
