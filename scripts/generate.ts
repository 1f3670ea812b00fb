/** `npm run generate`: makes dashboards (Kibana's and Grafana's), rules, roles, what the Helm chart takes from elsewhere, and what the documents say of fields, settings, rules and secrets from their source; with `--check` only says what differs. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { library } from '../src/app/kibana/library.ts';
import { rolesOf } from '../src/adapters/elasticsearch/roles.ts';
import { ndjson } from '../src/adapters/kibana/ndjson.ts';
import { withGeneratedPart } from './generated-part.ts';
import { huntsInWords, rulesInWords, searchesInWords } from './analyst.ts';
import { ownRules } from '../src/app/rules/own.ts';
import { ruleKey, rulesOf } from '../src/app/rules/rule.ts';
import { VERSIONS } from '../src/app/rules/versions.ts';
import { asImported } from '../src/adapters/kibana/rule.ts';
import { openRelease, versionsFile, versionsOf } from './rule-versions.ts';
import { collectionPart } from '../src/app/kibana/collection.ts';
import { kibanaParts, sourceDefinitions } from '../src/sources/index.ts';
import { apisDocument } from './apis.ts';
import { cliDocument } from './cli.ts';
import { configureDocument } from './configure.ts';
import { fieldsDocument } from './fields.ts';
import { grafanaDashboard } from './grafana.ts';
import { chartFiles } from './helm.ts';
import { secretsInWords } from './security.ts';

const PARTS = [...kibanaParts, collectionPart(sourceDefinitions)];
const ROOT = path.join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
/** The analyst's page, each list of it from the source that Kibana's objects are made of. */
const analyst = Object.entries({
  searches: searchesInWords(PARTS),
  hunts: huntsInWords(PARTS),
  // As the nightly tests have judged them (`npm run test:nightly -- test/app/rules -u` writes it anew).
  figures: read('test/app/rules/figures.md').trim(),
  rules: rulesInWords([...sourceDefinitions.flatMap(({ rules }) => rules), ...ownRules]),
}).reduce((page, [name, content]) => withGeneratedPart(page, name, content), read('docs/analyst.md'));
const rules = rulesOf(sourceDefinitions);
const versions = versionsOf(rules, VERSIONS, openRelease(read('CHANGELOG.md')));
const shipped = rules.map((rule) => asImported({ ...rule, version: versions[ruleKey(rule)]?.version }));
const made: Readonly<Record<string, string>> = {
  'dashboards/shenji.en.ndjson': ndjson(library(sourceDefinitions, ['en'])),
  'dashboards/shenji.zh.ndjson': ndjson(library(sourceDefinitions, ['zh'])),
  'dashboards/rules/shenji.ndjson': ndjson(shipped),
  'src/app/rules/versions.ts': versionsFile(read('src/app/rules/versions.ts'), versions),
  ...Object.fromEntries(
    Object.entries(rolesOf(sourceDefinitions)).map(([name, role]) => [
      `deploy/elasticsearch/${name}.json`,
      `${JSON.stringify(role, null, 2)}\n`,
    ]),
  ),
  'deploy/grafana/shenji.json': grafanaDashboard(),
  'docs/apis.md': apisDocument(),
  'docs/cli.md': cliDocument(),
  'docs/configure.md': configureDocument(),
  'docs/fields.md': await fieldsDocument(),
  'docs/analyst.md': analyst,
  'docs/security.md': withGeneratedPart(read('docs/security.md'), 'secrets', secretsInWords()),
};

const files = { ...made, ...chartFiles(made) };

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
