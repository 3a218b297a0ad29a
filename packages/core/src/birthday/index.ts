// Birthdays by the Gregorian and the Chinese calendar: `@recallkit/core/birthday`. An entry of its own, because the calendar is
// a library that other users need not load.
export {
  BIRTHDAY_CALENDARS,
  type Birthday,
  type BirthdayCalendar,
  type BirthdayPolicy,
  birthdayKey,
  birthdayOf,
  type ComingBirthday,
  isBirthday,
  LEAP_DAY_POLICIES,
  LEAP_MONTH_POLICIES,
  readBirthdayKey,
  THIRTIETH_POLICIES,
} from "./birthday.js";
export { birthdayIn, birthdaysOn, birthdayWindow, type KeyedBirthday, nextBirthday } from "./next-birthday.js";
