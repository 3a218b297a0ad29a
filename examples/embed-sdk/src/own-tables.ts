import { createRecallKit } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";

// Tables of your own, migrated together with RecallKit's.
const shop = {
  id: "shop",
  steps: [
    { name: "create-notes", sql: ["CREATE TABLE shop_notes (customer_key TEXT PRIMARY KEY, note TEXT NOT NULL)"] },
  ],
};
type ShopTables = {
  shop_notes: { customer_key: string; note: string };
};

const stores = await sqliteStores({ file: ":memory:", migrate: true, sets: [shop] });
const kit = createRecallKit({ stores });

async function addCustomer(key: string, note: string): Promise<void> {
  await stores.transaction(async (tx) => {
    await kit.customers.upsert([{ externalKey: key }]);
    await tx.sql.withTables<ShopTables>().insertInto("shop_notes").values({ customer_key: key, note }).execute();
    if (note === "") throw new Error("a note is needed");
  });
}

await addCustomer("mimi", "likes salmon");
await addCustomer("doudou", "").catch((error: Error) => console.log(error.message));
const notes = await stores.sql.withTables<ShopTables>().selectFrom("shop_notes").selectAll().execute();
console.log(`${await kit.audience.count({ segment: { everybody: true } })} customer, ${notes.length} note`);
await kit.close();
