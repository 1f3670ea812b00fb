import { describe, expect, it } from 'vitest';
import { createLog, createScrub } from '../../src/observe/log.ts';
import { configSchema } from '../../src/config/schema.ts';
import { secretsOf } from '../../src/config/secrets.ts';

function lines(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const written: string[] = [];
  write(
    createLog({
      level: 'info',
      secrets: ['hunter2-secret'],
      pretty: false,
      destination: { write: (line) => void written.push(line) },
    }),
  );
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is ECS JSON', () => {
    expect(lines((log) => log.info({ stream: 'acme' }, 'hello'))).toMatchObject([
      { 'log.level': 'info', message: 'hello', stream: 'acme', 'service.name': 'shenji' },
    ]);
  });

  it('never holds a configured secret or a token, wherever in the line it stands', () => {
    const error = new Error('failed with hunter2-secret', { cause: new Error('Bearer t-0123456789abcdef0123') });
    const text = JSON.stringify(
      lines((log) =>
        log.error(
          { err: error, url: 'https://x/?key=hunter2-secret', deep: { a: { b: 'hunter2-secret' } } },
          'hunter2-secret',
        ),
      ),
    );
    expect(text).not.toContain('hunter2-secret');
    expect(text).not.toContain('0123456789abcdef');
    expect(text).toContain('[redacted]');
  });

  it('refuses a level that does not exist', () => {
    expect(() => createLog({ level: 'loud', secrets: [], pretty: false })).toThrow(
      /LOG_LEVEL "loud" does not exist; use one of trace/,
    );
  });
});

describe('the scrub', () => {
  it('knows every credential of a configuration, also percent-encoded', () => {
    const secrets = secretsOf(
      configSchema.parse({
        elasticsearch: { url: 'https://es:9200' },
        redis: { url: 'rediss://u:pa%2Fss@r' },
        tenants: [{ id: 'acme', feishu: { appId: 'cli_x', appSecret: 'app-secret' } }],
        http: { token: 'http-token' },
      }),
    );
    expect(secrets.toSorted()).toEqual(['app-secret', 'http-token', 'pa%2Fss', 'pa/ss']);
    expect(createScrub(secrets)('rediss://u:pa%2Fss@r app-secret')).toBe('rediss://u:[redacted]@r [redacted]');
  });

  it('leaves nothing of a secret that begins like another', () => {
    expect(createScrub(['opensesame', 'opensesame-2026'])('said opensesame-2026')).toBe('said [redacted]');
  });
});
