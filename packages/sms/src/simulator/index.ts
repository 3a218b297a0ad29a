export type { Fault, FaultScript } from "./faults.js";
export type { SmsSimulatorOptions, YunpianAccount } from "./options.js";
export type { PushRound } from "./pushes.js";
export { type SmsLedger, type SmsSimulator, startSmsSimulator } from "./simulator.js";
export type { CallRecord, Fate, ProviderName, TakenMessage } from "./state.js";
