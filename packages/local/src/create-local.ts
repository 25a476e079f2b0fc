import { createLocalCompose } from "./provider/local-compose.js";
import { createLocalImage } from "./provider/local-image.js";
import { createLocalMusic } from "./provider/local-music.js";
import { createLocalSpeech } from "./provider/local-speech.js";
import { createLocalText } from "./provider/local-text.js";
import { createLocalVideo } from "./provider/local-video.js";

/** The local providers, one for each kind of work. */
export interface Local {
  readonly text: ReturnType<typeof createLocalText>;
  readonly image: ReturnType<typeof createLocalImage>;
  readonly video: ReturnType<typeof createLocalVideo>;
  readonly speech: ReturnType<typeof createLocalSpeech>;
  readonly music: ReturnType<typeof createLocalMusic>;
  readonly compose: ReturnType<typeof createLocalCompose>;
}

/** Makes a set of local providers. They need no key, no network and no program of the machine. */
export function createLocal(): Local {
  return {
    text: createLocalText(),
    image: createLocalImage(),
    video: createLocalVideo(),
    speech: createLocalSpeech(),
    music: createLocalMusic(),
    compose: createLocalCompose(),
  };
}

/** A ready set of local providers. */
export const local: Local = createLocal();
