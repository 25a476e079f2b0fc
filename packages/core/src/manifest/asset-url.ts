import { compareCodePoints } from "../json/compare-code-points.js";
import { assertUtf8 } from "../json/hash-text.js";
import { type SplitUrl, splitUrl } from "./split-url.js";
import { hostAndPort } from "./url-host.js";

interface QueryPair {
  readonly name: string;
  /** "" or "=" and a value. */
  readonly assignment: string;
}

/** Names, in lower case, that never stay. */
const CREDENTIAL =
  /^(?:x-(?:amz|goog|bz)-.*|access_token|authorization|awsaccesskeyid|expires|expires_in|expiry|key-pair-id|response-(?:cache-control|content-(?:disposition|encoding|language|type))|x-id)$/s;
/** Names that do not stay where a query holds a `mark`: Azure SAS, CloudFront, Google Cloud Storage v2, S3 v2. */
const SIGNATURE_RULES: readonly { readonly mark: RegExp; readonly dropped: RegExp }[] = [
  { mark: /^(?:s[eprsv]|srt)$/, dropped: /^(?:s[eprstv]|sig|skoid|sks|sktid|skv|spr|srt)$/ },
  { mark: /^key-pair-id$/, dropped: /^(?:policy|signature)$/ },
  { mark: /^googleaccessid$/, dropped: /^(?:googleaccessid|signature)$/ },
  { mark: /^awsaccesskeyid$/, dropped: /^signature$/ },
];
// Python's list of schemes that are rebuilt as "scheme:///path" when the host is empty.
const SCHEME_WITH_HOST =
  /^(?:s?ftp|shttp|https?|gopher|nntp|telnet|imap|wais|file|mms|snews|prospero|rtsp[su]?|rsync|svn(?:\+ssh)?|nfs|git(?:\+ssh)?|wss?|itms-services)$/;

/**
 * An asset URL without user info, fragment, expiring signatures and access tokens, its query sorted: the form that
 * schema 1.6 binds, and that may be shown.
 *
 * @throws GenblazeError `MANIFEST_INVALID` for a malformed host or port, `HASH_IMPOSSIBLE` for a lone surrogate in the query
 */
export function stripAssetUrlCredentials(url: string): string {
  const parts = splitUrl(url);
  return joinUrl({ ...parts, authority: hostAndPort(parts.authority), query: stripQuery(parts.query) });
}

function stripQuery(query: string): string {
  const pairs = query
    .split("&")
    .filter((piece) => piece !== "")
    .map(toPair);
  const names = pairs.map(({ name }) => name.toLowerCase());
  const rules = SIGNATURE_RULES.filter(({ mark }) => names.some((name) => mark.test(name)));
  const dropped = [CREDENTIAL, ...rules.map((rule) => rule.dropped)];
  return pairs
    .filter((_, index) => !dropped.some((pattern) => pattern.test(names[index] ?? "")))
    .sort(comparePairs)
    .map(({ name, assignment }) => encode(name) + (assignment && `=${encode(assignment.slice(1))}`))
    .join("&");
}

function toPair(piece: string): QueryPair {
  const [name = ""] = piece.split("=", 1);
  return { name: decode(name), assignment: decode(piece.slice(name.length)) };
}

function comparePairs(left: QueryPair, right: QueryPair): number {
  return compareCodePoints(left.name, right.name) || compareCodePoints(left.assignment, right.assignment);
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
  assertUtf8(text);
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Python's `urlunsplit`. A path behind an authority is empty or begins with a slash. */
function joinUrl({ scheme, authority, path, query }: SplitUrl): string {
  const hasPlainPath = SCHEME_WITH_HOST.test(scheme) && /^(?:\/|$)/.test(path);
  const slashes = authority !== "" || path.startsWith("//") || hasPlainPath ? "//" : "";
  return (scheme && `${scheme}:`) + slashes + authority + path + (query && `?${query}`);
}
