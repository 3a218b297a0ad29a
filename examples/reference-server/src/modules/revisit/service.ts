// What others may use of this module.
export { refreshBirthdays, setBirthday } from "./birthdays.js";
