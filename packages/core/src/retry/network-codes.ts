import { readField } from "./cause-chain.js";

/**
 * A name that was not found, or an address that nothing answered at: no byte of a request was sent. Codes of libuv, of
 * getaddrinfo, and of undici (its `lib/core/errors.js`, as Node 20 and 22 carry it).
 */
const unreachable: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * The other side's certificate was refused, which comes before a request is sent. The codes of Node's documentation,
 * "X509 certificate error codes" of `node:tls`, and that of a host name that does not fit.
 */
const certificateRefused: ReadonlySet<unknown> = new Set([
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "CERT_SIGNATURE_FAILURE",
  "CRL_SIGNATURE_FAILURE",
  "CERT_NOT_YET_VALID",
  "CERT_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_HAS_EXPIRED",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CRL_LAST_UPDATE_FIELD",
  "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED",
  "INVALID_CA",
  "PATH_LENGTH_EXCEEDED",
  "INVALID_PURPOSE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "HOSTNAME_MISMATCH",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** A connection that ended, also amid an answer, or was silent too long with a request on it: what became of that is not known. */
const lost: ReadonlySet<unknown> = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
]);

/** More attempts than a host has addresses are not looked at. */
const MAX_ATTEMPTS_AT_ONCE = 64;

/** Whether an error proves that no connection was made. */
export function provesNoConnection(error: unknown): boolean {
  return ofAll(error, (one) => {
    // A connection that stands can find its host unreachable too, when something is read or written.
    const syscall = readField(one, "syscall");
    if (syscall === "read" || syscall === "write") return false;
    const code = readField(one, "code");
    return syscall === "connect" || unreachable.has(code) || certificateRefused.has(code);
  });
}

/** Whether an error says that a connection could not be made or was lost, which may be otherwise the next time. */
export function tellsOfLoss(error: unknown): boolean {
  return ofAll(error, (one) => {
    const code = readField(one, "code");
    return unreachable.has(code) || lost.has(code);
  });
}

/** Node tries the addresses of a host one after the other and throws the errors of all of them as one. */
function ofAll(error: unknown, isSo: (one: unknown) => boolean): boolean {
  const errors = readField(error, "errors");
  if (!Array.isArray(errors) || errors.length === 0) return isSo(error);
  return errors.length <= MAX_ATTEMPTS_AT_ONCE && errors.every(isSo);
}
