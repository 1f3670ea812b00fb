/** What a stack of docker-compose.yml has come to, asked of it and waited for. */
import type { Stack } from './compose-stack.ts';
import { tell, until } from './trying.ts';

export const SLOW_S = 15 * 60;

/** How many there are of both vendors, asked as the reader that Compose makes; 0 while Elasticsearch does not answer. */
export async function documents(stack: Stack): Promise<number> {
  const address = (await stack.must('port', 'elasticsearch', '9200')).trim();
  const authorization = `Basic ${Buffer.from(`shenji_reader:${stack.secret('reader/password')}`).toString('base64')}`;
  const index = 'logs-feishu.openapi_audit-*,metrics-dingtalk.report-*';
  const reply = await fetch(`http://${address}/${index}/_count`, { headers: { authorization } }).catch(() => undefined);
  const { count = 0 } = ((await reply?.json()) ?? {}) as { count?: number };
  return count;
}

type Row = {
  readonly stream: string;
  readonly lagMs: number;
  readonly queued: number;
  readonly gaps: readonly { error: string }[];
};

/** Until every stream is collected up to now, backfills too, and `status` exits with code 0. */
export function caughtUp(stack: Stack): Promise<true> {
  let told = '';
  return until(
    () => `every stream up to date; behind are ${told}`,
    SLOW_S,
    async () => {
      const { code, stdout } = await stack.shenji('status', '--json');
      if (stdout === '') return undefined;
      const rows = JSON.parse(stdout) as Row[];
      const behind = rows.filter(({ lagMs, gaps }) => lagMs > 5 * 60_000 || gaps.length > 0);
      const now = behind.map(({ stream, lagMs }) => `${stream} ${Math.round(lagMs / 3_600_000)} h`).join(', ');
      if (now !== told) tell(`  behind: ${now}`);
      told = now;
      return code === 0 && rows.length >= 6 && behind.length === 0 ? true : undefined;
    },
  );
}

export async function healthy(stack: Stack, service: string, count: number): Promise<void> {
  await until(
    () => `${count} × ${service} healthy`,
    SLOW_S,
    async () => {
      const all = await stack.containers(service);
      return all.length === count && all.every(({ Health }) => Health === 'healthy') ? true : undefined;
    },
  );
}
