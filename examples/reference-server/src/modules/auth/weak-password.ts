import { isCommonPassword } from "./common-password.js";

const LEAST_CHARACTERS = 12;
const LEAST_DIFFERENT = 5;
/** Parts of passwords that everybody tries first. */
const WELL_KNOWN =
  /password|passw0rd|123456|654321|qwert|admin|root|letmein|welcome|change[-_ ]?me|recallkit|guest|postgres|iloveyou|abc123|000000|111111|888888|666666/gi;
/** What is left beside such parts has to be worth something by itself. */
const LEAST_BESIDE = 8;

/** True for a password that is short, uniform, or mostly one of those that everybody tries first. */
export function isWeakPassword(password: string): boolean {
  if (password.length < LEAST_CHARACTERS || new Set(password).size < LEAST_DIFFERENT) return true;
  return /^\d+$/.test(password) || isCommonPassword(password) || password.replace(WELL_KNOWN, "").length < LEAST_BESIDE;
}
