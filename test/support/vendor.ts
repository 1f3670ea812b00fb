/** A real HTTP server that answers as told, and the small things a source is lent. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Pass } from '../../src/sdk/pass.ts';
import type { RequestBudget, SourceContext } from '../../src/sdk/source.ts';
import { silent } from './silent.ts';
import { listening } from './listening.ts';

export type Call = {
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
export type Answer =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | ((response: ServerResponse) => unknown);

export type ToldVendor = { readonly url: string; readonly calls: readonly Call[] };

/** `answer` gets the call and how many calls came to that path before. */
export async function toldVendor(answer: (call: Call, nth: number) => Answer): Promise<ToldVendor> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const call = { method: request.method, path: request.url ?? '', headers: request.headers, body };
      const nth = calls.filter((earlier) => earlier.path.split('?')[0] === path).length;
      calls.push(call);
      const told = answer(call, nth);
      if (typeof told === 'function') return told(response);
      const text = typeof told.body === 'string' ? told.body : JSON.stringify(told.body ?? {});
      response.writeHead(told.status ?? 200, { 'content-type': 'application/json', ...told.headers }).end(text);
    });
  });
  return { url: await listening(server), calls };
}

/** A budget that lets every call through and remembers what it was told. */
export function openBudget(): RequestBudget & { readonly taken: string[]; readonly holds: number[] } {
  const taken: string[] = [];
  const holds: number[] = [];
  return {
    taken,
    holds,
    take: async (quota) => void taken.push(quota.key),
    hold: async (_, waitMs) => void holds.push(waitMs),
  };
}

export function lentContext(
  pass: Pass = 'live',
  signal: AbortSignal = new AbortController().signal,
  budget = openBudget(),
): SourceContext {
  return { log: silent, signal, budget, pass };
}
