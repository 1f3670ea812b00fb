/** Preloaded into a process of the program: writes the heap that is really in use, in bytes, into a file, line by line. */
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env['HEAP_FILE'];
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

setInterval(() => {
  collectGarbage();
  if (file !== undefined) appendFileSync(file, `${process.memoryUsage().heapUsed}\n`);
}, 500).unref();
