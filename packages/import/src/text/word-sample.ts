/** Different words with bytes beyond ASCII, out of a whole file. */
export interface WordSample {
  readonly words: readonly Uint8Array[];
  add(piece: Uint8Array): void;
  end(): void;
}

const MOST_WORDS = 4000;
/** Bytes of a word that are kept. */
const LONGEST_WORD = 240;

/**
 * Collects up to 4 000 different words. In every encoding that contains ASCII, a byte below 0x30 stands for itself, so
 * that words end there, whatever the encoding will turn out to be.
 */
export function wordSample(): WordSample {
  const words: Uint8Array[] = [];
  const seen = new Set<string>();
  let begun: number[] = [];
  let isBeyondAscii = false;
  const finish = () => {
    if (isBeyondAscii) {
      const key = String.fromCharCode(...begun);
      if (!seen.has(key)) words.push(Uint8Array.from(begun));
      seen.add(key);
    }
    begun = [];
    isBeyondAscii = false;
  };
  return {
    words,
    add(piece) {
      for (let at = 0; at < piece.length && words.length < MOST_WORDS; at += 1) {
        const byte = piece[at] ?? 0;
        if (byte < 0x30 || (byte > 0x39 && byte < 0x40)) finish();
        else if (begun.length < LONGEST_WORD) {
          begun.push(byte);
          isBeyondAscii ||= byte > 0x7f;
        }
      }
    },
    end: finish,
  };
}
