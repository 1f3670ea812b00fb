/** One Redis and one Elasticsearch for the whole run; every test has a namespace of its own in them. */
import type { TestProject } from 'vitest/node';
import { startServers } from '../../src/dev/embedded/index.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    elasticsearchUrl: string;
    redisUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // `npm run test:unit`
  if (project.vitest.projects.every(({ name }) => name === 'unit')) return undefined;
  const servers = await startServers(process.env, (line) => process.stderr.write(`${line}\n`));
  project.provide('elasticsearchUrl', servers.elasticsearchUrl);
  project.provide('redisUrl', servers.redisUrl);
  return () => servers.stop();
}
