import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { leaveOut } from '../../deploy/image/leave-out.ts';

/** Whether each is still there, of packages made of these files. */
function left(...files: readonly string[]): boolean[] {
  const root = mkdtempSync(path.join(tmpdir(), 'shenji-image-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const file of files) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), '');
  }
  leaveOut(root);
  return files.map((file) => existsSync(path.join(root, file)));
}

it.each(['node_modules/one', 'node_modules/@of/one', 'node_modules/two/node_modules/one'])(
  'the readme of a package stays where its licence may stand in nothing else: %s',
  (one) => {
    expect(left(`${one}/readme.md`, `${one}/history.md`, `${one}/lib/README.md`)).toEqual([true, false, false]);
    expect(left(`${one}/readme.md`, `${one}/LICENSE`)).toEqual([false, true]);
  },
);
