// The shortest whole story: make a picture without a key, save it with its proof inside, check the proof.
import { local } from "@genblaze/local";
import { Pipeline, verifyFile } from "genblaze";

const result = await new Pipeline("hello")
  .step(local.image, { model: "scene-painter", prompt: "a paper boat crosses a rainy street" })
  .run();

await result.save("out/hello.png");
const { ok, bytes } = await verifyFile("out/hello.png");

console.log(`out/hello.png: ${ok ? "verified" : "NOT verified"}, sha256 ${bytes.sha256}`);
if (!ok) process.exitCode = 1;
