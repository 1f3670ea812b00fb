/** What a secret looks like wherever it stands: vendor tokens, bearer headers, JWTs and private keys. */

const SHAPES = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
  /(?<=\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g,
  // Feishu's tenant, user and app tokens.
  /(?<![A-Za-z0-9_-])[tua]-[A-Za-z0-9_.-]{20,}/g,
];

const MAY_HOLD_ONE = /-----BEGIN|bearer|basic|eyJ|[tua]-/i;

/** Replaces each token-shaped stretch by what `mark` makes of it. */
export function redactTokens(text: string, mark: (secret: string) => string = () => '[redacted]'): string {
  if (!MAY_HOLD_ONE.test(text)) return text;
  return SHAPES.reduce((clean, shape) => clean.replaceAll(shape, (secret) => mark(secret)), text);
}
