export type { CustomerSource } from "./customers.js";
export type { Fault, FaultScript } from "./faults.js";
export type { Ledger, LedgerDelivery, LedgerFigures, LedgerTask } from "./ledger.js";
export type { ConfirmRule, SimulatedApp, WaitingTask, WecomSimulatorOptions } from "./options.js";
export {
  type DeliveryHabits,
  type OutgoingCallbacks,
  type OutgoingCallbacksOptions,
  type OutgoingMessage,
  type OutgoingRecord,
  outgoingCallbacks,
} from "./outgoing-callbacks.js";
export type { ReceiveCap } from "./receive-cap.js";
export { startWecomSimulator, type WecomSimulator } from "./simulator.js";
export type { CallRecord, StaffMessage, Upload } from "./state.js";
export type { Attachment } from "./validate-attachment.js";
