import { GenblazeError } from "../errors/genblaze-error.js";

/** The parts of a URL as Python's `urlsplit` finds them. */
export interface SplitUrl {
  /** Lower case; "" for a relative URL. */
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what urlsplit drops from the front
const LEADING_BLANKS = /^[\u0000-\u0020]+/;
const DROPPED_ANYWHERE = /[\t\r\n]/g;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const HOST_CHARACTERS_AFTER_NFKC = /[/?#@:]/;
const IP_FUTURE = /^v[0-9A-Fa-f]+\../;

/**
 * Splits a URL; the fragment is dropped.
 *
 * @throws GenblazeError `MANIFEST_INVALID` for a malformed host
 */
export function splitUrl(url: string): SplitUrl {
  let rest = url.replace(LEADING_BLANKS, "").replace(DROPPED_ANYWHERE, "");
  const scheme = SCHEME.exec(rest)?.[1] ?? "";
  if (scheme !== "") rest = rest.slice(scheme.length + 1);
  rest = cut(rest, "#")[0];
  let authority = "";
  if (rest.startsWith("//")) {
    const end = rest.slice(2).search(/[/?]/);
    authority = end === -1 ? rest.slice(2) : rest.slice(2, end + 2);
    rest = rest.slice(authority.length + 2);
    checkAuthority(authority);
  }
  const [path, query] = cut(rest, "?");
  return { scheme: scheme.toLowerCase(), authority, path, query };
}

/** An error about a URL; the URL itself may hold credentials and is never quoted. */
export function urlProblem(reason: string): GenblazeError {
  return new GenblazeError("MANIFEST_INVALID", `The URL of an asset ${reason}. Give the asset a well-formed URL.`);
}

/** The text before and after the first separator. */
export function cut(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ""] : [text.slice(0, index), text.slice(index + separator.length)];
}

function checkAuthority(authority: string): void {
  if (/[[\]]/.test(authority)) checkBrackets(authority.slice(authority.lastIndexOf("@") + 1));
  // Characters that turn into delimiters under NFKC would move the host.
  const plain = authority.replace(/[@:#?]/g, "");
  const folded = plain.normalize("NFKC");
  if (folded !== plain && HOST_CHARACTERS_AFTER_NFKC.test(folded)) throw urlProblem("has a misleading host");
}

function checkBrackets(hostAndPort: string): void {
  const match = /^\[([^\]]*)\](?::.*)?$/s.exec(hostAndPort);
  const host = match?.[1];
  if (host === undefined || !(IP_FUTURE.test(host) || isIpv6(host))) throw urlProblem("has a malformed IPv6 host");
}

/** The form of an address is that of the URL standard; a zone like `%eth0` is Python's. */
function isIpv6(text: string): boolean {
  const [address, zone] = cut(text, "%");
  if (text.includes("%") && (zone === "" || zone.includes("%"))) return false;
  return URL.canParse(`http://[${address}]`);
}
