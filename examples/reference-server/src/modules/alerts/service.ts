// What others may use of this module.

export { alertTargets } from "./keys.js";
export { type Saying, say } from "./tell.js";
