import type { Clock, Logger } from "@recallkit/core";
import { isRefusal, notSent } from "../call-errors.js";
import type { WecomClient } from "../client.js";
import { NO_LICENCE } from "../error-map.js";

/** How long the contacts of members are remembered. */
const FRESH_MS = 300_000;
/** Lists read at once; more would not come sooner, and 45033 forbids many. */
const AT_ONCE = 4;
/** Errcodes of a member who can't be asked about: unknown, no right on them, out of range, no customer contact, no licence. */
const NO_MEMBER: readonly number[] = [60111, 60011, 60021, 84084, NO_LICENCE];

/** Which member sends to whom. */
export interface SenderBook {
  /** The member who sends to a customer; undefined: none of those asked about follows them. */
  senderOf(externalUserid: string): string | undefined;
}

/** Reads who follows whom. */
export interface FollowRelations {
  /**
   * Of some members, `["*"]` for all who may serve customers: one call of `externalcontact/list` each, remembered for 5 minutes.
   *
   * @throws {ChannelError} nobody knows at present; nothing was sent
   */
  among(members: readonly string[], signal: AbortSignal): Promise<SenderBook>;
}

/** Everybody who may serve customers. */
const ANY_MEMBER = "*";

/** Follow relations of a corp, as its app may see them. */
export function followRelations(
  client: Pick<WecomClient, "getFollowUserList" | "listExternalContacts">,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): FollowRelations {
  const books = new Map<string, { readonly until: number; readonly book: Promise<SenderBook> }>();

  async function contactsOf(member: string): Promise<readonly string[]> {
    try {
      return await client.listExternalContacts(member);
    } catch (error) {
      const errcode = NO_MEMBER.find((code) => isRefusal(error, code));
      if (errcode === undefined) throw error;
      // Left out, so that one who has left the corp does not keep the others from sending.
      logger.warn("wecom.sender-unusable", { errcode });
      return [];
    }
  }

  async function read(asked: readonly string[]): Promise<SenderBook> {
    const members = asked.includes(ANY_MEMBER) ? await client.getFollowUserList() : [...new Set(asked)];
    const senders = new Map<string, string>();
    const left = [...members];
    const walk = async () => {
      for (let member = left.shift(); member !== undefined; member = left.shift()) {
        for (const id of await contactsOf(member)) {
          const other = senders.get(id);
          if (other === undefined || isBefore(id, member, other)) senders.set(id, member);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, walk));
    return { senderOf: (id) => senders.get(id) };
  }

  return {
    async among(members, signal) {
      const now = clock.now();
      for (const [old, { until }] of books) if (until <= now) books.delete(old);
      const key = [...members].sort().join("|");
      const known = books.get(key);
      if (known) return orAborted(known.book, signal);
      const book = read(members);
      books.set(key, { until: now + FRESH_MS, book });
      book.catch(() => {
        if (books.get(key)?.book === book) books.delete(key);
      });
      return orAborted(book, signal);
    },
  };
}

/**
 * Of two members who follow a customer the one who sends: by a hash of both, so that it is always the same one, and customers whom
 * the same members follow are spread evenly over these.
 */
function isBefore(externalUserid: string, member: string, other: string): boolean {
  const [mine, theirs] = [hash(`${member}|${externalUserid}`), hash(`${other}|${externalUserid}`)];
  return mine < theirs || (mine === theirs && member < other);
}

/** FNV-1a with a last stir, without which texts that begin alike would come close to each other. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** Waits no longer than the caller; what is being read is still there for the next one. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(notSent(signal.reason));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    work
      .then(resolve, (error: unknown) => reject(notSent(error)))
      .finally(() => signal.removeEventListener("abort", leave));
  });
}
