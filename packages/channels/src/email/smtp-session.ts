import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { SmtpSettings } from "./email-options.js";
import type { SmtpReply, SmtpStage } from "./smtp-replies.js";

/** A mail with its envelope. */
export interface OutgoingMail {
  /** Envelope sender, where bounces go. */
  readonly from: string;
  readonly to: string;
  /** Names the mail in bounces of servers that know DSN. */
  readonly token: string;
  readonly bytes: Buffer;
}

/** How a step ended. Without a reply the connection was lost, or the server was silent. */
export interface SmtpFailure {
  readonly stage: SmtpStage;
  readonly reply: SmtpReply | undefined;
  /** nodemailer's code: `ETIMEDOUT`, `ECONNECTION` … */
  readonly fault: string;
}

/** An open connection that is logged in. */
export interface SmtpSession {
  /** Mails that were begun on it. */
  readonly mails: number;
  readonly isOpen: boolean;
  /**
   * Hands one mail over.
   *
   * @param mayEnd asked right before the line that ends the mail: only with it a server takes a mail over
   */
  send(mail: OutgoingMail, mayEnd: () => boolean): Promise<SmtpFailure | undefined>;
  /** Whether an idle session keeps the process alive; a mail on its way always does. */
  hold(isHeld: boolean): void;
  /** Ends the connection at once. What was not ended by its last line is not taken. */
  close(): void;
}

const CHUNK = 16 * 1024;

/** Connects and logs in. @returns the session, or why there is none */
export function openSession(smtp: SmtpSettings, signal: AbortSignal): Promise<SmtpSession | SmtpFailure> {
  const { host, port, tls, ca, auth, clientName, connectTimeoutMs, socketTimeoutMs } = smtp;
  const connection = new SMTPConnection({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    socketTimeout: socketTimeoutMs,
    // A half-written mail must not wait for the other side to close.
    socketCloseTimeout: 0,
    maxResponseSize: 64 * 1024,
    tls: { minVersion: "TLSv1.2", ...(ca !== undefined && { ca }) },
    ...(clientName !== undefined && { name: clientName }),
  });
  return new Promise((resolve) => {
    let stage: SmtpStage = "connect";
    const settle = (end: SmtpSession | SmtpFailure): void => {
      signal.removeEventListener("abort", onAbort);
      resolve(end);
      // Closing tells of an end by itself, which by now is no news.
      if (!("send" in end)) connection.close();
    };
    const onAbort = (): void => settle({ stage, reply: undefined, fault: "EABORT" });
    // The last listener of a connection: an error without one would end the process.
    connection.on("error", (error) => settle(failureOf(stage, error)));
    connection.once("end", () => settle({ stage, reply: undefined, fault: "ECONNECTION" }));
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    connection.connect((error) => {
      if (error) return settle(failureOf(stage, error));
      if (auth === undefined) return settle(sessionOver(connection));
      stage = "login";
      connection.login({ credentials: { user: auth.user, pass: auth.pass } }, (refusal) =>
        settle(refusal ? failureOf("login", refusal) : sessionOver(connection)),
      );
    });
  });
}

function sessionOver(connection: SMTPConnection): SmtpSession {
  let mails = 0;
  let isOpen = true;
  connection.once("end", () => {
    isOpen = false;
  });
  return {
    get mails() {
      return mails;
    },
    get isOpen() {
      return isOpen;
    },
    send(mail, mayEnd) {
      mails += 1;
      return new Promise((resolve) => {
        const progress = { isWriting: false, isEnded: false };
        const envelope = {
          from: mail.from,
          to: [mail.to],
          size: mail.bytes.length,
          dsn: { ret: "HDRS", envid: mail.token, notify: ["FAILURE", "DELAY"], orcpt: `rfc822;${mail.to}` },
        };
        connection.send(envelope, lastWord(mail.bytes, mayEnd, progress), (error) => {
          if (!error) return resolve(undefined);
          const failure = failureOf(stageOf(error.command, progress), error);
          // 421 announces the end of the connection; after any other reply the next mail may go over it.
          if (failure.reply === undefined || failure.reply.code === 421) {
            connection.close();
            return resolve(failure);
          }
          connection.reset((fault) => {
            if (fault) connection.close();
            resolve(failure);
          });
        });
      });
    },
    hold(isHeld) {
      if (connection._socket) connection._socket[isHeld ? "ref" : "unref"]();
    },
    close: () => connection.close(),
  };
}

/** The bytes of a mail; their end, which is what makes a mail of them, comes only when it may. Read from DATA's reply on. */
function lastWord(bytes: Buffer, mayEnd: () => boolean, progress: { isWriting: boolean; isEnded: boolean }): Readable {
  let at = 0;
  return new Readable({
    read() {
      progress.isWriting = true;
      if (at < bytes.length) {
        this.push(bytes.subarray(at, at + CHUNK));
        at += CHUNK;
      } else if (mayEnd()) {
        progress.isEnded = true;
        this.push(null);
      } else {
        this.destroy(new Error("the send deadline passed"));
      }
    },
  });
}

function stageOf(command: string | undefined, progress: { isWriting: boolean; isEnded: boolean }): SmtpStage {
  if (progress.isEnded) return "message";
  if (progress.isWriting || command === "DATA") return "data";
  return command === "RCPT TO" ? "recipient" : "sender";
}

/** What nodemailer says of an error, without the server's text, which may hold addresses. */
function failureOf(
  stage: SmtpStage,
  error: { readonly code?: unknown; readonly response?: unknown; readonly responseCode?: unknown },
): SmtpFailure {
  const fault = typeof error.code === "string" ? error.code : "ESOCKET";
  const { response, responseCode } = error;
  if (typeof response !== "string" || typeof responseCode !== "number") return { stage, reply: undefined, fault };
  const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  return { stage, reply: { code: responseCode, status }, fault };
}
