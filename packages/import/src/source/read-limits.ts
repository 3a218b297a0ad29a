/** What a file may cost. */
export interface ReadLimits {
  /** Most bytes that a packed file may unpack to. @default 17_179_869_184 (16 GiB) */
  readonly unpackedBytes: number;
  /** Most unpacked bytes per packed byte, judged from 64 MiB on; real tables stay below 100. @default 250 */
  readonly unpackRatio: number;
  /** Longest row, bytes of UTF-8; longer ones are broken rows. @default 1_000_000 */
  readonly rowBytes: number;
  /** @default 16_384, what Excel has */
  readonly columns: number;
  /** Shared texts of a workbook that are held in memory, bytes; more go to a temporary file. @default 16_777_216 */
  readonly sharedTextBytes: number;
}

export const READ_LIMITS: ReadLimits = {
  unpackedBytes: 16 * 2 ** 30,
  unpackRatio: 250,
  rowBytes: 1_000_000,
  columns: 16_384,
  sharedTextBytes: 16 * 2 ** 20,
};
