// What others may use of this module.

export { audienceDigest } from "./audience-digest.js";
