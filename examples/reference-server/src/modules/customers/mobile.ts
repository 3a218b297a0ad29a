import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** A mobile number in E.164; numbers without a country code are Chinese. Undefined when it is no number. */
export function normaliseMobile(text: string): string | undefined {
  const number = parsePhoneNumberFromString(text, "CN");
  return number?.isValid() ? number.number : undefined;
}
