import type { PGlite, Transaction } from "@electric-sql/pglite";

/** A transaction of PGlite that is ended from outside of its callback. */
export interface BegunTransaction {
  readonly tx: Transaction;
  /** @throws the error of COMMIT */
  end(how: "COMMIT" | "ROLLBACK"): Promise<void>;
}

/** Waits until nobody else has a transaction open, and begins one. */
export function begin(database: PGlite): Promise<BegunTransaction> {
  return new Promise((resolve, reject) => {
    const whole = database.transaction(
      (tx) =>
        new Promise<void>((leave) => {
          resolve({
            tx,
            async end(how) {
              // Also when it fails: nobody could begin another one while this callback runs.
              if (how === "ROLLBACK") await tx.rollback().finally(leave);
              leave();
              await whole;
            },
          });
        }),
    );
    whole.catch(reject);
  });
}
