import { afterEach, expect, it, vi } from 'vitest';
import { progress } from '../../src/cli/terminal.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('says now and then that it still waits, where no terminal shows a clock and nothing moves', () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const bar = progress('prove', 'hours');
  vi.advanceTimersByTime(31_000);
  expect(lines).toEqual([expect.stringMatching(/^prove: still waiting after 3\d s\n$/)]);
  bar.update(3, 24, 'recount: 7 events');
  vi.advanceTimersByTime(31_000);
  expect(lines.at(-1)).toMatch(/^prove: still waiting after 6\d s; 3 of 24 hours, recount: 7 events\n$/);
  bar.stop();
  vi.advanceTimersByTime(120_000);
  expect(lines).toHaveLength(2);
});
