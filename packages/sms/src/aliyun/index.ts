export { ALIYUN_ACKNOWLEDGED, readAliyunReplies, readAliyunReports } from "./callbacks.js";
export type { AliyunOptions } from "./options.js";
export { aliyunProvider } from "./provider.js";
