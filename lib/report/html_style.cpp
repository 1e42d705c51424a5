#include "report/html_look.h"

namespace aztriage::report {

const std::string_view kStyleSheet = R"css(
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d5dae0;--band:#f5f7f9;--accent:#0b57a4;
--good:#1a7f37;--bad:#b42318;--warn:#8a5a00;--good-band:#e9f7ee;--bad-band:#fdeeec;--warn-band:#fdf4e0;
--p0:#0b57a4;--p1:#2f8f83;--p2:#8e5bb5;--p3:#c2741d;--p4:#5b6b7b}
@media (prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e3e7ec;--soft:#9aa5b1;--line:#313942;--band:#1c2228;
--accent:#7cb8f5;--good:#5fce80;--bad:#ff8b7e;--warn:#e5b454;--good-band:#14281b;--bad-band:#321a18;--warn-band:#2d2412;
--p0:#5ba3ec;--p1:#4fb8aa;--p2:#b58ad9;--p3:#dd9a4f;--p4:#8797a7}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
body{max-width:62rem;margin:0 auto;padding:2rem 1.25rem 3rem;overflow-wrap:break-word}
header{border-bottom:2px solid var(--accent);padding-bottom:1rem;margin-bottom:1.25rem}
.kind{margin:0;color:var(--accent);font-weight:600;font-size:.85rem;letter-spacing:.04em;text-transform:uppercase}
h1{font-size:1.75rem;line-height:1.25;margin:.25rem 0 .75rem}
h2{font-size:1.2rem;margin:2.25rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0}
a{color:var(--accent)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em;overflow-wrap:anywhere}
td code,dd code,p code{background:var(--band);border-radius:3px;padding:.05em .3em}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:0;padding:0;font-size:.9rem}
dl{margin:.75rem 0;font-size:.94rem}
dl>div{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:.15rem 1rem;padding:.22rem 0;border-bottom:1px solid var(--line)}
dl>div:last-child{border-bottom:0}
dt{color:var(--soft)}
dd{margin:0;min-width:0;overflow-wrap:anywhere}
header dl{display:flex;flex-wrap:wrap;gap:.35rem 1.75rem;margin:0}
header dl>div{display:block;border:0;padding:0}
header dt{font-size:.78rem}
.callout{border-left:5px solid var(--soft);background:var(--band);border-radius:0 6px 6px 0;padding:.75rem 1rem;margin:.75rem 0 1.25rem}
.callout p{margin:.3rem 0}
.callout .word{font-weight:700;font-size:1.05rem}
.callout strong{font-size:1.05rem}
.callout.good{border-color:var(--good);background:var(--good-band)}.callout.good .word{color:var(--good)}
.callout.bad{border-color:var(--bad);background:var(--bad-band)}.callout.bad .word{color:var(--bad)}
.callout.warn{border-color:var(--warn);background:var(--warn-band)}.callout.warn .word{color:var(--warn)}
.badge{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:0 .55em;font-size:.8em;font-weight:600;white-space:nowrap;color:var(--soft)}
.badge.good{color:var(--good)}.badge.bad{color:var(--bad)}.badge.warn{color:var(--warn)}
.wide{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th{text-align:left;color:var(--soft);font-weight:600;border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;vertical-align:bottom}
td{border-bottom:1px solid var(--line);padding:.4rem .6rem .4rem 0;vertical-align:top;font-variant-numeric:tabular-nums}
th,.short{white-space:nowrap}
tbody tr:last-child td{border-bottom:0}
figure{margin:.6rem 0}
figure.code{border:1px solid var(--line);border-radius:6px;overflow:hidden}
figure.code figcaption{font-size:.78rem;color:var(--soft);background:var(--band);padding:.15rem .7rem;border-bottom:1px solid var(--line)}
pre{margin:0;padding:.55rem .7rem;white-space:pre-wrap;overflow-wrap:anywhere}
figure.chart{margin:.75rem 0 1.25rem}
figure.chart figcaption{font-size:.85rem;color:var(--soft)}
svg{display:block;width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
svg text{fill:var(--ink)}svg .soft{fill:var(--soft)}svg .end{text-anchor:end}
svg .grid{stroke:var(--line);stroke-width:1}
svg .p0{fill:var(--p0)}svg .p1{fill:var(--p1)}svg .p2{fill:var(--p2)}svg .p3{fill:var(--p3)}svg .p4{fill:var(--p4)}
svg .m-plain{fill:var(--p0)}svg .m-good{fill:var(--good)}svg .m-bad{fill:var(--bad)}svg .m-warn{fill:var(--warn)}
svg .b-bad{fill:none;stroke:var(--bad);stroke-width:2}
footer{margin-top:2.5rem;padding-top:.75rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
@media screen and (max-width:40rem){body{padding:1.25rem 1rem 2rem}dl>div{grid-template-columns:1fr;gap:0}
figure.chart{overflow-x:auto}figure.chart svg{min-width:38rem}figure.chart figcaption{position:sticky;left:0}}
@page{margin:16mm 14mm}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--band:#f3f3f3;--accent:#0b57a4;
--good:#1a7f37;--bad:#b42318;--warn:#8a5a00;--good-band:#f3f9f5;--bad-band:#fdf4f3;--warn-band:#fdf8ec;
--p0:#0b57a4;--p1:#2f8f83;--p2:#8e5bb5;--p3:#c2741d;--p4:#5b6b7b}
html{font-size:10pt}body{max-width:none;padding:0}nav{display:none}.wide{overflow:visible}
h2,h3,figcaption,.word{break-after:avoid}tr,figure,.callout,dl>div{break-inside:avoid}thead{display:table-header-group}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

}  // namespace aztriage::report
