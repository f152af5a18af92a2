/** The page's whole style: system fonts, nothing to load. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fbfbf9;--card:#fff;--ink:#1c1d1f;--dim:#5d6167;--rule:#dddfe2;--accent:#0b62a8;
--delete:#b3261e;--assign:#0b7a3b;--clear:#7a3db8;--grow:#946200;--access:#0b62a8;--iterate:#0e7a83;--up:#b3261e;--down:#0b7a3b}
@media (prefers-color-scheme:dark){:root{--bg:#141517;--card:#1b1d20;--ink:#e7e8ea;--dim:#a2a7ae;--rule:#34383e;--accent:#7cb8ee;
--delete:#f2857d;--assign:#6cc98f;--clear:#c49bee;--grow:#e0b04c;--access:#7cb8ee;--iterate:#6fc7cf;--up:#f2857d;--down:#6cc98f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 48px}
h1{font-size:22px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:16px;margin:32px 0 8px}
p{margin:4px 0}
.sub,.none,.note{color:var(--dim)}
.note{font-size:13px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:12px 0 0;font-size:14px}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px}
.story{background:var(--card);border:1px solid var(--rule);border-left:4px solid var(--accent);border-radius:6px;padding:10px 16px;margin:8px 0}
.story ol{margin:0;padding-left:20px}
.story li{margin:8px 0;overflow-wrap:anywhere}
.story .why{display:block;color:var(--dim);font-size:13px}
.trouble{border-left-color:var(--up)}
.chart{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:8px}
.chart svg{display:block;width:100%;min-width:720px;height:auto}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}
svg .tick{fill:var(--dim);font-size:11px}
svg .name{font-weight:600}
svg .grid{stroke:var(--rule);stroke-width:1}
svg .base{stroke:var(--rule);stroke-width:1}
svg .line{fill:none;stroke:currentColor;stroke-width:1.6}
svg .area{fill:currentColor;opacity:.14}
svg .change{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:4 3}
svg .change-text{font-size:11px;font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:3px}
svg .mark{stroke:currentColor;stroke-width:2}
svg .profile{fill:var(--accent);opacity:.08}
.op-delete{color:var(--delete)}.op-assign{color:var(--assign)}.op-clear{color:var(--clear)}.op-grow,.mark-growth{color:var(--grow)}
.op-access{color:var(--access)}.op-iterate{color:var(--iterate)}.mark-race,.mark-loss,.mark-clock{color:var(--up)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;color:var(--dim);font-weight:600;font-size:13px;border-bottom:1px solid var(--rule);padding:4px 12px 4px 0;white-space:nowrap}
td{border-bottom:1px solid var(--rule);padding:5px 12px 5px 0;vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.what{overflow-wrap:anywhere;min-width:180px}
td.op{white-space:nowrap;font-weight:600}
.type{display:block;color:var(--dim);font-size:12px}
.up{color:var(--up)}.down{color:var(--down)}
footer{margin-top:40px;color:var(--dim);font-size:13px}
@media (max-width:600px){main{padding:16px 12px 32px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:6px}
table.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.cards tr{display:block;border-bottom:1px solid var(--rule);padding:6px 0}
table.cards td{display:flex;justify-content:space-between;gap:12px;border:0;padding:1px 0;text-align:right}
table.cards td.what,table.cards td.op{display:block;text-align:left}
table.cards td[data-name]::before{content:attr(data-name);color:var(--dim);text-align:left}}
@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--dim:#444;--rule:#bbb}body{font-size:11px}main{max-width:none;padding:0}
h2{break-after:avoid}tr,.story li,.chart{break-inside:avoid}.chart svg{min-width:0}}
`;
