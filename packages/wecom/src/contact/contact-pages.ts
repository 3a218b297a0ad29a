import type { Api, CallOptions } from "../api.js";
import { brokenAnswer, isRefusal } from "../call-errors.js";
import { BAD_PARAMETER } from "../error-map.js";
import { contactPageSchema, type ListedContact } from "./answers.js";

const PATH = "externalcontact/batch/get_by_user";
/** Members per call; 64 were the most that WeCom took when 100 were documented. @see https://developer.work.weixin.qq.com/document/path/92994 */
const MEMBERS_PER_CALL = 50;
/** Customers per page; WeCom takes more for this many. */
const MOST_PER_PAGE = 100;
const MOST_PAGES = 100_000;

/** Some customers, and where to go on. */
export interface ContactPage {
  readonly contacts: readonly ListedContact[];
  /** Members whose customers may not be read, for want of a licence. */
  readonly unlicensed: readonly string[];
  /** Cursor of the next page of these members; undefined: their last page. */
  readonly cursor: string | undefined;
}

/** Where to begin, and how much to take. */
export interface ContactPageOptions extends CallOptions {
  /** Of a page of the same members that was read before; takes no more than 50 of them. @default the beginning */
  readonly cursor?: string | undefined;
  /** Customers per page, 1 … 100. @default 100 */
  readonly limit?: number | undefined;
}

/** Pages of customers, one call at a time. @throws {ChannelError} a cursor comes again, or WeCom refuses */
export async function* contactPages(
  api: Api,
  userids: readonly string[],
  options: ContactPageOptions = {},
): AsyncGenerator<ContactPage, void, undefined> {
  const { cursor, limit = MOST_PER_PAGE, ...callOptions } = options;
  for (let from = 0; from < userids.length; from += MEMBERS_PER_CALL) {
    const members = userids.slice(from, from + MEMBERS_PER_CALL);
    const pages = pagesOf(api, members, Math.min(limit, MOST_PER_PAGE), from === 0 ? cursor : undefined, callOptions);
    let isFirst = true;
    try {
      for await (const page of pages) {
        isFirst = false;
        yield page;
      }
    } catch (error) {
      if (!isFirst || members.length === 1 || !isRefusal(error, BAD_PARAMETER)) throw error;
      for (const member of members) yield* pagesOf(api, [member], limit, undefined, callOptions);
    }
  }
}

async function* pagesOf(
  api: Api,
  userid_list: readonly string[],
  limit: number,
  first: string | undefined,
  options: CallOptions,
): AsyncGenerator<ContactPage, void, undefined> {
  const seen = new Set<string>();
  for (let cursor = first; ; ) {
    const body = { userid_list, limit, ...(cursor && { cursor }) };
    const answer = await api.read(PATH, { body, answer: contactPageSchema, maxMebibytes: 16 }, options);
    cursor = answer.next_cursor || undefined;
    const unlicensed = answer.fail_info?.unlicensed_userid_list ?? [];
    yield { contacts: answer.external_contact_list, unlicensed, cursor };
    if (cursor === undefined) return;
    if (seen.has(cursor) || seen.size >= MOST_PAGES) {
      throw brokenAnswer("get_by_user", "harmless", "with a cursor that leads nowhere");
    }
    seen.add(cursor);
  }
}
