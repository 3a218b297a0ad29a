export { MODEL_FAULTS, type ModelFault, WRONG_TEXTS } from "./faults.js";
export { type ModelCall, type ModelSimulator, type ModelSimulatorOptions, startModelSimulator } from "./simulator.js";
