/** Remembers what a pure function gave, for keys that repeat; forgets all of it when there are too many, so that no input makes it grow. */
export function memo<K, V>(compute: (key: K) => V, most = 10_000): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = compute(key);
    if (known.size >= most) known.clear();
    known.set(key, value);
    return value;
  };
}
