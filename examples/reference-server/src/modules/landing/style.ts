/** Style of the pages; `--brand` and `--brand-dark` are the merchant's. In the page itself, so that it costs no request. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f6f3ef;--card:#fff;--ink:#1c1a18;--soft:#635d56;--line:#e4ddd4;--accent:var(--brand)}
@media(prefers-color-scheme:dark){:root{--page:#121417;--card:#1a1d21;--ink:#f1eee9;--soft:#b3aca3;--line:#33383f;--accent:var(--brand-dark)}}
*{box-sizing:border-box}
html{font-size:16px;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;overflow-wrap:anywhere}
main{max-width:28rem;margin:0 auto;padding:1.25rem 1rem 2.5rem;min-height:100vh;display:flex;flex-direction:column}
header{display:flex;align-items:center;gap:.6rem;margin-bottom:1rem;font-weight:600}
header img{width:2.25rem;height:2.25rem;border-radius:.5rem;object-fit:cover;background:var(--card)}
.hello{margin:0 0 .75rem;color:var(--soft)}
.card{position:relative;background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:1.5rem 1.25rem;text-align:center}
.card::before{content:"";position:absolute;inset:0 0 auto;height:.4rem;border-radius:1rem 1rem 0 0;background:var(--brand)}
h1{font-size:1.375rem;line-height:1.35;margin:.25rem 0}
.worth{font-size:1.75rem;line-height:1.3;font-weight:700;color:var(--accent);margin:.5rem 0 0}
.from,.until,.note{color:var(--soft);margin:.15rem 0}
.until{font-size:.9375rem;font-variant-numeric:tabular-nums}
.cut{border:0;border-top:2px dashed var(--line);margin:1.1rem -1.25rem;position:relative}
.code{display:block;font:700 1.5rem/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.06em;margin:.15rem 0 .75rem;user-select:all;-webkit-user-select:all}
form{margin:0}
label{display:block;text-align:left;font-size:.9375rem;color:var(--soft);margin:0 0 .75rem}
input{display:block;width:100%;min-height:2.875rem;margin-top:.25rem;padding:.5rem .75rem;font:inherit;color:var(--ink);background:var(--page);border:1px solid var(--soft);border-radius:.6rem}
.codes input{font-family:ui-monospace,Menlo,Consolas,monospace;letter-spacing:.12em;text-transform:uppercase;text-align:center}
button,.button{display:block;width:100%;min-height:2.875rem;padding:.6rem 1rem;font:inherit;font-size:1.0625rem;font-weight:600;text-align:center;text-decoration:none;border-radius:.7rem;border:1px solid var(--brand);background:var(--brand);color:#fff;cursor:pointer}
button+button,form+form{margin-top:.75rem}
.plain{background:transparent;color:var(--accent);border-color:var(--accent)}
button:disabled{opacity:.65;cursor:default}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
details{margin-top:1rem;padding:.25rem 0;border-bottom:1px solid var(--line)}
summary{min-height:2.75rem;padding:.6rem 0;cursor:pointer;color:var(--soft)}
details p{margin:0 0 .75rem;white-space:pre-line;color:var(--soft)}
footer{margin-top:auto;padding-top:1.5rem;text-align:center;font-size:.9375rem;color:var(--soft)}
footer a{display:inline-block;padding:.6rem .5rem;color:var(--soft)}
.mark{font-size:2.5rem;line-height:1;margin:.25rem 0 .5rem;color:var(--soft)}
`.trim();
