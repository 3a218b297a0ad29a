/** What the tests use of split-sms, which has no types of its own. */
declare module "split-sms" {
  interface Split {
    readonly characterSet: "GSM" | "Unicode";
    readonly parts: readonly { readonly bytes: number }[];
  }
  const calculator: { readonly split: (text: string) => Split };
  export = calculator;
}
