import { GenblazeError } from "../errors/genblaze-error.js";
import { hasLoneSurrogate } from "../json/canonical-string.js";
import { compareCodePoints } from "../json/compare-code-points.js";
import { cut, type SplitUrl, splitUrl, urlProblem } from "./split-url.js";

interface QueryPair {
  readonly name: string;
  readonly hasValue: boolean;
  readonly value: string;
}

/** Names to drop when a query holds one of `marks`. */
interface SignatureRule {
  readonly marks: readonly string[];
  readonly drops: readonly string[];
}

const MAX_PORT = 65535;
const CREDENTIAL_PREFIXES = ["x-amz-", "x-goog-", "x-bz-"];
const CREDENTIAL_NAMES =
  "access_token authorization awsaccesskeyid expires expires_in expiry key-pair-id response-cache-control response-content-disposition response-content-encoding response-content-language response-content-type x-id".split(
    " ",
  );
// Azure SAS, CloudFront, Google Cloud Storage v2, S3 v2.
const SIGNATURE_RULES: readonly SignatureRule[] = [
  {
    marks: ["sv", "se", "sp", "sr", "ss", "srt"],
    drops: ["se", "sig", "skoid", "sks", "sktid", "skv", "sp", "spr", "sr", "srt", "ss", "st", "sv"],
  },
  { marks: ["key-pair-id"], drops: ["expires", "key-pair-id", "policy", "signature"] },
  { marks: ["googleaccessid"], drops: ["expires", "googleaccessid", "signature"] },
  { marks: ["awsaccesskeyid"], drops: ["signature"] },
];
// Python's list of schemes that are rebuilt as "scheme:///path" when the host is empty.
const SCHEMES_WITH_HOST = new Set(
  "ftp http gopher nntp telnet imap wais file mms https shttp snews prospero rtsp rtsps rtspu rsync svn svn+ssh sftp nfs git git+ssh ws wss itms-services".split(
    " ",
  ),
);

/**
 * An asset URL without user info, fragment, expiring signatures and access tokens, its query sorted: the form that
 * schema 1.6 binds, and that may be shown.
 *
 * @throws GenblazeError `MANIFEST_INVALID` for a malformed host or port
 */
export function stripAssetUrlCredentials(url: string): string {
  const parts = splitUrl(url);
  return joinUrl({ ...parts, authority: hostAndPort(parts.authority), query: stripQuery(parts.query) });
}

function hostAndPort(authority: string): string {
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  const isBracketed = place.startsWith("[");
  const [host, afterHost] = isBracketed ? cut(place.slice(1), "]") : cut(place, ":");
  const port = isBracketed ? cut(afterHost, ":")[1] : afterHost;
  if (port !== "" && (!/^\d+$/.test(port) || Number(port) > MAX_PORT)) throw urlProblem("has a malformed port");
  const [address, zone] = cut(host, "%");
  const lowered = address.toLowerCase() + (host.includes("%") ? `%${zone}` : "");
  const shown = lowered.includes(":") ? `[${lowered}]` : lowered;
  return port === "" ? shown : `${shown}:${Number(port)}`;
}

function stripQuery(query: string): string {
  const pairs = query
    .split("&")
    .filter((piece) => piece !== "")
    .map(toPair);
  const present = new Set(pairs.map((pair) => pair.name.toLowerCase()));
  const rules = SIGNATURE_RULES.filter(({ marks }) => marks.some((mark) => present.has(mark)));
  const dropped = new Set([...CREDENTIAL_NAMES, ...rules.flatMap((rule) => rule.drops)]);
  return pairs
    .filter(({ name }) => {
      const lowered = name.toLowerCase();
      return !dropped.has(lowered) && !CREDENTIAL_PREFIXES.some((prefix) => lowered.startsWith(prefix));
    })
    .sort(comparePairs)
    .map(({ name, hasValue, value }) => (hasValue ? `${encode(name)}=${encode(value)}` : encode(name)))
    .join("&");
}

function toPair(piece: string): QueryPair {
  const [name, value] = cut(piece, "=");
  return { name: decode(name), hasValue: piece.includes("="), value: decode(value) };
}

function comparePairs(left: QueryPair, right: QueryPair): number {
  return (
    compareCodePoints(left.name, right.name) ||
    Number(left.hasValue) - Number(right.hasValue) ||
    compareCodePoints(left.value, right.value)
  );
}

/** Percent-decodes as UTF-8; bad bytes become U+FFFD, bad escapes stay. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const bytes = Uint8Array.from(escapes.slice(1).split("%"), (hex) => Number.parseInt(hex, 16));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  });
}

/** Percent-encodes everything but letters, digits and `_.-~`. */
function encode(text: string): string {
  if (hasLoneSurrogate(text)) {
    throw new GenblazeError(
      "HASH_IMPOSSIBLE",
      "The URL of an asset holds a lone surrogate (half of a character pair), so it cannot be encoded. Correct the URL.",
    );
  }
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Python's `urlunsplit`. */
function joinUrl({ scheme, authority, path, query }: SplitUrl): string {
  let url = path;
  if (authority !== "") url = `//${authority}${path === "" || path.startsWith("/") ? "" : "/"}${path}`;
  else if (path.startsWith("//") || (SCHEMES_WITH_HOST.has(scheme) && (path === "" || path.startsWith("/"))))
    url = `//${path}`;
  if (scheme !== "") url = `${scheme}:${url}`;
  return query === "" ? url : `${url}?${query}`;
}
