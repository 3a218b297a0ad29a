export { type XxlJobAnswer, type XxlJobExecutor, type XxlJobExecutorOptions, xxlJobExecutor } from "./executor.js";
