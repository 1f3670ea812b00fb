/** What commands print: results on stdout, everything else on stderr. */
import { SingleBar, Presets } from 'cli-progress';
import Table from 'cli-table3';
import colors from 'picocolors';

export const print = (text = ''): void => void process.stdout.write(`${text}\n`);
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

export { colors };

/** A plain table without borders; cells may hold colours. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  };
  const drawn = new Table({
    head: head.map((name) => colors.bold(name)),
    chars: none,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  drawn.push(...rows.map((row) => row.map(String)));
  return drawn.toString();
}

export type Progress = { update(done: number, total: number, note: string): void; stop(): void };

/** Between lines where nothing has moved. */
const STILL_MS = 30_000;

/** A bar with rate, time spent and time left on a terminal; elsewhere a line every few seconds, and now and then where nothing moves. */
export function progress(title: string, unit: string, now: () => number = Date.now): Progress {
  const startedAt = now();
  if (process.stderr.isTTY) {
    const bar = new SingleBar(
      {
        format: `${title} {bar} {percentage}% | {value}/{total} ${unit} | {rate}/s | {duration_formatted} so far, {eta_formatted} left | {note}`,
        stream: process.stderr,
        etaBuffer: 50,
      },
      Presets.shades_classic,
    );
    bar.start(1, 0, { note: '', rate: 0 });
    return {
      update: (done, total, note) => {
        bar.setTotal(Math.max(1, total));
        bar.update(done, { note, rate: Math.round(done / Math.max(1, (now() - startedAt) / 1_000)) });
      },
      stop: () => bar.stop(),
    };
  }
  let lastTold = startedAt;
  let line = '';
  const timer = setInterval(() => {
    if (now() - lastTold < STILL_MS) return;
    lastTold = now();
    tell(`${title}: still waiting after ${Math.round((now() - startedAt) / 1_000)} s${line}`);
  }, STILL_MS / 10).unref();
  return {
    update: (done, total, note) => {
      line = `; ${done} of ${total} ${unit}, ${note}`;
      if (now() - lastTold < 3_000) return;
      lastTold = now();
      const rate = done / ((now() - startedAt) / 1_000);
      const left = rate > 0 ? ` ${Math.ceil((total - done) / rate)} s left,` : '';
      tell(`${title}: ${done} of ${total} ${unit},${left} ${note}`);
    },
    stop: () => clearInterval(timer),
  };
}
