// What others may use of this module.
export { refreshBirthdays, setBirthday } from "./birthdays.js";
export { makeSampleInstitutions } from "./sample.js";
