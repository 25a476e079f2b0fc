/** Counts the bytes that are being stored for entries which are not written yet, so that nobody removes them. */
export interface BytesInUse {
  has(sha256: string): boolean;
  /** Holds the bytes until the work is done. */
  during<T>(hashes: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createBytesInUse(): BytesInUse {
  const counts = new Map<string, number>();
  const add = (hashes: readonly string[], by: number) => {
    for (const sha256 of hashes) {
      const count = (counts.get(sha256) ?? 0) + by;
      if (count === 0) counts.delete(sha256);
      else counts.set(sha256, count);
    }
  };
  return {
    has: (sha256) => counts.has(sha256),
    async during(hashes, work) {
      add(hashes, 1);
      try {
        return await work();
      } finally {
        add(hashes, -1);
      }
    },
  };
}
