/** Preloaded into a process under test: its clock is off by what the file says, in milliseconds, from one moment to the next. */
import { readFileSync } from 'node:fs';

const file = process.env['FAULTS_CLOCK_FILE'] ?? '';
const realNow = Date.now.bind(Date);
let offset = 0;
setInterval(() => {
  try {
    offset = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    offset = 0;
  }
}, 100).unref();

const RealDate = Date;
const shifted = (): number => realNow() + offset;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [shifted()] : given, newTarget) as object,
  get: (target, key, receiver) => (key === 'now' ? shifted : (Reflect.get(target, key, receiver) as unknown)),
});
