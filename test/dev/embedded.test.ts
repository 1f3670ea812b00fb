import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareArtifacts } from '../../src/dev/embedded/artifacts.ts';
import { findJavaHome } from '../../src/dev/embedded/java.ts';
import { MissingPrerequisite, startServers } from '../../src/dev/embedded/index.ts';
import { until } from '../support/until.ts';

const GUARD = path.join(import.meta.dirname, '..', '..', 'src', 'dev', 'embedded', 'guard.ts');
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('the embedded servers', () => {
  it('name every way out where Java is missing', async () => {
    const finding = findJavaHome({ PATH: '/nowhere' });
    await expect(finding).rejects.toThrow(MissingPrerequisite);
    await expect(finding).rejects.toThrow(
      /need Java 21 or newer; no Java was found[\s\S]*install Java[\s\S]*ELASTICSEARCH_URL[\s\S]*docker compose --profile demo up/,
    );
  });

  it('name every way out also where the program came without its pom.xml', async () => {
    const preparing = prepareArtifacts({}, () => undefined, { pomFile: '/nowhere/pom.xml' });
    await expect(preparing).rejects.toThrow(MissingPrerequisite);
    await expect(preparing).rejects.toThrow(
      /need pom\.xml, which names them; this installation came without it[\s\S]*docker compose --profile demo up/,
    );
  });

  it('give way to servers that the operator names', async () => {
    const servers = await startServers({ ELASTICSEARCH_URL: 'http://es:9200', REDIS_URL: 'redis://redis' });
    expect(servers).toMatchObject({
      elasticsearchUrl: 'http://es:9200',
      redisUrl: 'redis://redis',
      embedded: { elasticsearch: false, redis: false },
    });
    await servers.stop();
  });

  it.skipIf(process.platform !== 'linux')(
    'are gone, all their processes, when whoever started them was killed',
    async () => {
      const order = JSON.stringify({
        command: 'sh',
        args: ['-c', 'sleep 300 & echo "$$ $!"; wait'],
        cwd: path.join(process.env['TMPDIR'] ?? '/tmp', `shenji-guard-${process.pid}`),
        env: { PATH: process.env['PATH'] ?? '' },
      });
      const { mkdirSync } = await import('node:fs');
      const { cwd } = JSON.parse(order) as { cwd: string };
      mkdirSync(cwd, { recursive: true });
      // A starter that ends without a word, as a kill -9 would make it: the kernel closes the guard's input.
      const starter = spawn(
        process.execPath,
        [
          '-e',
          `const c = require('node:child_process').spawn(process.execPath, [${JSON.stringify(GUARD)}, ${JSON.stringify(order)}], { detached: true, stdio: ['pipe', 'inherit', 'ignore'] }); setInterval(() => {}, 1000)`,
        ],
        { stdio: ['ignore', 'pipe', 'ignore'] },
      );
      const [line] = (await once(starter.stdout, 'data')) as [Buffer];
      const pids = line.toString().trim().split(' ').map(Number);
      expect(pids.map(isAlive)).toEqual([true, true]);
      starter.kill('SIGKILL');
      await until(
        'the server to be gone',
        () => pids.some(isAlive),
        (alive) => !alive,
        10_000,
      );
      await until(
        'its directory to be gone',
        () => existsSync(cwd),
        (exists) => !exists,
        10_000,
      );
    },
  );
});
