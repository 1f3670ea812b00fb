/** Made by "npm run generate". The version of each rule that comes with shenji, what it says, and the release that this version is for. */
export type RuleVersion = { readonly version: number; readonly hash: string; readonly release: string };

export const VERSIONS: Readonly<Record<string, RuleVersion>> = {
  'app-credential-changed': { version: 1, hash: 'a5bba4f12cdaaef7', release: '0.1.0' },
  'audit-log-read': { version: 1, hash: 'ac345850a5139b73', release: '0.1.0' },
  'collection-failed': { version: 1, hash: 'b2b0685dd4455ddf', release: '0.1.0' },
  'failing-calls': { version: 1, hash: 'd243cbc9e81280fe', release: '0.1.0' },
  'first-high-risk-call': { version: 1, hash: 'a1878199662b12dc', release: '0.1.0' },
  'mass-export': { version: 1, hash: '4621dcaf453461ca', release: '0.1.0' },
  'new-address': { version: 1, hash: '46390f3bddeaca44', release: '0.1.0' },
  'new-country': { version: 1, hash: '12eac51d534d7c9d', release: '0.1.0' },
  'power-granted': { version: 1, hash: 'f85529221ccf291f', release: '0.1.0' },
  'public-sharing': { version: 1, hash: 'edebb538f345e171', release: '0.1.0' },
  'scope-probing': { version: 1, hash: '32b35421c9cc0c41', release: '0.1.0' },
  'sensitive-off-hours': { version: 1, hash: '13cc30464adaef0d', release: '0.1.0' },
  'token-brute-force': { version: 1, hash: '10052917965a8ca7', release: '0.1.0' },
  'user-made-admin': { version: 1, hash: '3241f41dd8e470b7', release: '0.1.0' },
};
