export {
  type AccountFault,
  type OfficialAccountSimulator,
  type OfficialAccountSimulatorOptions,
  startOfficialAccountSimulator,
} from "./simulator.js";
export type { SentMessage } from "./world.js";
