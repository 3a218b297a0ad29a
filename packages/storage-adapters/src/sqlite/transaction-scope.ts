import type { AsyncScope } from "@recallkit/core/ports";
import type { Kysely } from "kysely";
import type { WriteTransaction } from "./write-transaction.js";

/** What the code inside one `transaction()` call shares; filled while the transaction begins. */
export interface TransactionScope<DB> {
  transaction?: WriteTransaction;
  kysely?: Kysely<DB>;
}

/** Carries the scope along the asynchronous calls of the callback. */
export type TransactionScopes<DB> = AsyncScope<TransactionScope<DB>>;

/** The transaction that the current code runs in; one that has ended does not count. */
export function openTransaction<DB>(scopes: TransactionScopes<DB>): WriteTransaction | undefined {
  const transaction = scopes.get()?.transaction;
  return transaction?.isOpen ? transaction : undefined;
}
