export { noteReceipts, smsReceipts } from "./receipts.js";
export { addCallbacks } from "./store.js";
