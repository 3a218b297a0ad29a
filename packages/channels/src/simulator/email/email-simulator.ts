import { type FaultScript, faultScript } from "../fault-script.js";
import {
  foreignPageAnswer,
  jsonAnswer,
  type LocalAnswer,
  type LocalRequest,
  localServer,
  notFound,
  pageAnswer,
} from "../local-server.js";
import { type NoticeKind, noticeOf } from "./delivery-notices.js";
import { type EmailFault, emailFaultSchema } from "./email-faults.js";
import { mailboxPage, mailPage } from "./mail-pages.js";
import { type MailAccount, type MailWorld, mailServer, type SmtpCall, wordOf } from "./smtp-server.js";
import { oneClickLink, type TakenMail } from "./taken-mail.js";

/** Options of {@link startEmailSimulator}; every one has a default. */
export interface EmailSimulatorOptions {
  /** TCP port of SMTP on 127.0.0.1; 0: any free one. @default 0 */
  readonly smtpPort?: number | undefined;
  /** TCP port of the pages. @default 0 */
  readonly port?: number | undefined;
  /** @default user `simulator` with the password `simulator-password`, any sender */
  readonly account?: MailAccount | undefined;
  /** Epoch ms. @default the system clock */
  readonly clock?: { now(): number } | undefined;
  /** Posts to the link of one-click unsubscribing, as a mail client does. @returns the status @default by fetch */
  readonly post?: ((url: string, body: string) => Promise<number>) | undefined;
}

/** What really happened. */
export interface EmailLedger {
  /** Mails that were taken, oldest first. */
  readonly mails: readonly TakenMail[];
  /** Steps of sessions, with the code that was answered. */
  readonly calls: readonly SmtpCall[];
  /** Mails by address; more than one is a double. */
  sentPerAddress(): ReadonlyMap<string, number>;
}

/** A running simulator. */
export interface EmailSimulator {
  readonly host: "127.0.0.1";
  /** Of SMTP. */
  readonly smtpPort: number;
  /** Of the pages: what the mailboxes received. */
  readonly url: string;
  readonly faults: FaultScript<EmailFault>;
  readonly ledger: EmailLedger;
  /** Mails that wait for the sender of the envelope, raw: bounces and complaints. Reading takes them away. */
  takeNotices(): readonly string[];
  /** Sends a notice about a mail back. @param status enhanced, `5.2.2` */
  notify(mail: TakenMail, kind: NoticeKind, status?: string): void;
  /** Presses "unsubscribe" as a mail client would: a POST, without asking the person. @returns the status; undefined: there is no link */
  unsubscribe(mail: TakenMail): Promise<number | undefined>;
  /** Stops both servers. May be repeated. */
  close(): Promise<void>;
}

/**
 * A strict SMTP server with mailboxes: it wants a login, whole headers, lines that are not too long, signatures where a key
 * is given, keeps a ledger of what really happened, and shows on `/` what arrived. State is in memory.
 *
 * For tests and demos only: it listens on 127.0.0.1, its pages ask for no login, and nothing is sent to anybody. Addresses
 * that begin with `unknown`, `closed`, `full` are refused, `greylisted` is put off once, `spam` is refused after its data;
 * mails to `bounce`, `late` and `complaint` come back.
 *
 * @throws {ConfigError} `config.missing`: the package smtp-server is not installed
 * @throws the system's error when a port is taken
 */
export async function startEmailSimulator(options: EmailSimulatorOptions = {}): Promise<EmailSimulator> {
  const { account = { user: "simulator", pass: "simulator-password" }, post = postByFetch } = options;
  const now = options.clock ? () => options.clock?.now() ?? 0 : () => Date.now();
  const faults = faultScript<EmailFault>((fault) => emailFaultSchema.parse(fault));
  let notices: string[] = [];
  const notify = (mail: TakenMail, kind: NoticeKind, status?: string) => {
    notices.push(noticeOf(mail, kind, status));
  };
  const world: MailWorld = {
    now,
    account,
    faults,
    mails: [],
    calls: [],
    greylisted: new Set(),
    onMail(mail) {
      const kind = NOTICES[wordOf(mail.to)];
      if (kind) notify(mail, kind);
    },
  };
  const smtp = await mailServer(world);
  const smtpPort = await new Promise<number>((resolve, reject) => {
    smtp.server.once("error", reject);
    smtp.listen(options.smtpPort ?? 0, "127.0.0.1", () => {
      const address = smtp.server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const unsubscribe = async ({ headers }: TakenMail) => {
    const link = headers["list-unsubscribe-post"] === undefined ? undefined : oneClickLink(headers);
    return link === undefined ? undefined : post(link, "List-Unsubscribe=One-Click");
  };
  const pages = await localServer(options.port ?? 0, (request) => answer(world, unsubscribe, request));
  let closed: Promise<void> | undefined;
  return {
    host: "127.0.0.1",
    smtpPort,
    url: pages.url,
    faults,
    ledger: {
      get mails() {
        return world.mails;
      },
      get calls() {
        return world.calls;
      },
      sentPerAddress() {
        const counts = new Map<string, number>();
        for (const { to } of world.mails) counts.set(to, (counts.get(to) ?? 0) + 1);
        return counts;
      },
    },
    takeNotices() {
      const waiting = notices;
      notices = [];
      return waiting;
    },
    notify,
    unsubscribe,
    close() {
      closed ??= Promise.all([
        pages.close(),
        new Promise<void>((resolve) => {
          smtp.close(() => resolve());
          for (const connection of smtp.connections) connection._socket.destroy();
        }),
      ]).then(() => undefined);
      return closed;
    },
  };
}

const NOTICES: Readonly<Record<string, NoticeKind>> = { bounce: "bounce", late: "delay", complaint: "complaint" };

async function answer(
  world: MailWorld,
  unsubscribe: EmailSimulator["unsubscribe"],
  { route, url, body }: LocalRequest,
): Promise<LocalAnswer> {
  const mail = world.mails.find(({ id }) => String(id) === url.searchParams.get("id"));
  if (route === "GET /" || route === "GET /inbox")
    return pageAnswer(mailboxPage(world.mails, url.searchParams.get("to")));
  if (route === "GET /mail" && mail) return pageAnswer(mailPage(mail, url.searchParams.get("told")));
  if (route === "GET /html" && mail?.html !== undefined) return foreignPageAnswer(mail.html);
  if (route === "GET /raw" && mail) return { status: 200, body: mail.raw, type: "text/plain; charset=utf-8" };
  if (route === "POST /unsubscribe" && mail) {
    const status = await unsubscribe(mail).catch(() => undefined);
    return { status: 303, body: "", headers: { location: `/mail?id=${mail.id}&told=${status ?? "none"}` } };
  }
  if (route === "GET /__simulator/ledger") return jsonAnswer({ mails: world.mails, calls: world.calls });
  if (route === "POST /__simulator/faults") {
    try {
      const script: unknown = JSON.parse(body);
      for (const fault of Array.isArray(script) ? script : [script]) world.faults.push(emailFaultSchema.parse(fault));
      return jsonAnswer(world.faults.waiting());
    } catch {
      return { status: 400, body: "bad fault", type: "text/plain" };
    }
  }
  return notFound;
}

async function postByFetch(url: string, body: string): Promise<number> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return (await fetch(url, { method: "POST", body, headers, redirect: "manual" })).status;
}
