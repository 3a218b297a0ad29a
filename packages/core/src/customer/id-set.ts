const WORDS = 1024;

/** A set of row ids as bits: a few bytes per id however many rows an import touches. */
export class IdSet {
  readonly #pages = new Map<number, Uint32Array>();
  size = 0;

  has(id: number): boolean {
    const page = this.#pages.get(Math.floor(id / (WORDS * 32)));
    return page !== undefined && ((page[Math.floor(id / 32) % WORDS] ?? 0) & (1 << (id % 32))) !== 0;
  }

  add(id: number): void {
    if (this.has(id)) return;
    const key = Math.floor(id / (WORDS * 32));
    const page = this.#pages.get(key) ?? new Uint32Array(WORDS);
    this.#pages.set(key, page);
    const word = Math.floor(id / 32) % WORDS;
    page[word] = (page[word] ?? 0) | (1 << (id % 32));
    this.size += 1;
  }
}
