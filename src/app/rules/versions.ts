/** Made by "npm run generate". The version of each rule that comes with shenji, what it says, and the release that this version is for. */
export type RuleVersion = { readonly version: number; readonly hash: string; readonly release: string };

export const VERSIONS: Readonly<Record<string, RuleVersion>> = {
  'app-credential-changed': { version: 1, hash: '8c8c32bcae52df97', release: '0.1.0' },
  'audit-log-read': { version: 1, hash: '49f662a1c5e6a517', release: '0.1.0' },
  'collection-blind': { version: 1, hash: 'ee7f76c5f6a739fe', release: '0.1.0' },
  'collection-failed': { version: 1, hash: 'd42bf46d268f9896', release: '0.1.0' },
  'failing-calls': { version: 1, hash: '60b9ea100d670994', release: '0.1.0' },
  'first-high-risk-call': { version: 1, hash: '6b2f395b31e80d58', release: '0.1.0' },
  'mass-export': { version: 1, hash: 'e897e4bf4490b9dd', release: '0.1.0' },
  'new-address': { version: 1, hash: '3e694976d208cf79', release: '0.1.0' },
  'new-country': { version: 1, hash: '9029c290d0231f88', release: '0.1.0' },
  'power-granted': { version: 1, hash: '8d92d742cff1ebf8', release: '0.1.0' },
  'public-sharing': { version: 1, hash: 'aaa9942844b14c4d', release: '0.1.0' },
  'scope-granted-then-used': { version: 1, hash: 'c9e36c94b061bfce', release: '0.1.0' },
  'scope-probing': { version: 1, hash: 'f7662c44dac129c1', release: '0.1.0' },
  'secret-refused-then-accepted': { version: 1, hash: '3ba06c06fa650dbe', release: '0.1.0' },
  'secret-reset-then-new-network': { version: 1, hash: 'c6cdc9f0013f3102', release: '0.1.0' },
  'sensitive-off-hours': { version: 1, hash: '8c0716f7e60d18e0', release: '0.1.0' },
  'slow-export': { version: 1, hash: '561cad68f7b9d435', release: '0.1.0' },
  'token-brute-force': { version: 1, hash: 'd870e3b33ade626d', release: '0.1.0' },
  'user-made-admin': { version: 1, hash: 'b3d238d7012e54c5', release: '0.1.0' },
};
