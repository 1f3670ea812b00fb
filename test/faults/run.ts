/** `npm run faults -- --runs N [--seed S] [--parallel P] [--only FAULT,…] [--mutation M] [--source example]`: breaks the pipeline by seeds and prints what held. */
import { parseArgs } from 'node:util';
import { prepareArtifacts } from '../../src/dev/embedded/artifacts.ts';
import { startElasticsearch } from '../../src/dev/embedded/elasticsearch.ts';
import { rolesOf } from '../../src/adapters/elasticsearch/roles.ts';
import { ADMIN, SECURITY, userFiles } from '../support/users.ts';
import { table } from '../../src/cli/terminal.ts';
import { shareElasticsearch } from './elasticsearch.ts';
import { subject } from './subject.ts';
import { breakOnce, isExact, type RunResult } from './breaker.ts';

const roles = rolesOf(subject.definitions);

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: 'faults' },
    parallel: { type: 'string', default: '2' },
    mutation: { type: 'string' },
    only: { type: 'string' },
    source: { type: 'string' },
  },
});
const runs = Number(values.runs);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

// Its own server, with security on and a user for each role: a fault must not reach anybody else's.
const elasticsearch = await startElasticsearch(await prepareArtifacts(process.env, print), process.env, {
  scheme: 'http',
  settings: { ...SECURITY, 'xpack.security.http.ssl.enabled': false },
  files: userFiles(roles),
  isReady: async (url) =>
    (await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`, { headers: { authorization: ADMIN } })).ok,
});
const shared = shareElasticsearch(elasticsearch.url, {
  restart: (downMs) => elasticsearch.restart(downMs),
  secured: true,
});
const results: RunResult[] = [];
const failed: string[] = [];
// One seed alone is replayed as it is named.
const seeds = Array.from({ length: runs }, (_, index) => (runs === 1 ? values.seed : `${values.seed}-${index}`));

async function work(): Promise<void> {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const name = seed;
    const result = await breakOnce(name, shared, print, {
      mutation: values.mutation,
      only: values.only?.split(','),
    }).catch((error: unknown) => {
      print(`${name}: the driver itself failed: ${(error as Error).message}`);
      failed.push(name);
    });
    if (result === undefined) continue;
    results.push(result);
    const { missing, double, wrong, falseProofs, falseAlarms, unproven, violations } = result;
    const lists = {
      missing,
      double,
      wrong,
      'false proof': falseProofs,
      'false alarm': falseAlarms,
      unproven,
      violation: violations,
    };
    for (const [what, lines] of Object.entries(lists))
      for (const line of lines.slice(0, 5)) print(`${seed}: ${what} ${line}`);
    for (const line of result.evidence) print(`${seed}: ${line}`);
    const counts = Object.entries(lists).map(([what, lines]) => `${what} ${lines.length}`);
    const { documents, late, repaired, gaps, falseDeadLetters, asked, seconds } = result;
    print(
      `${isExact(result) ? 'exact ' : 'BROKEN'} ${seed}: ${documents} documents, ${late} late, ${repaired} repaired, ${asked} proofs, ${counts.join(', ')}, gaps ${gaps}, false dead letters ${falseDeadLetters}, settled ${result.settled}, ${seconds} s`,
    );
  }
}

try {
  await Promise.all(Array.from({ length: Number(values.parallel) }, work));
} finally {
  await elasticsearch.stop();
}
const effective = results.flatMap(({ struck }) => struck).filter(({ effect }) => effect !== undefined);
const kinds = [...new Set(effective.map(({ fault }) => fault))].toSorted();
print(
  table(
    ['fault', 'times with effect'],
    kinds.map((kind) => [kind, effective.filter(({ fault }) => fault === kind).length]),
  ),
);
const sum = (of: (result: RunResult) => number): number => results.reduce((total, result) => total + of(result), 0);
const broken = [...failed, ...results.filter((result) => !isExact(result)).map(({ seed }) => seed)];
print(
  `${results.length} runs, ${kinds.length} kinds of fault, ${sum(({ documents }) => documents)} documents: missing ${sum(({ missing }) => missing.length)}, double ${sum(({ double }) => double.length)}, gaps ${sum(({ gaps }) => gaps)}, false dead letters ${sum(({ falseDeadLetters }) => falseDeadLetters)}`,
);
print(
  `${sum(({ repaired }) => repaired)} copies repaired at the end, violations ${sum(({ violations }) => violations.length)}; ${sum(({ asked }) => asked)} proofs: false proofs ${sum(({ falseProofs }) => falseProofs.length)}, false alarms ${sum(({ falseAlarms }) => falseAlarms.length)}, unproven ${sum(({ unproven }) => unproven.length)}`,
);
if (broken.length > 0) print(`broken, replay with --runs 1 --seed: ${broken.join(', ')}`);
process.exit(broken.length > 0 ? 1 : 0);
