export { addressesOf, recipientsAt } from "./recipients.js";
export {
  type RecordedMessage,
  type RecordingChannel,
  type RecordingChannelOptions,
  recordingChannel,
} from "./recording-channel.js";
export { seededRandom, sequentialIds } from "./seeded.js";
export { MESSAGE_MUTANTS, type MessageMutantName } from "./simulator/message-mutants.js";
export { MUTANTS, type MutantName } from "./simulator/mutants.js";
export { type Simulation, type SimulationOptions, simulate } from "./simulator/simulate.js";
export { simulateMessages } from "./simulator/simulate-messages.js";
export { type VirtualClock, virtualClock } from "./virtual-clock.js";
