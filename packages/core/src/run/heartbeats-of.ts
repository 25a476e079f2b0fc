const SPLIT_FROM_MS = 15_000;
const HEARTBEAT_MS = 10_000;

/**
 * The waits that one long wait is split into, in milliseconds, so that a sign of life can be given between them as by
 * the Python library: of 10 seconds each, the last one shorter, when it is 15 seconds or more; else only itself. They
 * are made one by one, since a provider may ask for a wait of any length.
 */
export function* heartbeatsOf(delayMs: number): Generator<number, void, undefined> {
  let leftMs = delayMs;
  if (delayMs >= SPLIT_FROM_MS) {
    for (; leftMs > HEARTBEAT_MS; leftMs -= HEARTBEAT_MS) yield HEARTBEAT_MS;
  }
  yield leftMs;
}
