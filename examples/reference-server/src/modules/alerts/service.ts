// What others may use of this module.

export { alarmSink } from "./alarm-targets.js";
export { alertTargets } from "./keys.js";
export { type Saying, say } from "./tell.js";
