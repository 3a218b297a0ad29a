// GSM 03.38: which characters a text of seven bits may hold, and how many units of seven bits each takes.

/** Characters of one unit. The place of ESC is left out: it isn't a character. @see https://www.3gpp.org/dynareport/23038.htm 6.2.1 */
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/** Characters after an ESC, two units. @see https://www.3gpp.org/dynareport/23038.htm 6.2.1.1 */
const EXTENSION = "\f^{}\\[~]|€";

const UNITS: ReadonlyMap<string, 1 | 2> = new Map<string, 1 | 2>([
  ...[...BASIC].map((character): [string, 1] => [character, 1]),
  ...[...EXTENSION].map((character): [string, 2] => [character, 2]),
]);

/** Units of seven bits that a character takes, 1 or 2; undefined: the alphabet lacks it. */
export function gsmUnits(character: string): 1 | 2 | undefined {
  return UNITS.get(character);
}
