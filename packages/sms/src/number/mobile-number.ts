/** Mobiles of mainland China; a stricter list of blocks would be out of date with every new one. */
const MAINLAND = /^\+86(1[3-9]\d{9})$/;

/** The eleven digits of a mobile of mainland China in E.164; undefined for any other number. */
export function mainlandDigits(e164: string): string | undefined {
  return MAINLAND.exec(e164)?.[1];
}

/**
 * A number as providers and people write it, as E.164: `138 0013 8000`, `86-138…`, `0086138…`, full width; others with `+`.
 * Undefined for what is no mobile number, a landline too.
 */
export function toE164(text: string): string | undefined {
  const plain = text.normalize("NFKC").replace(/[\s().-]/g, "");
  const mainland = /^(?:\+?86|0086)?(1[3-9]\d{9})$/.exec(plain)?.[1];
  if (mainland !== undefined) return `+86${mainland}`;
  const abroad = plain.replace(/^00/, "+");
  return /^\+(?!86)[1-9]\d{6,14}$/.test(abroad) ? abroad : undefined;
}

/** A number for people and logs: `138****8000`, `+852****4567`. */
export function maskNumber(e164: string): string {
  const mainland = mainlandDigits(e164);
  if (mainland !== undefined) return `${mainland.slice(0, 3)}****${mainland.slice(-4)}`;
  return e164.length < 9 ? "****" : `${e164.slice(0, 4)}****${e164.slice(-4)}`;
}
