/** `npm run dashboards`: makes the files in `dashboards/` from their TypeScript; with `--check` only says whether they differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardObject, dataViewObject } from '../dashboards/source/dashboard.ts';
import { access, investigation, overview } from '../dashboards/source/feishu.ts';
import { health } from '../dashboards/source/health.ts';
import type { Language } from '../dashboards/source/lens.ts';
import { toImport } from '../dashboards/source/rule-format.ts';
import { rules } from '../dashboards/source/rules.ts';
import { statistics } from '../dashboards/source/statistics.ts';
import { dataViews } from '../dashboards/source/views.ts';

const ROOT = path.join(import.meta.dirname, '..', 'dashboards');
const lines = (objects: readonly unknown[]): string => objects.map((object) => `${JSON.stringify(object)}\n`).join('');
const savedObjects = (language: Language): string =>
  lines([
    ...dataViews.map((view) => dataViewObject(view, language)),
    ...[overview, investigation, access, statistics, health].map((dashboard) => dashboardObject(dashboard, language)),
  ]);
const files: Readonly<Record<string, string>> = {
  'shenji.en.ndjson': savedObjects('en'),
  'shenji.zh.ndjson': savedObjects('zh'),
  'rules/shenji.ndjson': lines(rules.map(toImport)),
};

const check = process.argv.includes('--check');
for (const [name, content] of Object.entries(files)) {
  const file = path.join(ROOT, name);
  let there: string | undefined;
  try {
    there = readFileSync(file, 'utf8');
  } catch {
    // Not made yet.
  }
  if (there === content) continue;
  if (check) {
    process.stderr.write(`dashboards/${name} differs from its source: run "npm run dashboards" and commit it\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, content);
    process.stdout.write(`wrote dashboards/${name}\n`);
  }
}
