// Characters of column names and status words as they are written in Hong Kong and Taiwan, each before its simplified form.
const PAIRS =
  "單单 訂订 編编 號号 碼码 戶户 員员 會会 買买 賣卖 時时 間间 額额 實实 際际 應应 總总 價价 計计 數数 狀状 態态 電电 話话 機机 聯联 絡络 繫系 郵邮 " +
  "產产 類类 別别 倉仓 庫库 鋪铺 門门 稱称 暱昵 貨货 發发 簽签 關关 閉闭 銷销 費费 結结 運运 備备 註注 帳账 賬账 顧顾 幣币 種种 " +
  "縣县 區区 處处 確确 認认 進进 轉转 還还 無无 為为 後后 個个 開开 達达 經经 錄录 購购 貸贷 邊边 隊队 陸陆 雜杂 離离 題题 營营 業业 項项";

const SIMPLIFIED: ReadonlyMap<string, string> = new Map(
  PAIRS.split(" ").map(([traditional = "", simplified = ""]): [string, string] => [traditional, simplified]),
);
const TRADITIONAL = new RegExp(`[${[...SIMPLIFIED.keys()].join("")}]`, "gu");

/** A name or word with its traditional characters simplified, as far as shops' columns and statuses have them. */
export function simplified(text: string): string {
  return text.replace(TRADITIONAL, (character) => SIMPLIFIED.get(character) ?? character);
}
