const LEAST_CHARACTERS = 12;
const LEAST_DIFFERENT = 5;
/** Parts of passwords that everybody tries first. */
const WELL_KNOWN =
  /password|passw0rd|123456|654321|qwert|admin|root|letmein|welcome|change[-_ ]?me|recallkit|guest|postgres|iloveyou|abc123|000000|111111|888888|666666/i;

/** True for a password that is short, uniform, or mostly one of those that everybody tries first. */
export function isWeakPassword(password: string): boolean {
  if (password.length < LEAST_CHARACTERS || new Set(password).size < LEAST_DIFFERENT) return true;
  // A long phrase may hold such a word; a short one is built around it.
  return password.replace(WELL_KNOWN, "").length < LEAST_CHARACTERS - 4 && WELL_KNOWN.test(password);
}
