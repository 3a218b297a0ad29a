import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { followStream, HIDDEN_MS, type Shared, type StreamPorts } from "./live-stream";
import { freshness, type Reading } from "./reading";

type Open = Parameters<StreamPorts<number>["open"]>[0];

/** A browser with tabs: one lock, one channel between tabs, a server that does what the test says. */
function browser() {
  const streams = new Set<Open>();
  const queue: { signal: AbortSignal; work: (signal: AbortSignal) => void }[] = [];
  const listeners = new Set<(message: Shared<number>) => void>();
  const asked: number[] = [];
  let opened = 0;
  let held: AbortSignal | undefined;
  let poll = (): Promise<number> => Promise.reject(new TypeError("network"));

  function grant() {
    const next = held ? undefined : queue.shift();
    if (!next) return;
    if (next.signal.aborted) return grant();
    held = next.signal;
    next.work(next.signal);
    next.signal.addEventListener("abort", () => {
      held = undefined;
      grant();
    });
  }
  function tab() {
    let isHidden = false;
    let onVisibility = () => {};
    const seen: Reading<number>[] = [];
    const ports: StreamPorts<number> = {
      now: () => Date.now(),
      open(on) {
        opened += 1;
        streams.add(on);
        return () => streams.delete(on);
      },
      poll() {
        asked.push(Date.now());
        return poll();
      },
      lead(signal, work) {
        queue.push({ signal, work });
        grant();
      },
      share(on) {
        listeners.add(on);
        return {
          post: (message) => {
            for (const one of listeners) if (one !== on) one(message);
          },
          close: () => listeners.delete(on),
        };
      },
      isHidden: () => isHidden,
      onVisibility(on) {
        onVisibility = on;
        return () => undefined;
      },
    };
    const stop = followStream(ports, (reading) => seen.push(reading));
    const show = (shown: boolean) => {
      isHidden = !shown;
      onVisibility();
    };
    const fresh = () => freshness(seen.at(-1) ?? { link: "opening", value: undefined, heardAt: undefined }, Date.now());
    return { show, stop, fresh, value: () => seen.at(-1)?.value };
  }
  return {
    tab,
    streams,
    asked,
    opened: () => opened,
    answer(next: () => Promise<number>) {
      poll = next;
    },
    each(work: (on: Open) => void) {
      for (const on of [...streams]) work(on);
    },
  };
}

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A minute in which the server beats, but for its last millisecond. */
async function beating(each: ReturnType<typeof browser>["each"]) {
  for (let at = 0; at < HIDDEN_MS - 5_000; at += 5_000) {
    await after(5_000);
    each(({ beat }) => beat());
  }
  await after(4_999);
}

describe("a stream that one tab holds for all", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("eight tabs have one stream, and all see what it tells", async () => {
    const { tab, each, opened, asked } = browser();
    const tabs = Array.from({ length: 8 }, tab);
    each(({ told }) => told(128));
    expect(tabs.map(({ value }) => value())).toEqual(Array(8).fill(128));
    expect([opened(), asked]).toEqual([1, []]);
    // One that comes later is told at once what is known.
    expect(tab().value()).toBe(128);
    expect(opened()).toBe(1);
  });

  test("when the tab that has it goes, another one takes over with what is known", () => {
    const { tab, each, opened, streams } = browser();
    const [first, second] = [tab(), tab()];
    each(({ told }) => told(5));
    first.stop();
    expect([opened(), streams.size, second.value()]).toEqual([2, 1, 5]);
    each(({ told }) => told(6));
    expect([second.value(), first.value()]).toEqual([6, 5]);
  });

  test("a server that stops is said at once, its figures are old after three beats, and it comes back with no more than there is", async () => {
    const { tab, each } = browser();
    const { fresh, value } = tab();
    each(({ told }) => told(40));
    expect(fresh()).toEqual({ link: "live", seconds: 0, isOld: false });
    for (let second = 0; second < 10; second++) {
      await after(1_000);
      each(({ lost }) => lost(false));
      expect(fresh()).toMatchObject({ link: "cut", seconds: second + 1, isOld: false });
    }
    await after(5_000);
    expect([fresh(), value()]).toEqual([{ link: "cut", seconds: 15, isOld: true }, 40]);
    each(({ told }) => told(41));
    expect([fresh(), value()]).toEqual([{ link: "live", seconds: 0, isOld: false }, 41]);
  });

  test("a beat says that what was told still holds", async () => {
    const { tab, each } = browser();
    const { fresh, value } = tab();
    each(({ told }) => told(40));
    await after(1_000);
    each(({ lost }) => lost(false));
    each(({ beat }) => beat());
    expect([fresh(), value()]).toEqual([{ link: "live", seconds: 0, isOld: false }, 40]);
  });

  test("a connection that is dead without being cut is noticed after three beats", async () => {
    const { tab, each, opened, streams } = browser();
    const { fresh } = tab();
    each(({ told }) => told(40));
    await after(14_999);
    expect([fresh().link, opened()]).toEqual(["live", 1]);
    await after(1);
    expect([fresh(), streams.size]).toEqual([{ link: "cut", seconds: 15, isOld: true }, 0]);
    await after(15_000);
    expect(opened()).toBe(2);
  });

  test("where no stream gets through it is asked, and the stream tried again", async () => {
    const { tab, each, asked, opened, answer } = browser();
    const { fresh, value } = tab();
    answer(() => Promise.resolve(7));
    each(({ lost }) => lost(true));
    await after(0);
    expect([fresh(), value()]).toEqual([{ link: "polling", seconds: 0, isOld: false }, 7]);
    await after(10_000);
    expect(asked).toHaveLength(3);
    await after(5_000);
    expect(opened()).toBe(2);
    each(({ told }) => told(8));
    const count = asked.length;
    await after(14_000);
    expect([fresh().link, value(), asked.length]).toEqual(["live", 8, count]);
  });

  test("an answer that was asked for before the stream came back changes nothing", async () => {
    const { tab, each, answer } = browser();
    const { value, fresh } = tab();
    let late = (_value: number) => {};
    answer(() => new Promise((resolve) => (late = resolve)));
    each(({ lost }) => lost(false));
    each(({ lost }) => lost(false));
    await after(0);
    each(({ told }) => told(9));
    late(3);
    await after(0);
    expect([value(), fresh().link]).toEqual([9, "live"]);
  });

  test("a hidden tab lets go after a minute, asks nothing, and is told anew when it is looked at", async () => {
    const { tab, each, opened, streams, asked } = browser();
    const { show, fresh, value } = tab();
    each(({ told }) => told(1));
    show(false);
    await beating(each);
    expect(streams.size).toBe(1);
    await after(1);
    expect([streams.size, fresh().link]).toEqual([0, "opening"]);
    await after(300_000);
    expect([opened(), asked]).toEqual([1, []]);
    show(true);
    expect([opened(), fresh().isOld, value()]).toEqual([2, true, 1]);
    each(({ told }) => told(2));
    expect([fresh().isOld, value()]).toEqual([false, 2]);
  });

  test("a hidden tab leaves the stream to one that is looked at", async () => {
    const { tab, each, opened, streams } = browser();
    const [hidden, shown] = [tab(), tab()];
    hidden.show(false);
    await beating(each);
    expect([opened(), streams.size]).toEqual([1, 1]);
    await after(1);
    expect([opened(), streams.size]).toEqual([2, 1]);
    each(({ told }) => told(3));
    // Tabs hear each other, but one that let go does not listen.
    expect([shown.value(), hidden.value()]).toEqual([3, undefined]);
  });
});
