/** A vendor as its API is documented, for tests: it signs clients in and lists invented activities. */
import { standInVendor, type Answer, type Call, type StandInVendor } from 'shenji/testing';

export const CLIENT = { clientId: 'client-1', clientSecret: 'a-client-secret' };
const TOKEN = 'tok-0123456789abcdef';
const PAGE = 100;
const MINUTE = 60_000;

/** Nothing happened before, so that an empty window can be tried. */
const BEGINS = Date.parse('2026-01-01T00:00:00Z');

/** Two a minute, the same whenever they are asked for. */
export function activitiesBetween(from: number, to: number): { id: string; at: string }[] {
  const first = Math.ceil(Math.max(from, BEGINS) / (MINUTE / 2));
  const all = [];
  for (let nth = first; nth * (MINUTE / 2) < to; nth += 1) {
    const failed = nth % 40 < 12;
    all.push({
      id: `act_${nth}`,
      at: new Date(nth * (MINUTE / 2)).toISOString(),
      actor: { id: failed ? 'u_666' : `u_${nth % 5}`, name: failed ? 'Mallory' : `User ${nth % 5}` },
      action: failed ? 'document.read' : 'document.share',
      address: '223.5.5.5',
      result: failed ? 'refused' : 'ok',
      detail: { document: `doc_${nth % 9}`, session_token: 'CANARY' },
    });
  }
  return all;
}

/** What a call that signs in is answered; undefined for other calls. */
export function signIn({ path, body }: Call): Answer | undefined {
  if (!path.startsWith('/v1/token')) return undefined;
  const { client_id: id, client_secret: given } = JSON.parse(body) as Record<string, string>;
  const isRight = id === CLIENT.clientId && given === CLIENT.clientSecret;
  return isRight
    ? { body: { access_token: TOKEN, expires_in: 3600 } }
    : { status: 403, body: { error: 'unknown client' } };
}

/** Lists what happened between `from` and `to`, as far as it has happened. */
export function answer(call: Call): Answer {
  const signedIn = signIn(call);
  if (signedIn !== undefined) return signedIn;
  if (call.headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { error: 'invalid token' } };
  const query = new URL(call.path, 'http://vendor').searchParams;
  const [from, to] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? ''));
  const offset = Number(query.get('cursor') ?? 0);
  const actor = query.get('actor');
  const found = activitiesBetween(Number(from), Math.min(Number(to), Date.now())).filter(
    (activity) => actor === null || (activity as unknown as { actor: { id: string } }).actor.id === actor,
  );
  const activities = found.slice(offset, offset + PAGE);
  const next = offset + PAGE < found.length ? String(offset + PAGE) : undefined;
  return { body: { activities, next_cursor: next } };
}

export const startVendor = (): Promise<StandInVendor> => standInVendor(answer);
