/** Run as a process of its own, so that a mutation reaches it: proves each time range of `--spans` and prints what each proof says. */
import { parseArgs } from 'node:util';
import { loadConfig } from '../../src/config/load.ts';
import { createLog } from '../../src/observe/log.ts';
import type { Interval } from '../../src/core/time/intervals.ts';
import { prove } from '../../src/app/prove.ts';
import { openRuntime } from '../../src/app/runtime.ts';

const { values } = parseArgs({ options: { config: { type: 'string' }, spans: { type: 'string', default: '[]' } } });
const runtime = await openRuntime(
  loadConfig(values.config, {}),
  createLog({ level: 'silent', secrets: [], pretty: false }),
);
const [source] = runtime.sources;
if (source === undefined) throw new Error('no source');
const proofs: unknown[] = [];
for (const span of JSON.parse(values.spans) as Interval[]) {
  const { verdict, missing, unclear, uncollected, letters, events } = await prove(runtime, source, span);
  proofs.push({
    ...span,
    verdict,
    events,
    letters: letters.count,
    why: { missing: missing.listed, unclear: unclear.listed, uncollected: uncollected.listed },
  });
}
await runtime.close();
process.stdout.write(JSON.stringify(proofs));
