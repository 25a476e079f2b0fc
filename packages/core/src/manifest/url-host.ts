import { GenblazeError } from "../errors/genblaze-error.js";

const MAX_PORT = 65535;
const BRACKETS = /[[\]]/;
const HOST_AND_PORT = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s;
const PORT = /^\d*$/;
const DELIMITER = /[/?#@:]/;
const IP_FUTURE = /^v[0-9A-Fa-f]+\../;
const ZONE = /%[^%]+$/;

/**
 * Host and port of a URL's authority, checked and lowered as Python does: without user info, a zone as it is.
 *
 * @throws GenblazeError `MANIFEST_INVALID` for a malformed host or port
 */
export function hostAndPort(authority: string): string {
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  const [, address, name = "", port = ""] = HOST_AND_PORT.exec(place) ?? [];
  if (BRACKETS.test(authority) && (address === undefined || !isAddress(address))) throw problem("IPv6 host");
  // Characters that turn into delimiters under NFKC would move the host.
  const folded = authority.replace(/[@:#?]/g, "").normalize("NFKC");
  if (DELIMITER.test(folded)) throw problem("host");
  if (!PORT.test(port) || Number(port) > MAX_PORT) throw problem("port");
  const lowered = (address ?? name).replace(/^[^%]*/, (host) => host.toLowerCase());
  const host = lowered.includes(":") ? `[${lowered}]` : lowered;
  return port === "" ? host : `${host}:${Number(port)}`;
}

/** An IPv6 address by the URL standard, also with a zone like `%eth0`, or one of a version to come. */
function isAddress(text: string): boolean {
  return IP_FUTURE.test(text) || URL.canParse(`http://[${text.replace(ZONE, "")}]`);
}

/** The URL itself may hold credentials and is never quoted. */
function problem(part: string): GenblazeError {
  const message = `The URL of an asset has a malformed ${part}. Give the asset a well-formed URL.`;
  return new GenblazeError("MANIFEST_INVALID", message);
}
