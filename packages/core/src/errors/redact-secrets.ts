const MARKER = "[REDACTED]";

/** Looked at from near the start of a word only, or the search would begin anew at every "eyJ" of a long one. */
const NEAR_WORD_START = "(?<=(?<![a-z0-9_-])[a-z0-9_-]{0,32})";

/** Keys and tokens by the form their makers give them, and by the word before them. Letters of either case. */
const SECRETS = [
  "r8_[a-z0-9]{20,}",
  "sk-[a-z0-9_-]{20,}",
  "AIza[a-z0-9_-]{30,}",
  "AKIA[a-z0-9]{16}",
  "K005[a-z0-9/+]{20,}",
  `${NEAR_WORD_START}eyJ[a-z0-9_-]{10,}\\.eyJ[a-z0-9_-]{10,}\\.[a-z0-9_-]{10,}`,
  "(?:bearer|token)\\s+[a-z0-9._~+/=-]{20,}",
  "api[_-]?key\\s*[=:]\\s*[a-z0-9._-]{20,}",
  // A name and a password of 12 characters or more in a URL.
  "https?://[^\\s/:@]{1,256}:[^\\s/@]{12,256}@",
];
const SECRET = new RegExp(SECRETS.join("|"), "gi");
/** 40 characters of base64, as secret keys of AWS have them; hashes have no "+" or "/" and one case only. */
const BASE64_40 = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=])/g;
/** What makes a URL a signed one: the value behind these names. */
const SIGNED_QUERY =
  /([?&](?:x-(?:amz|goog|bz)-[a-z-]+|sig|signature|token|access_token|authorization|key|policy|awsaccesskeyid|googleaccessid)=)[^&\s"'<>]+/gi;

/** A text with every key, token, password and URL signature that can be told by its form replaced by a marker. */
export function redactSecrets(text: string): string {
  return text
    .replace(SECRET, MARKER)
    .replace(BASE64_40, (word) => (isSecretKey(word) ? MARKER : word))
    .replace(SIGNED_QUERY, `$1${MARKER}`);
}

/** Whether a text holds what {@link redactSecrets} would take out. */
export function holdsSecret(text: string): boolean {
  return redactSecrets(text) !== text;
}

function isSecretKey(word: string): boolean {
  return /[/+]/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
}
