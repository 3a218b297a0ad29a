// What others may use of this module.
export { refreshBirthdays, setBirthday } from "./birthdays.js";
export { type RevisitHealth, revisitHealth } from "./health.js";
export { makeSampleInstitutions } from "./sample.js";
