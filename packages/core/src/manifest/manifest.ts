import { GenblazeError } from "../errors/genblaze-error.js";
import { assertUtf8, hashText } from "../json/hash-text.js";
import { hashPayload, writeManifest } from "./hash-payload.js";
import { fieldProblem } from "./manifest-problem.js";
import { flagAssets, type ManifestReport } from "./manifest-report.js";
import { type ManifestFields, manifestSchema, type SchemaVersion } from "./manifest-schema.js";
import type { Run } from "./model.js";
import type { RunInput } from "./model-input.js";
import { readModel } from "./model-type.js";
import { toPlainRun } from "./plain-run.js";
import { readContext } from "./wire-type.js";

/** The version of every manifest that this SDK makes. */
const WRITTEN_VERSION: SchemaVersion = "1.5";

/** The fields of a manifest outside its run; none of them is hashed. */
export interface ManifestOptions {
  /** Where the manifest is stored. @default null */
  readonly manifestUri?: string | null;
  /** How prompts were encrypted; needed when a step's `promptVisibility` is `encrypted`. @default null */
  readonly encryptionScheme?: string | null;
  /** Ids of assets that could not be stored. @default [] */
  readonly transferFailures?: readonly string[];
}

/** What {@link Manifest} is made of beyond its fields. */
interface ManifestOrigin {
  /** The hash covers an id that the document lacks, so that it cannot be right. */
  readonly hasInventedHashedId: boolean;
}

/**
 * The record of one run and the hash that proves it. Immutable: changes give a new manifest.
 *
 * @example
 * const manifest = Manifest.fromRun(run);
 * manifest.report().ok;
 */
export class Manifest {
  readonly #fields: ManifestFields;
  readonly #origin: ManifestOrigin;
  #plainRun: Run | undefined;

  /** Use {@link Manifest.fromRun} or `parseManifest`; nothing is checked here. */
  constructor(fields: ManifestFields, origin: ManifestOrigin = { hasInventedHashedId: false }) {
    this.#fields = fields;
    this.#origin = origin;
  }

  /**
   * Makes the manifest of a run, with its hash. The run is checked and copied.
   *
   * @throws GenblazeError `MANIFEST_INVALID` naming the field, `HASH_IMPOSSIBLE` for a lone surrogate
   */
  static fromRun(run: RunInput, options: ManifestOptions = {}): Manifest {
    const source = { ...options, schemaVersion: WRITTEN_VERSION, run };
    const fields = readModel(manifestSchema, source, readContext("model"));
    assertEncryptionScheme(fields);
    return new Manifest({ ...fields, canonicalHash: hashText(hashPayload(fields)) });
  }

  /** The version whose rules hash the run. */
  get schemaVersion(): SchemaVersion {
    return this.#fields.schemaVersion;
  }

  /** The run with plain values: 5.0 and 5 look alike. To make another manifest of it, use {@link exactRun}. */
  get run(): Run {
    this.#plainRun ??= toPlainRun(this.#fields.run);
    return this.#plainRun;
  }

  /** The run with the number kinds of its free-form objects kept, so that a manifest made of it has the same hash. */
  get exactRun(): RunInput {
    return this.#fields.run;
  }

  /** The declared hash; "" when a parsed document has none. */
  get canonicalHash(): string {
    return this.#fields.canonicalHash;
  }

  /** Where the manifest is stored, when it knows. */
  get manifestUri(): string | null {
    return this.#fields.manifestUri;
  }

  /** How the encrypted prompts were encrypted. */
  get encryptionScheme(): string | null {
    return this.#fields.encryptionScheme;
  }

  /** An Ed25519 signature over the hash: a detached JWS. Check it with `verifySignature`. */
  get signature(): string | null {
    return this.#fields.signature;
  }

  /** Ids of assets that could not be stored. */
  get transferFailures(): readonly string[] {
    return this.#fields.transferFailures;
  }

  /**
   * The hash that the content has, whatever the manifest declares.
   *
   * @throws GenblazeError `HASH_IMPOSSIBLE`, `MANIFEST_INVALID`
   */
  computeHash(): string {
    return hashText(hashPayload(this.#fields));
  }

  /** Whether {@link report} is `ok`. */
  verify(): boolean {
    return this.report().ok;
  }

  /**
   * What the manifest proves about itself.
   *
   * @throws GenblazeError `HASH_IMPOSSIBLE`, `MANIFEST_INVALID` when the content has no hash
   */
  report(): ManifestReport {
    const computedHash = this.computeHash();
    const declaredHash = this.canonicalHash;
    const hashOk = declaredHash === computedHash && !this.#origin.hasInventedHashedId;
    const flagged = flagAssets(this.#fields.run);
    const ok = hashOk && flagged.unverifiedSha256Ids.length === 0 && flagged.invalidMetadataIds.length === 0;
    return { ok, hashOk, ...flagged, declaredHash, computedHash };
  }

  /**
   * The text to store: canonical JSON, the same bytes as the Python library's.
   *
   * @throws GenblazeError `MANIFEST_VERSION_UNSUPPORTED` for schema 1.6, which is only read; `HASH_IMPOSSIBLE` for a lone
   * surrogate; `MANIFEST_INVALID` for a time without an offset and for free-form objects that are too deep
   */
  toCanonicalJson(): string {
    this.#assertWritable();
    const text = writeManifest(this.#withHash(), "full");
    assertUtf8(text);
    return text;
  }

  /** A copy that says where it is stored; the hash stays. */
  withManifestUri(manifestUri: string | null): Manifest {
    return new Manifest({ ...this.#fields, manifestUri }, this.#origin);
  }

  /** A copy that names the assets which could not be stored; the hash stays. */
  withTransferFailures(transferFailures: readonly string[]): Manifest {
    return new Manifest({ ...this.#fields, transferFailures: [...transferFailures] }, this.#origin);
  }

  /** A copy with a signature over its hash, which stays. */
  withSignature(signature: string | null): Manifest {
    return new Manifest({ ...this.#fields, signature }, this.#origin);
  }

  /**
   * A manifest of another run with this one's other fields, with its hash; always of the written version. A signature
   * is kept where the hash is the same, as after storing the assets.
   */
  withRun(run: RunInput): Manifest {
    const { manifestUri, encryptionScheme, transferFailures, signature } = this.#fields;
    const manifest = Manifest.fromRun(run, { manifestUri, encryptionScheme, transferFailures });
    return manifest.canonicalHash === this.canonicalHash ? manifest.withSignature(signature) : manifest;
  }

  #withHash(): ManifestFields {
    return this.canonicalHash === "" ? { ...this.#fields, canonicalHash: this.computeHash() } : this.#fields;
  }

  #assertWritable(): void {
    if (this.schemaVersion !== "1.6") return;
    throw new GenblazeError(
      "MANIFEST_VERSION_UNSUPPORTED",
      "Manifests of schema 1.6 are read and verified, but not written. Make a new manifest from its exactRun.",
      { details: { schemaVersion: this.schemaVersion } },
    );
  }
}

/**
 * Refuses an encrypted prompt without a word on how it was encrypted.
 *
 * @throws GenblazeError `MANIFEST_INVALID`
 */
export function assertEncryptionScheme(fields: ManifestFields): void {
  const isEncrypted = fields.run.steps.some((step) => step.promptVisibility === "encrypted");
  if (!isEncrypted || (fields.encryptionScheme !== null && fields.encryptionScheme !== "")) return;
  const context = { ...readContext("model"), path: ["encryptionScheme"] };
  throw fieldProblem(context, "a text, as a step's prompt is encrypted", fields.encryptionScheme);
}
