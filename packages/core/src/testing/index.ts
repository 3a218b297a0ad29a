export { type RecordingChannel, type RecordingChannelOptions, recordingChannel } from "./recording-channel.js";
export { seededRandom, sequentialIds } from "./seeded.js";
export { type VirtualClock, virtualClock } from "./virtual-clock.js";
