import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Ledger, LedgerSession } from "./ledger.js";

/** A session whose errors say what the ledger was doing; a ledger may be anybody's object. */
export async function openLedger(ledger: Ledger | undefined): Promise<LedgerSession | undefined> {
  if (ledger === undefined) return undefined;
  const session = await doing("be opened", () => ledger.open());
  return {
    get: (key) => doing("be asked for an item", () => session.get(key)),
    record: (key, facts) => doing("remember an item", () => session.record(key, facts)),
    close: () => doing("be closed", () => session.close()),
  };
}

/** Ends a session. After a failure its own is not thrown: the first one says more. */
export async function closeLedger(session: LedgerSession | undefined, hasFailed: boolean): Promise<void> {
  await session?.close().catch((thrown: unknown) => {
    if (!hasFailed) throw thrown;
  });
}

async function doing<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (GenblazeError.isInstance(thrown)) throw thrown;
    const { message } = errorFromUnknown(thrown, `The ledger could not ${what}`);
    throw new GenblazeError("STORAGE_FAILED", message, { cause: thrown });
  }
}
