/** Writes databases in MaxMind's format, so that a test can say what an address is. IPv4 only. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

type Value = string | number | readonly Value[] | { readonly [key: string]: Value };

const TYPES = { text: 2, double: 3, map: 7, unsigned: 6, list: 11 } as const;
const BITS = 32;
const MARKER = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');

/** Type and size of a value, before its bytes. */
function head(type: number, size: number): Buffer {
  const [short, long] = size < 29 ? [size, []] : [29, [size - 29]];
  return type < 8 ? Buffer.from([(type << 5) | short, ...long]) : Buffer.from([short, type - 7, ...long]);
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(TYPES.text, bytes.length), bytes]);
  }
  if (typeof value === 'number') {
    const isWhole = Number.isInteger(value) && value >= 0;
    const bytes = Buffer.alloc(isWhole ? 4 : 8);
    if (isWhole) bytes.writeUInt32BE(value);
    else bytes.writeDoubleBE(value);
    return Buffer.concat([head(isWhole ? TYPES.unsigned : TYPES.double, bytes.length), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([head(TYPES.list, value.length), ...value.map((one) => encode(one))]);
  const entries = Object.entries(value as Readonly<Record<string, Value>>);
  return Buffer.concat([head(TYPES.map, entries.length), ...entries.flat().map((one) => encode(one))]);
}

/** Of each node what follows a 0 and a 1: another node, the record at an offset, or nothing. */
type Branch = { readonly node: number } | { readonly data: number } | undefined;

function addNetwork(nodes: [Branch, Branch][], network: string, data: number): void {
  const [address = '', length = `${BITS}`] = network.split('/');
  const bits = address.split('.').map((part) => Number(part).toString(2).padStart(8, '0')).join(''); // prettier-ignore
  let at = 0;
  for (let depth = 0; depth < Number(length) - 1; depth += 1) {
    const side = Number(bits[depth]) as 0 | 1;
    const next = nodes[at]?.[side];
    if (next !== undefined && 'node' in next) at = next.node;
    else {
      (nodes[at] as [Branch, Branch])[side] = { node: nodes.length };
      at = nodes.length;
      nodes.push([undefined, undefined]);
    }
  }
  (nodes[at] as [Branch, Branch])[Number(bits[Number(length) - 1]) as 0 | 1] = { data };
}

/** A file that is gone with the test; `records` by network, as `81.2.69.0/24`. */
export function databaseOf(records: Readonly<Record<string, Value>>): string {
  const nodes: [Branch, Branch][] = [[undefined, undefined]];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [network, record] of Object.entries(records)) {
    addNetwork(nodes, network, offset);
    data.push(encode(record));
    offset += data.at(-1)?.length ?? 0;
  }
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, branches] of nodes.entries()) {
    for (const [side, branch] of branches.entries()) {
      const target =
        branch === undefined ? nodes.length : 'node' in branch ? branch.node : nodes.length + 16 + branch.data;
      tree.writeUIntBE(target, index * 6 + side * 3, 3);
    }
  }
  const about = {
    binary_format_major_version: 2, binary_format_minor_version: 0, build_epoch: 0, database_type: 'Test', description: {},
    ip_version: 4, languages: ['en'], node_count: nodes.length, record_size: 24,
  }; // prettier-ignore
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-mmdb-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, 'test.mmdb');
  writeFileSync(file, Buffer.concat([tree, Buffer.alloc(16), ...data, MARKER, encode(about)]));
  return file;
}
