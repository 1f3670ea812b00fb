/** `npm run generate`: makes dashboards, rules, roles, and what the documents say of fields, settings, rules and secrets from their source; with `--check` only says what differs. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardObject, dataViewObject } from '../dashboards/source/dashboard.ts';
import { access, investigation, overview } from '../dashboards/source/feishu.ts';
import { health } from '../dashboards/source/health.ts';
import { roles } from '../src/elasticsearch/roles.ts';
import type { Language } from '../src/kibana/import.ts';
import { ndjson } from '../src/rules/shipped.ts';
import { withRules } from '../dashboards/source/rule-docs.ts';
import { toImport } from '../dashboards/source/rule-format.ts';
import { rules } from '../dashboards/source/rules.ts';
import { statistics } from '../dashboards/source/statistics.ts';
import { dataViews } from '../dashboards/source/views.ts';
import { configureDocument } from './configure.ts';
import { fieldsDocument } from './fields.ts';
import { withSecrets } from './security.ts';

const ROOT = path.join(import.meta.dirname, '..');
const savedObjects = (language: Language): string =>
  ndjson([
    ...dataViews.map((view) => dataViewObject(view, language)),
    ...[overview, investigation, access, statistics, health].map((dashboard) => dashboardObject(dashboard, language)),
  ]);
const files: Readonly<Record<string, string>> = {
  'dashboards/shenji.en.ndjson': savedObjects('en'),
  'dashboards/shenji.zh.ndjson': savedObjects('zh'),
  'dashboards/rules/shenji.ndjson': ndjson(rules.map(toImport)),
  ...Object.fromEntries(
    Object.entries(roles).map(([name, role]) => [
      `deploy/elasticsearch/${name}.json`,
      `${JSON.stringify(role, null, 2)}\n`,
    ]),
  ),
  'docs/configure.md': configureDocument(),
  'docs/fields.md': await fieldsDocument(),
  'docs/analyst.md': withRules(readFileSync(path.join(ROOT, 'docs', 'analyst.md'), 'utf8'), rules),
  'docs/security.md': withSecrets(readFileSync(path.join(ROOT, 'docs', 'security.md'), 'utf8')),
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
    process.stderr.write(`${name} differs from its source: run "npm run generate" and commit it\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, content);
    process.stdout.write(`wrote ${name}\n`);
  }
}
