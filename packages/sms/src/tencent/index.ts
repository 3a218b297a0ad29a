export { readTencentReply, readTencentReports, TENCENT_ACKNOWLEDGED } from "./callbacks.js";
export type { TencentOptions } from "./options.js";
export { tencentProvider } from "./provider.js";
