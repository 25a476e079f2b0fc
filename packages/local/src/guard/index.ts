export { type BlankImageOptions, blankImage } from "./blank-image.js";
export { type SilentAudioOptions, silentAudio } from "./silent-audio.js";
