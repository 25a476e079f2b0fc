import { isIP } from "node:net";
import { isBlockedAddress, isLoopbackAddress } from "../download/blocked-addresses.js";

/**
 * What is wrong with a URL that webhooks shall go to, as far as it can be told without asking for its name; undefined
 * when nothing is. Its addresses are checked anew for every delivery.
 */
export function problemOfWebhookUrl(text: string, allowLoopback: boolean): string | undefined {
  if (!URL.canParse(text)) return "a well-formed URL is expected";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "a URL without name and password is expected";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isOwn = host === "localhost" || host.endsWith(".localhost") || isLoopbackAddress(host);
  if (isOwn) return problemOfOwn(url, allowLoopback);
  if (url.protocol !== "https:") return "an https URL is expected";
  return isIP(host) !== 0 && isBlockedAddress(host) ? "a URL of a public server is expected" : undefined;
}

function problemOfOwn(url: URL, allowLoopback: boolean): string | undefined {
  if (!allowLoopback) return "a public server is expected, not this machine (allowLoopback: true allows it)";
  const isHttp = url.protocol === "https:" || url.protocol === "http:";
  return isHttp ? undefined : "an https or http URL is expected";
}
