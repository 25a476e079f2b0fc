import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the workspace. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The one version of pnpm; npx fetches it, so that Node and npm are enough. */
const pnpm = ["-y", "pnpm@10.34.9"];

/**
 * Runs a command in the workspace with its output shown, and ends this process with its exit code if it fails.
 *
 * @param {string} command
 * @param {readonly string[]} words
 * @param {Readonly<Record<string, string>>} [environment] added to the process's own
 */
export function runOrExit(command, words, environment = {}) {
  const { status, error } = spawnSync(command, words, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
    shell: process.platform === "win32",
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Installs what the lockfile says, unless that has happened since the lockfile changed. */
export function ensureInstalled() {
  const marker = join(root, "node_modules", ".modules.yaml");
  const lockfile = join(root, "pnpm-lock.yaml");
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lockfile).mtimeMs) return;
  console.log("Installing ...");
  runPnpm(["install", "--frozen-lockfile", "--prefer-offline", "--reporter=silent"]);
}

/**
 * @param {readonly string[]} words
 * @param {Readonly<Record<string, string>>} [environment]
 */
export function runPnpm(words, environment) {
  runOrExit("npx", [...pnpm, ...words], environment);
}
