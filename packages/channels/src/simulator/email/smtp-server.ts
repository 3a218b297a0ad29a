import { ConfigError } from "@recallkit/core";
import type { SMTPServer, SMTPServerOptions, SMTPServerSession } from "smtp-server";
import type { OpenScript } from "../fault-script.js";
import type { EmailFault } from "./email-faults.js";
import { type MailEnvelope, readMail, type TakenMail } from "./taken-mail.js";

/** What the server asks of those who send over it. */
export interface MailAccount {
  readonly user: string;
  readonly pass: string;
  /** Addresses that it may send from; their domains count. @default any */
  readonly domains?: readonly string[] | undefined;
  /** PEM: every mail has to be signed with its key. @default signatures are not looked at */
  readonly dkimPublicKey?: string | undefined;
  /** Most bytes of a mail. @default 1 MiB */
  readonly maxBytes?: number | undefined;
}

/** A step of a session, without addresses. */
export interface SmtpCall {
  readonly on: EmailFault["on"];
  /** Undefined: the server was silent or hung up. */
  readonly code: number | undefined;
  readonly at: number;
}

/** Everything that the server knows. */
export interface MailWorld {
  readonly now: () => number;
  readonly account: MailAccount;
  readonly faults: OpenScript<EmailFault>;
  readonly mails: TakenMail[];
  readonly calls: SmtpCall[];
  /** Addresses that were put off once. */
  readonly greylisted: Set<string>;
  /** A mail was taken. */
  onMail(mail: TakenMail): void;
}

type Callback = (error?: Error | null) => void;
type Step = Exclude<EmailFault["on"], "*">;

/** A refusal as smtp-server writes it. */
const reply = (code: number, status: string) => Object.assign(new Error(`${status} refused`), { responseCode: code });

/** Outcomes by the part before the @, up to a `+`, `-` or digit. */
const RECIPIENTS: Readonly<Record<string, readonly [number, string]>> = {
  unknown: [550, "5.1.1"],
  closed: [550, "5.2.1"],
  full: [552, "5.2.2"],
};

/** First word of an address. */
export function wordOf(address: string): string {
  return /^[a-z]+/i.exec(address)?.[0].toLowerCase() ?? "";
}

/** A strict SMTP server over a world; it doesn't listen yet. @throws {ConfigError} smtp-server is not installed */
export async function mailServer(world: MailWorld): Promise<SMTPServer> {
  const { account, faults, calls, now } = world;
  const Server = await loadServer();
  const told = (on: Step, code: number | undefined) => calls.push({ on, code, at: now() });
  const hangUp = (session: SMTPServerSession) => {
    for (const connection of server.connections) if (connection.id === session.id) connection._socket.destroy();
  };

  /** Strikes with the fault of a step, if there is one; else answers by itself. */
  const step = (on: Step, session: SMTPServerSession, callback: Callback, judge: () => Error | undefined) => {
    const fault = faults.take((one) => one.on === on || one.on === "*");
    if (fault) return strike(fault, on, session, callback);
    const refusal = judge();
    told(on, refusal && "responseCode" in refusal ? Number(refusal.responseCode) : 250);
    callback(refusal);
  };
  const strike = (fault: EmailFault, on: Step, session: SMTPServerSession, callback: Callback) => {
    const { kind, code = 451, status = `${String(code)[0]}.0.0` } = fault;
    told(on, kind === "reply" ? code : undefined);
    if (kind === "reply") callback(reply(code, status));
    else if (kind.endsWith("drop")) hangUp(session);
  };

  const options: SMTPServerOptions = {
    name: "mx.example",
    banner: "RecallKit simulator",
    authMethods: ["PLAIN", "LOGIN"],
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    hideDSN: false,
    size: account.maxBytes ?? 1024 * 1024,
    rejectOversized: true,
    closeTimeout: 1,
    logger: false,
    onConnect: (session, callback) => step("connect", session, callback, () => undefined),
    onAuth({ username, password }, session, callback) {
      const isRight = username === account.user && password === account.pass;
      const settle: Callback = (error) => callback(error, error ? undefined : { user: account.user });
      step("login", session, settle, () => (isRight ? undefined : reply(535, "5.7.8")));
    },
    onMailFrom({ address }, session, callback) {
      const domain = address.slice(address.lastIndexOf("@") + 1);
      const isOwn = account.domains?.includes(domain) ?? true;
      step("sender", session, callback, () => (isOwn ? undefined : reply(553, "5.7.1")));
    },
    onRcptTo({ address }, session, callback) {
      step("recipient", session, callback, () => {
        const word = wordOf(address);
        const refusal = RECIPIENTS[word];
        if (refusal) return reply(...refusal);
        if (word !== "greylisted" || world.greylisted.has(address)) return undefined;
        world.greylisted.add(address);
        return reply(450, "4.7.1");
      });
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks).toString("latin1");
        if (stream.sizeExceeded) return callback();
        void ended(raw, session, callback);
      });
    },
  };

  async function ended(raw: string, session: SMTPServerSession, callback: Callback): Promise<void> {
    const fault = faults.take((one) => one.on === "message" || one.on === "*");
    if (fault && !fault.kind.startsWith("take")) return strike(fault, "message", session, callback);
    const { envelope } = session;
    const [recipient] = envelope.rcptTo;
    const known: MailEnvelope = {
      id: world.mails.length + 1,
      envelopeFrom: envelope.mailFrom ? envelope.mailFrom.address : "",
      to: recipient?.address ?? "",
      envelopeId: envelope.dsn?.envid ?? undefined,
      isEncrypted: session.secure,
      takenAt: now(),
    };
    const read = await readMail(raw, known, account.dkimPublicKey);
    const refusal =
      "mail" in read ? (wordOf(known.to) === "spam" ? reply(554, "5.7.1") : undefined) : reply(read.code, read.status);
    if ("mail" in read && !refusal) {
      // Two sessions may end at once: the number is taken with the place.
      const mail = { ...read.mail, id: world.mails.length + 1 };
      world.mails.push(mail);
      world.onMail(mail);
    }
    if (fault) return strike(fault, "message", session, callback);
    told("message", refusal ? Number(refusal.responseCode) : 250);
    callback(refusal);
  }

  const server = new Server(options);
  // Clients hang up as they like.
  server.on("error", () => undefined);
  return server;
}

async function loadServer(): Promise<typeof SMTPServer> {
  try {
    return (await import("smtp-server")).SMTPServer;
  } catch (cause) {
    throw new ConfigError("config.missing", "smtp-server", "the simulator of mail needs the package smtp-server", {
      hint: "npm install --save-dev smtp-server",
      cause,
    });
  }
}
