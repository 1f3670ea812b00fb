import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/core/documents/redact.ts';

const redactor = createRedactor({ keys: ['employee_no'], mode: 'remove' });
const CANARY = 'cAnArY0123456789';

describe('a redactor', () => {
  it.each([
    ['a key in JSON', `{"app_secret":"${CANARY}"}`],
    ['another spelling of the key', `{"App-Secret":"${CANARY}","appSecret":"${CANARY}","APP_SECRET":"${CANARY}"}`],
    ['a configured key', `{"employeeNo":"${CANARY}"}`],
    ['JSON in JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: CANARY }) }) })],
    ['malformed JSON', `{"ok": 1, "password": "${CANARY}", oops`],
    ['malformed JSON cut inside the value', `{"password": "${CANARY}`],
    ['malformed JSON with escaped quotes', `{\\"password\\": \\"a\\\\\\"${CANARY}\\"`],
    ['a key hidden by unicode escapes', `{"pass\\u0077ord": "${CANARY}", oops`],
    ['a key that comes twice', `{"x":{"password":"${CANARY}"},"x":1}`],
    ['a secret that comes again empty', `{"password":"${CANARY}","password":null}`],
    ['a key that comes twice, spaced', `{ "x": {"password":"${CANARY}"}, "x": 1 }`],
    ['an object under a secret key', `{"credentials":{"anything":"${CANARY}"}}`],
    ['a list under a secret key in malformed JSON', `{"cookie": ["${CANARY}"], oops`],
    ['a query string', `a=1&app_secret=${CANARY}&b=2`],
    ['a percent-encoded key', `app%5Fsecret=${CANARY}`],
    ['JSON in a query string', `q=${encodeURIComponent(JSON.stringify({ password: CANARY }))}`],
    ['a query string in a query string', `next=${encodeURIComponent(`/login?access_token=${CANARY}&x=1`)}`],
    ['a header', `Authorization: Basic ${CANARY}=\nAccept: */*`],
    ['cookies', `Cookie: a=b; session=${CANARY}`],
    ['a bearer token anywhere', `calling with Bearer ${CANARY}.x failed`],
    ['a tenant token anywhere', `sent t-${CANARY}${CANARY} away`],
    ['a token as a key', `{"u-${CANARY}${CANARY}": 1}`],
    ['a JWT', `eyJhbGciOiJIUzI1NiJ9.${CANARY}.${CANARY}`],
    ['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n-----END RSA PRIVATE KEY-----`],
    ['a private key that is cut', `-----BEGIN PRIVATE KEY-----\n${CANARY}`],
    ['deeply nested JSON', `${'{"a":'.repeat(500)}{"password":"${CANARY}"}${'}'.repeat(500)}`],
  ])('takes the secret out of %s', (_, text) => {
    expect(redactor.text(text)).not.toContain(CANARY);
    expect(JSON.stringify(redactor.value({ payload: text, list: [text] }))).not.toContain(CANARY);
  });

  it.each([
    ['plain text', 'Weekly meeting: at 9:30, bring a=b'],
    ['JSON with its spaces and numbers', '{ "n": 1.50, "big": 12345678901234567890, "s": "x" }'],
    [
      'names that only contain a secret name',
      '{"password_hint":"dog","secretary":"Li","tokens_used":5,"cookie_consent":true}',
    ],
    ['null and empty secrets', '{"password":null,"token":""}'],
    ['a query string', 'user_id_type=open_id&page_size=50&next=%2Fhome%3Fa%3D1'],
    ['malformed percent codes', '100%zz & 50%'],
    ['a hyphenated word', 'project-a-very-long-name-with-many-parts t-shirt'],
  ])('leaves %s as it is', (_, text) => {
    expect(redactor.text(text)).toBe(text);
  });

  it('keeps long integers exact when it changes the JSON around them', () => {
    expect(redactor.text('{"id":12345678901234567890,"password":"x"}')).toBe(
      '{"id":12345678901234567890,"password":"[redacted]"}',
    );
  });

  it('keeps a key that the record declares to be no secret, and only that', () => {
    const plain = new Set(['token']);
    expect(redactor.text('{"token":"doxcnAbc","password":"x"}', plain)).toBe(
      '{"token":"doxcnAbc","password":"[redacted]"}',
    );
    expect(redactor.text('{"token":"doxcnAbc"}')).toBe('{"token":"[redacted]"}');
  });

  it('can replace secrets by an HMAC by which equal ones are recognised', () => {
    const hashing = createRedactor({ keys: [], mode: 'hash', hashKey: 'k'.repeat(16) });
    const [first, second, third] = ['a', 'a', 'b'].map((password) => hashing.value({ password }).password);
    expect(first).toMatch(/^hash_[0-9a-f]{32}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(() => createRedactor({ keys: [], mode: 'hash' })).toThrow('hashKey');
  });

  it('does not hand a prototype to whoever reads the result', () => {
    const clean = redactor.value(JSON.parse('{"__proto__":{"polluted":1},"password":"x"}') as object);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(clean)).toBe(Object.prototype);
  });

  const wrap = fc.constantFrom<(inner: unknown) => unknown>(
    (inner) => ({ data: inner }),
    (inner) => [1, inner, 'x'],
    (inner) => JSON.stringify(inner),
    (inner) => ({ body: JSON.stringify(inner), n: 1 }),
    (inner) => `q=${encodeURIComponent(JSON.stringify(inner))}&page=1`,
  );
  const key = fc.constantFrom(
    'password',
    'app_secret',
    'ACCESS-TOKEN',
    'refreshToken',
    'client_secret',
    'Authorization',
    'employee_no',
  );

  it('finds a planted secret through any nesting and encoding', () => {
    fc.assert(
      fc.property(fc.array(wrap, { maxLength: 6 }), key, (wraps, name) => {
        const planted = wraps.reduce<unknown>((inner, outer) => outer(inner), { [name]: CANARY, other: 'kept' });
        const clean = JSON.stringify(redactor.value(planted));
        expect(clean).not.toContain(CANARY);
        expect(clean).toContain('kept');
      }),
    );
  });

  it('changes nothing in records without secrets', () => {
    const safeKey = fc.constantFrom('id', 'name', 'items', 'count', 'user');
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom('', 'x', 'office 1', '2026-01-01'),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(safeKey, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        expect(redactor.value(value)).toEqual(value);
      }),
    );
  });

  it('finds a secret word in a name however the name is spelled', () => {
    const word = fc.constantFrom('new', 'db', 'user', 'my', 'web', 'hook', 'bot', 'prod');
    const secret = fc.constantFrom(['password'], ['secret'], ['token'], ['access', 'key'], ['client', 'secret']);
    const capital = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;
    const spelling = fc.constantFrom<(words: readonly string[]) => string>(
      (words) => words.join('_'),
      (words) => words.join('-'),
      (words) => words.join('.'),
      (words) => words.join(''),
      (words) => words.map(capital).join(''),
      ([first = '', ...others]) => first + others.map(capital).join(''),
      (words) => words.join('_').toUpperCase(),
      (words) => words.map(capital).join('-'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), secret, spelling, (before, words, spell) => {
        const name = spell([...before, ...words]);
        expect(redactor.value({ [name]: CANARY, kept: 'kept' })).toEqual({ [name]: '[redacted]', kept: 'kept' });
        expect(redactor.text(`${name}=${CANARY}&kept=kept`)).toBe(`${name}=[redacted]&kept=kept`);
      }),
    );
  });

  const fragment = fc.constantFrom(
    'password', 'token', '"', "'", '\\', ':', '=', '&', '{', '}', '[', ']', ',', ' ', '\n', '%3D', '%22', '%', '@', '/',
    '://', 'https://u:', 'Bearer ', 'Authorization', 'code', 'grant_type', 'name', 'value', 'curl -u a:', '[redacted]',
    'x', '1', 'abc', `t-${CANARY}${CANARY}`, CANARY, 'hooks.slack.com/services/', '\\u0061', 'null', 'true',
  ); // prettier-ignore
  const fragments = fc.array(fragment, { maxLength: 14 }).map((parts) => parts.join(''));

  it.each([
    ['removing', redactor],
    ['hashing', createRedactor({ keys: [], mode: 'hash', hashKey: 'k'.repeat(16) })],
  ])('changes nothing when it reads its own result, %s', (_, twice) => {
    fc.assert(
      fc.property(fragments, fc.dictionary(fragment, fragments, { maxKeys: 4 }), (text, fields) => {
        const once = twice.text(text);
        expect(twice.text(once)).toBe(once);
        const clean = twice.value({ fields, list: [text, fields] });
        expect(twice.value(clean)).toEqual(clean);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(
    Object.entries({
      spaces: `bearer${' '.repeat(100_000)}x`,
      backslashes: `ab${'\\'.repeat(100_000)}`,
      'names without an end': 'password="'.repeat(10_000),
      brackets: 'password=['.repeat(10_000),
      'braces under names that are none': 'ab:{'.repeat(25_000),
      'brackets under names of names': 'name:['.repeat(25_000),
      'brackets under names of random text': 'sign:['.repeat(25_000),
      'codes that are none': 'code=abcdefghijklmnop1&'.repeat(5_000),
      'addresses without a host': '://a:'.repeat(20_000),
      'keys that begin': '-----BEGIN PRIVATE KEY----- '.repeat(4_000),
      'tokens that begin': 'eyJaaaaaa.'.repeat(10_000),
      'words that go on': 'a.b_'.repeat(30_000),
      percent: '&%3Da'.repeat(20_000),
    }),
  )('reads a hostile text in time that grows with its length only: %s', (_, text) => {
    const startedAt = performance.now();
    redactor.text(text);
    // Quadratic, it would be minutes; on a busy machine it is well below a second.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('never throws, whatever text it gets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(redactor.text(`password=${text}`)).toBeTypeOf('string');
      }),
    );
  });
});
