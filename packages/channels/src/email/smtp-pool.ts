import type { Clock } from "@recallkit/core";
import type { SmtpSettings } from "./email-options.js";
import { type OutgoingMail, openSession, type SmtpFailure, type SmtpSession } from "./smtp-session.js";

/** How a mail ended. */
export type MailEnd =
  | { readonly kind: "taken" }
  /** The server said no: it has not taken the mail. */
  | { readonly kind: "refused"; readonly failure: SmtpFailure & { readonly reply: NonNullable<SmtpFailure["reply"]> } }
  /** Nothing that ends a mail was written: no server has taken it. */
  | { readonly kind: "not-sent"; readonly fault: string; readonly stage?: SmtpFailure["stage"] }
  /** The mail was ended, and no reply came. */
  | { readonly kind: "unknown"; readonly fault: string };

/** Connections that mails share. */
export interface SmtpPool {
  /** Hands a mail over at most once. @param writeBy monotonic ms, compared right before the line that ends the mail */
  send(mail: OutgoingMail, options: { readonly writeBy: number; readonly signal: AbortSignal }): Promise<MailEnd>;
  /** Ends idle connections; those with a mail on its way end after it. May be repeated. */
  close(): void;
}

/** A mail that waits for a connection. */
interface Waiter {
  take(session: SmtpSession | undefined): void;
}

/** Opens no connection yet. */
export function smtpPool(smtp: SmtpSettings, clock: Clock): SmtpPool {
  const idle: SmtpSession[] = [];
  const waiters = new Set<Waiter>();
  let connections = 0;
  let isClosed = false;

  /** A free session; undefined: there is room for a new one, which is taken. */
  async function acquire(
    writeBy: number,
    signal: AbortSignal,
  ): Promise<{ readonly session: SmtpSession | undefined } | undefined> {
    for (let session = idle.pop(); session; session = idle.pop()) {
      if (session.isOpen) return { session };
      connections -= 1;
    }
    if (connections < smtp.maxConnections) {
      connections += 1;
      return { session: undefined };
    }
    const timer = new AbortController();
    const onAbort = () => timer.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await new Promise((resolve) => {
        const waiter: Waiter = {
          take(session) {
            waiters.delete(waiter);
            resolve({ session });
          },
        };
        waiters.add(waiter);
        void clock.sleep(writeBy - clock.monotonic(), timer.signal).then(() => {
          if (waiters.delete(waiter)) resolve(undefined);
        });
      });
    } finally {
      signal.removeEventListener("abort", onAbort);
      timer.abort();
    }
  }

  /** Gives a connection to whoever waits longest, keeps it, or ends it. */
  function release(session: SmtpSession | undefined): void {
    const isUsable = session?.isOpen === true && session.mails < smtp.maxMessages && !isClosed;
    if (session && !isUsable) session.close();
    const [waiter] = waiters;
    // A place without a session: who takes it opens one.
    if (waiter) waiter.take(isUsable ? session : undefined);
    else if (isUsable) {
      session.hold(false);
      idle.push(session);
    } else connections -= 1;
  }

  return {
    async send(mail, { writeBy, signal }) {
      const place = await acquire(writeBy, signal);
      if (!place) return { kind: "not-sent", fault: signal.aborted ? "EABORT" : "no connection was free in time" };
      if (isClosed) {
        release(place.session);
        return { kind: "not-sent", fault: "the channel is closed" };
      }
      const opened = place.session ?? (await openSession(smtp, signal));
      if (!("send" in opened)) {
        release(undefined);
        return endOf(opened);
      }
      opened.hold(true);
      const onAbort = () => opened.close();
      signal.addEventListener("abort", onAbort, { once: true });
      let isEnded = false;
      const mayEnd = () => {
        isEnded = !signal.aborted && clock.monotonic() <= writeBy;
        return isEnded;
      };
      try {
        const failure = await untilClosed(opened, mail, mayEnd, signal);
        if (failure === undefined) return { kind: "taken" };
        if (failure.reply === undefined && isEnded) return { kind: "unknown", fault: failure.fault };
        return endOf(failure);
      } finally {
        signal.removeEventListener("abort", onAbort);
        release(opened);
      }
    },
    close() {
      isClosed = true;
      for (const session of idle.splice(0)) {
        session.close();
        connections -= 1;
      }
    },
  };
}

/** Sends, and ends when the caller gives up: a closed connection forgets whom it owes an answer. */
function untilClosed(
  session: SmtpSession,
  mail: OutgoingMail,
  mayEnd: () => boolean,
  signal: AbortSignal,
): Promise<SmtpFailure | undefined> {
  return new Promise((resolve) => {
    const onAbort = () => resolve({ stage: "message", reply: undefined, fault: "EABORT" });
    if (signal.aborted) {
      session.close();
      return onAbort();
    }
    signal.addEventListener("abort", onAbort, { once: true });
    session
      .send(mail, mayEnd)
      .then(resolve)
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function endOf({ reply, stage, fault }: SmtpFailure): MailEnd {
  return reply === undefined
    ? { kind: "not-sent", fault, stage }
    : { kind: "refused", failure: { stage, reply, fault } };
}
