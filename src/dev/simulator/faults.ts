/** Ways in which a vendor misbehaves, each with a probability for every call. */
import type { FastifyReply } from 'fastify';
import type { Random } from './random.ts';

export const FAULTS = [
  'internal', 'rate-limit', 'hidden-failure', 'token-expiry', 'slow', 'hang', 'reset', 'truncated', 'html', 'empty-page', 'repeated-item',
] as const; // prettier-ignore

export type Fault = (typeof FAULTS)[number];
/** Probability by fault, 0 to 1. */
export type FaultPlan = Partial<Readonly<Record<Fault, number>>>;

/** `all:0.05` or `hang:0.1,reset:0.02`. @throws RangeError naming what is wrong. */
export function parseFaults(text: string): FaultPlan {
  const entries = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .flatMap((part): [Fault, number][] => {
      const [name = '', probability = '0.05'] = part.trim().split(':');
      const share = Number(probability);
      if (!(share >= 0 && share <= 1))
        throw new RangeError(`the probability of "${name}" must lie between 0 and 1, not "${probability}"`);
      if (name === 'all') return FAULTS.map((fault) => [fault, share]);
      if (!FAULTS.includes(name as Fault))
        throw new RangeError(`there is no fault "${name}"; there are: all, ${FAULTS.join(', ')}`);
      return [[name as Fault, share]];
    });
  return Object.fromEntries(entries);
}

/** The fault that strikes this call, if any. */
export function draw(plan: FaultPlan, random: Random): Fault | undefined {
  return FAULTS.find((fault) => random.chance(plan[fault] ?? 0));
}

const HTML = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';

/** Faults below the API: answers with them and returns true where the call ends here. */
export async function strikeBelow(fault: Fault | undefined, reply: FastifyReply, random: Random): Promise<boolean> {
  const socket = reply.raw.socket;
  switch (fault) {
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, 50 + random.below(400)));
      return false;
    case 'hang':
      // Never answered; the socket goes when the caller gives up.
      reply.hijack();
      return true;
    case 'reset':
      reply.hijack();
      socket?.resetAndDestroy();
      return true;
    case 'truncated':
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      reply.raw.write('{"code":0,"data":{"items":[{"id":"1');
      setTimeout(() => socket?.destroy(), 10);
      return true;
    case 'html':
      await reply.code(502).type('text/html').send(HTML);
      return true;
    default:
      return false;
  }
}
