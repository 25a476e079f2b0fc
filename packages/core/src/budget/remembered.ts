import type { Account } from "./account.js";

/** A bounded number of accounts by key. */
export interface Remembered {
  readonly most: number;
  /** The one that asked longest ago first. */
  readonly live: Map<string, Account>;
  /** Of runs that ended, and may be resumed. The one that ended first first. */
  readonly ended: Map<string, Account>;
}

/** How many live accounts are looked at for one to forget, so that many busy ones do not make each new one slow. */
const LOOKS = 16;

export function createRemembered(most: number): Remembered {
  return { most, live: new Map(), ended: new Map() };
}

/** The account of a key, which is live then, or a new one; forgets another one for it when there are too many. */
export function recall(remembered: Remembered, key: string, open: () => Account): Account {
  const { live, ended, most } = remembered;
  const account = live.get(key) ?? ended.get(key) ?? open();
  ended.delete(key);
  moveToEnd(live, key, account);
  if (live.size + ended.size > most) forgetOne(remembered, key);
  return account;
}

/** The account of a key may be forgotten before the live ones. */
export function retire({ live, ended }: Remembered, key: string): void {
  const account = live.get(key);
  if (account === undefined) return;
  live.delete(key);
  ended.set(key, account);
}

function forgetOne({ live, ended }: Remembered, exceptKey: string): void {
  for (const key of ended.keys()) {
    ended.delete(key);
    return;
  }
  let looks = LOOKS;
  for (const [key, account] of live) {
    if (key === exceptKey || looks === 0) return;
    looks -= 1;
    if (account.reserved === 0n) {
      live.delete(key);
      return;
    }
    moveToEnd(live, key, account);
  }
}

function moveToEnd(live: Map<string, Account>, key: string, account: Account): void {
  live.delete(key);
  live.set(key, account);
}
