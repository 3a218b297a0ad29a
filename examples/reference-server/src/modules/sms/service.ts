export { smsReceipts } from "./receipts.js";
