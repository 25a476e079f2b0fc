/** The parts of a URL as Python's `urlsplit` finds them; the fragment is dropped. */
export interface SplitUrl {
  /** Lower case; "" for a relative URL. */
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what urlsplit drops
const DROPPED = /^[\u0000-\u0020]+|[\t\r\n]/g;
// RFC 3986, appendix B.
const URL_PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/;

/** Splits a URL; every text is one. */
export function splitUrl(url: string): SplitUrl {
  const [, scheme = "", authority = "", path = "", query = ""] = URL_PARTS.exec(url.replace(DROPPED, "")) ?? [];
  return { scheme: scheme.toLowerCase(), authority, path, query };
}
