import { after, BEAT_MS, MISSED, NOTHING_YET, type Reading, type Sign } from "./reading";

/** What a browser gives for a stream. */
export interface StreamPorts<T> {
  now(): number;
  /** Opens the stream. `lost` comes for every cut; it opens itself again unless `isOver`. @returns closes it */
  open(on: { told(value: T): void; beat(): void; lost(isOver: boolean): void }): () => void;
  /** Asks for the same as an answer. */
  poll(signal: AbortSignal): Promise<T>;
  /** Works in one tab of the browser at a time: when it is this one's turn, until the signal. */
  lead(signal: AbortSignal, work: (signal: AbortSignal) => void): void;
  /** The other tabs. @returns their end */
  share(on: (message: Shared<T>) => void): { post(message: Shared<T>): void; close(): void };
  isHidden(): boolean;
  /** @returns stops it */
  onVisibility(on: () => void): () => void;
}

/** What tabs tell each other. */
export type Shared<T> = { readonly ask: true } | { readonly reading: Reading<T> };

/** A page that nobody looks at for this long lets go, ms. */
export const HIDDEN_MS = 60_000;
/** How often it is asked while there is no stream, ms. */
const POLL_MS = BEAT_MS;
/** When a stream that was refused is tried again, ms. */
const AGAIN_MS = 3 * BEAT_MS;
/** Cuts in a row after which it is asked as well. */
const CUTS = 2;

/** Follows a stream that one tab holds for all of them. @returns ends it */
export function followStream<T>(ports: StreamPorts<T>, onChange: (reading: Reading<T>) => void): () => void {
  let reading: Reading<T> = NOTHING_YET;
  let isLeader = false;
  let stay: AbortController | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;

  function become(next: Reading<T>) {
    reading = next;
    onChange(reading);
  }
  const others = ports.share((message) => {
    if ("ask" in message) {
      if (isLeader && reading.heardAt !== undefined) others.post({ reading });
    } else if (!isLeader && stay) become(message.reading);
  });
  function tell(sign: Sign<T>) {
    become(after(reading, sign));
    others.post({ reading });
  }

  function join() {
    if (stay) return;
    const mine = new AbortController();
    stay = mine;
    ports.lead(mine.signal, (signal) => {
      isLeader = true;
      holdStream(ports, tell, signal);
      signal.addEventListener("abort", () => {
        isLeader = false;
      });
    });
    others.post({ ask: true });
  }
  function leave() {
    stay?.abort();
    stay = undefined;
    become(after(reading, { kind: "left" }));
  }
  function look() {
    clearTimeout(leaving);
    if (ports.isHidden()) leaving = setTimeout(leave, HIDDEN_MS);
    else join();
  }
  const blind = ports.onVisibility(look);
  look();
  return () => {
    clearTimeout(leaving);
    blind();
    stay?.abort();
    others.close();
  };
}

/** Keeps the stream open until the signal, and asks where there is none. */
function holdStream<T>(ports: StreamPorts<T>, tell: (sign: Sign<T>) => void, signal: AbortSignal) {
  let close = () => {};
  let silence: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let asking: ReturnType<typeof setTimeout> | undefined;
  let cuts = 0;

  function connect() {
    close();
    clearTimeout(again);
    const heard = (sign: Sign<T>) => {
      cuts = 0;
      clearTimeout(asking);
      asking = undefined;
      listen();
      tell(sign);
    };
    listen();
    close = ports.open({
      told: (value) => heard({ kind: "told", value, at: ports.now() }),
      beat: () => heard({ kind: "beat", at: ports.now() }),
      lost,
    });
  }
  /** A connection can be dead without being cut. */
  function listen() {
    clearTimeout(silence);
    silence = setTimeout(() => lost(true), MISSED * BEAT_MS);
  }
  function lost(isOver: boolean) {
    clearTimeout(silence);
    cuts += 1;
    if (asking === undefined) tell({ kind: "lost" });
    if (isOver) {
      close();
      again = setTimeout(connect, AGAIN_MS);
    }
    if ((isOver || cuts >= CUTS) && asking === undefined) asking = setTimeout(() => void ask(), 0);
  }
  async function ask() {
    const mine = asking;
    try {
      const value = await ports.poll(signal);
      if (mine === asking && !signal.aborted) tell({ kind: "polled", value, at: ports.now() });
    } catch {
      if (mine === asking && !signal.aborted) tell({ kind: "lost" });
    }
    // Meanwhile the stream may have come back.
    if (mine === asking && !signal.aborted) asking = setTimeout(() => void ask(), POLL_MS);
  }
  connect();
  signal.addEventListener("abort", () => {
    close();
    for (const timer of [silence, again, asking]) clearTimeout(timer);
    asking = undefined;
  });
}
