import type { Shared, StreamPorts } from "./live-stream";

/** A stream of server-sent events, and the same as an answer. */
export interface Source<T> {
  /** Names it among the tabs of a browser. */
  readonly name: string;
  readonly url: string;
  /** Event that carries the value. */
  readonly event: string;
  poll(signal: AbortSignal): Promise<T>;
}

/** The browser's part in following a stream. */
export function browserStream<T>({ name, url, event, poll }: Source<T>): StreamPorts<T> {
  return {
    now: () => Date.now(),
    poll,
    open(on) {
      const stream = new EventSource(url);
      // The server of this page: its events are what its description says.
      stream.addEventListener(event, ({ data }) => on.told(JSON.parse(data) as T));
      stream.addEventListener("beat", () => on.beat());
      stream.onerror = () => on.lost(stream.readyState === EventSource.CLOSED);
      return () => stream.close();
    },
    lead(signal, work) {
      const until = (release: AbortSignal) =>
        new Promise<void>((resolve) => release.addEventListener("abort", () => resolve()));
      const turn = () => {
        work(signal);
        return until(signal);
      };
      // Plain http away from this machine has no locks: there every tab has a stream of its own.
      if (!("locks" in navigator)) void turn();
      else navigator.locks.request(name, { signal }, turn).catch(() => undefined);
    },
    share(on) {
      const channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => on(data as Shared<T>);
      return { post: (message) => channel.postMessage(message), close: () => channel.close() };
    },
    isHidden: () => document.visibilityState === "hidden",
    onVisibility(on) {
      document.addEventListener("visibilitychange", on);
      return () => document.removeEventListener("visibilitychange", on);
    },
  };
}
