/** Law 2 off: a window is called done before it is collected. */
import { mutate } from './mutate.ts';

mutate(
  'src/app/collector.ts',
  'const { counts, reading } = await collectWindow(',
  "await ledger.append({ stream, span, run, attempts, startedAt, endedAt: Date.now(), status: 'done', counts: {} as never });\n      const { counts, reading } = await collectWindow(",
);
