import { createCallbackHandler } from "@recallkit/wecom";
import { outgoingCallbacks } from "@recallkit/wecom/simulator";

// All three are shown by the console of WeCom where the app receives messages.
const account = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  receiveId: "ww-simulator",
};

// Mount it at any address: (Request) => Promise<Response>.
const handler = createCallbackHandler({
  ...account,
  async onEvent(event, { reply }) {
    if (event.kind === "add_external_contact") console.log("new contact:", event.externalUserId, event.state);
    if (event.kind === "del_follow_user") console.log("no friend any more:", event.externalUserId);
    if (event.kind === "text") reply({ kind: "text", content: `喵～ ${event.content}` });
  },
});

// WeCom, as it really is: everything comes twice, and in any order.
const wecom = outgoingCallbacks({ ...account, to: handler });
console.log("verified:", await wecom.verify());
const contact = { Event: "change_external_contact", UserID: "lisi", ExternalUserID: "wm-mimi" };
wecom.tell({ ...contact, ChangeType: "add_external_contact", State: "spring" });
wecom.tell({ ...contact, ChangeType: "del_follow_user" });
await wecom.deliver({ copies: 2 });

const forged = await handler(new Request("https://shop.example/callback?msg_signature=x&timestamp=1&nonce=1"));
console.log("forged:", forged.status);
