// What others may use of this module.
export { setBirthday } from "./birthdays.js";
export { revisitHealth } from "./health.js";
export { makeSampleInstitutions } from "./sample.js";
