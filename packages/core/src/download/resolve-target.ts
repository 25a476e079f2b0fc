import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { untilAborted } from "../internal/until-aborted.js";
import { isBlockedAddress, isLoopbackAddress } from "./blocked-addresses.js";

/** A URL with the addresses of its host, all of them checked; only they will be asked. */
export interface Target {
  readonly url: URL;
  readonly addresses: readonly string[];
}

export interface ResolveTargetOptions {
  readonly allowLoopback: boolean;
  readonly signal: AbortSignal;
}

/**
 * Checks scheme, host and every address of a URL. DOWNLOAD_REFUSED; DOWNLOAD_FAILED for a name that nobody knows;
 * CANCELLED.
 */
export async function resolveTarget(text: string, options: ResolveTargetOptions): Promise<Target> {
  const { allowLoopback, signal } = options;
  if (!URL.canParse(text)) throw refused("This is no URL", "Give the asset a well-formed URL.");
  const url = new URL(text);
  const isPlain = url.protocol === "http:" && allowLoopback;
  if (url.protocol !== "https:" && !isPlain) {
    throw refused(`Only https is fetched, this URL has "${url.protocol}"`, "Store the asset where https serves it.");
  }
  if (url.username !== "" || url.password !== "") {
    throw refused(`The URL at ${url.host} holds a name or password`, "Take it out.");
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await addressesOf(host, signal) : [host];
  for (const address of addresses) assertAllowed(url, address, allowLoopback, isPlain);
  if (addresses.length === 0) throw unknownHost(host);
  return { url, addresses };
}

function assertAllowed(url: URL, address: string, allowLoopback: boolean, isPlain: boolean): void {
  if (isLoopbackAddress(address)) {
    if (allowLoopback) return;
    throw refused(`${url.host} is this machine itself`, "Allow it (allowLoopback, --allow-loopback) if that is meant.");
  }
  if (isBlockedAddress(address)) {
    throw refused(`${url.host} is no public server`, "Read the file from its storage instead.");
  }
  if (isPlain) throw refused(`Only https is fetched, ${url.host} was asked by http`, "Use its https URL.");
}

async function addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    // The system's lookup takes no signal.
    return (await untilAborted(lookup(host, { all: true }), signal)).map(({ address }) => address);
  } catch (cause) {
    throwIfAborted(signal);
    throw unknownHost(host, cause);
  }
}

function unknownHost(host: string, cause?: unknown): GenblazeError {
  return new GenblazeError("DOWNLOAD_FAILED", `The name ${host} has no address. Check the URL.`, { cause });
}

function refused(problem: string, advice: string): GenblazeError {
  return new GenblazeError("DOWNLOAD_REFUSED", `${problem}. ${advice}`);
}
