// Who made this, and with which words? A signed picture whose prompt is private: anyone can check the signature, nobody
// can read the prompt, and its owner can prove it later.
import { readFile, rm } from "node:fs/promises";
import { local } from "@genblaze/local";
import {
  checkOpening,
  createSigningKey,
  extractManifest,
  Pipeline,
  readOpening,
  toKeySet,
  verifyFile,
  writeOpening,
} from "genblaze";

const signingKey = await createSigningKey();
const secret = "the new model before its launch";
const [picture, openingFile] = ["out/launch.png", "out/launch.opening.json"];

const result = await new Pipeline("launch")
  .step(local.image, { name: "frame", model: "scene-painter", prompt: secret, promptVisibility: "private" })
  .run({ signingKey });
await result.save(picture);
const opening = result.opening();
if (opening === undefined) throw new Error("a private run has an opening");
await rm(openingFile, { force: true });
await writeOpening(openingFile, opening);

// What everyone has: the picture, and the public half of the key.
const report = await verifyFile(picture, { keys: toKeySet(signingKey) });
const isHidden = !(await readFile(picture)).includes(secret.slice(0, 8));
console.log(`${picture}: ${report.ok ? "verified" : "NOT verified"}, signature ${report.signature.verdict}`);
console.log(`the prompt ${isHidden ? "is not in the file" : "IS IN THE FILE"}`);

// What the owner shows to one person.
const revealed = checkOpening(await extractManifest(picture), await readOpening(openingFile));
for (const { field, value, verdict } of revealed) console.log(`${field}: ${JSON.stringify(value)} ${verdict}`);

const isProven = revealed.length === 1 && revealed.every(({ verdict }) => verdict === "matches");
if (!report.ok || !isHidden || !isProven) process.exitCode = 1;
