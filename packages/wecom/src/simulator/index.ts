export type { CallQuota } from "./call-quota.js";
export type { KfNews, NewContact, SimulatorControl } from "./control.js";
export type { CustomerSource, SimulatedCustomer } from "./customers.js";
export type { Fault, FaultScript } from "./faults.js";
export type { Ledger, LedgerDelivery, LedgerFigures, LedgerTask } from "./ledger.js";
export type { ConfirmRule, SimulatedApp, SimulatedGroup, WaitingTask, WecomSimulatorOptions } from "./options.js";
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
export type { Bot, CallbackEvent, CallRecord, KfSent, StaffMessage, Upload, Welcome } from "./state.js";
export type { Attachment } from "./validate-attachment.js";
