#include "report/style_sheet.h"

#include <fmt/format.h>

namespace condenser::report {

// q: filled squares, p: stroked runs, f: swatches of the scale; 1 is weak, 6 strong. Nothing that lives is as pale as
// the room it stands in. Curves differ in their dashes, too.
const char* const kStyleSheet = R"(
:root { color-scheme: light dark; --page: #f3f5f8; --panel: #ffffff; --border: #d3d9e0; --text: #1b2128; --muted: #586471;
  --dense: #1b6fb5; --condensed: #b86a00; --test: #1a8058; --train: #5a6673; --steps: #c6ced7; --speed: #7d4fa8;
  --error: #b93434; --grid: #e6eaef; --mark: #7a8694; --room: #f1f3f6;
  --l1: #f5cf94; --l2: #eab365; --l3: #d69236; --l4: #b86a00; --l5: #8a4a00; --l6: #552c00;
  --s0: #0072b2; --s1: #b86a00; --s2: #007a59; --s3: #a8508a; --s4: #7d6f00; --s5: #bf4400; --s6: #4a55c4; --s7: #505860; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #15191e; --panel: #1c2127; --border: #323a44;
  --text: #e8ecf0; --muted: #9aa5b1; --dense: #5fb3f0; --condensed: #f0a33a; --test: #3fc08f; --train: #b4bdc8;
  --steps: #47515c; --speed: #c9a6e4; --error: #f08080; --grid: #2a3139; --mark: #8a96a3; --room: #232a31;
  --l1: #5d4422; --l2: #8a5f20; --l3: #b97c25; --l4: #f0a33a; --l5: #f9c477; --l6: #fff0d6;
  --s0: #56b4e9; --s1: #e69f00; --s2: #2fbf9b; --s3: #d98cb8; --s4: #f0e442; --s5: #ff8552; --s6: #9aa8ff; --s7: #c0c7cf; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 26px; line-height: 1.25; margin: 8px 0 4px; overflow-wrap: anywhere; unicode-bidi: isolate; }
h2 { font-size: 21px; margin: 40px 0 4px; overflow-wrap: anywhere; unicode-bidi: isolate; }
h3 { font-size: 16px; margin: 0 0 12px; }
h4 { font-size: 14px; margin: 20px 0 8px; }
p { margin: 4px 0 12px; }
a { color: var(--dense); }
section > :last-child { margin-bottom: 0; }
section { background: var(--panel); border: 1px solid var(--border); border-radius: 8px; padding: 16px 20px; margin: 16px 0; }
.muted, .caption { color: var(--muted); }
.caption, figcaption { font-size: 13px; }
.caption { margin-top: 12px; }
.problem { color: var(--error); }
.note { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; border-left: 3px solid var(--border); padding-left: 12px; }
.state { font-size: 13px; border: 1px solid var(--border); border-radius: 10px; padding: 1px 10px; vertical-align: middle;
  font-weight: normal; white-space: nowrap; color: var(--muted); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(228px, 1fr)); gap: 12px; margin: 16px 0; }
.card { background: var(--panel); border: 1px solid var(--border); border-radius: 8px; padding: 12px 16px; }
.card b { display: block; font-size: 20px; line-height: 1.3; font-variant-numeric: tabular-nums; }
.card span { color: var(--muted); font-size: 13px; }
.card i { font-style: normal; color: var(--dense); } .card em { font-style: normal; color: var(--condensed); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 20px 28px; }
h4:first-child { margin-top: 0; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 0 28px; }
figure { margin: 0; min-width: 0; } figure > figcaption:first-child { font-weight: 600; font-size: 14px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--grid); vertical-align: top; overflow-wrap: anywhere; unicode-bidi: isolate; }
th { font-weight: normal; color: var(--muted); } thead th { border-bottom-color: var(--border); vertical-align: bottom; }
.figures td, .figures th { text-align: right; overflow-wrap: normal; white-space: nowrap; }
.figures thead th { white-space: normal; }
.named th:first-child { text-align: left; white-space: normal; }
.epochs td:last-child { text-align: left; padding-left: 12px; }
.best-row td, .best-row th { font-weight: 600; color: var(--text); } tr.best-row td:last-child { color: var(--condensed); }
.step-row td:last-child { color: var(--condensed); }
.differs { color: var(--condensed); font-weight: 600; white-space: nowrap; }
pre { background: var(--room); border-radius: 6px; padding: 10px 12px; margin: 4px 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
svg { display: block; max-width: 100%; } svg text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: var(--muted); }
svg.chart, svg.whole { width: 100%; height: auto; }
svg.whole { margin: 8px 0; }
svg.sample { display: inline-block; width: 28px; height: 10px; vertical-align: middle; }
.legend { font-size: 13px; color: var(--muted); margin: 2px 0 4px; } .key { margin-right: 14px; display: inline-block; overflow-wrap: anywhere; unicode-bidi: isolate; }
.swatch { display: inline-block; width: 16px; height: 12px; vertical-align: -1px; margin-right: 1px; }
.swatch.room { border: 1px solid var(--border); margin-right: 4px; background: var(--room); }
.grid { stroke: var(--grid); fill: none; } .mark { stroke: var(--mark); stroke-dasharray: 4 4; fill: none; }
.badge { fill: var(--panel); stroke: var(--mark); } svg text.badge-text { fill: var(--text); }
.curve { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.train { stroke: var(--train); stroke-dasharray: 5 3; } .test { stroke: var(--test); stroke-width: 2; } .steps { stroke: var(--steps); stroke-width: 1; }
.kept { stroke: var(--condensed); stroke-width: 2; } .speed { stroke: var(--speed); }
circle.dot { fill: var(--panel); }
.best { fill: var(--test); stroke: var(--panel); stroke-width: 1.5; } svg text.best-text { fill: var(--text); font-weight: 600; }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); }
.s4 { stroke: var(--s4); } .s5 { stroke: var(--s5); } .s6 { stroke: var(--s6); } .s7 { stroke: var(--s7); }
.d1 { stroke-dasharray: 7 3; } .d2 { stroke-dasharray: 2 2; } .d3 { stroke-dasharray: 9 3 2 3; } .d4 { stroke-dasharray: 4 4; }
.d5 { stroke-dasharray: 12 4; } .d6 { stroke-dasharray: 1 3; } .d7 { stroke-dasharray: 8 2 2 2 2 2; }
.thin { stroke-width: .7; stroke-dasharray: none; opacity: .5; }
svg.plot { width: 100%; max-width: 860px; height: auto; margin: 0 auto 8px; } svg.plot text { font-size: 12px; }
.plot-grid { stroke: var(--grid); fill: none; } .plot-axis { stroke: var(--mark); fill: none; }
.plot-leader { stroke: var(--mark); stroke-width: .8; fill: none; }
svg text.plot-label { fill: var(--text); stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; paint-order: stroke; }
.plot-c0 { color: var(--s0); } .plot-c1 { color: var(--s1); } .plot-c2 { color: var(--s2); } .plot-c3 { color: var(--s3); }
.plot-c4 { color: var(--s4); } .plot-c5 { color: var(--s5); } .plot-c6 { color: var(--s6); } .plot-c7 { color: var(--s7); }
path.room { fill: var(--room); } .border { stroke: var(--mark); fill: none; } .strip { stroke: var(--mark); stroke-width: .5; fill: none; }
.q1 { fill: var(--l1); } .q2 { fill: var(--l2); } .q3 { fill: var(--l3); } .q4 { fill: var(--l4); } .q5 { fill: var(--l5); } .q6 { fill: var(--l6); }
.f1 { background: var(--l1); } .f2 { background: var(--l2); } .f3 { background: var(--l3); } .f4 { background: var(--l4); } .f5 { background: var(--l5); } .f6 { background: var(--l6); }
.p1, .p2, .p3, .p4, .p5, .p6 { fill: none; stroke-width: .86; }
.p1 { stroke: var(--l1); } .p2 { stroke: var(--l2); } .p3 { stroke: var(--l3); } .p4 { stroke: var(--l4); } .p5 { stroke: var(--l5); } .p6 { stroke: var(--l6); }
.layer-row { display: grid; grid-template-columns: 150px 1fr; gap: 12px; align-items: start; margin: 8px 0; break-inside: avoid; }
.layer-row p { margin: 0; font-size: 12px; line-height: 1.4; color: var(--muted); } .layer-row b { color: var(--text); }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px 20px; }
details { margin: 8px 0; } summary { cursor: pointer; } details[open] > summary { margin-bottom: 8px; }
ul.caption { margin: 12px 0 0; padding-left: 18px; } ul.caption li { margin: 2px 0; }
pre.lines { white-space: pre; overflow-x: auto; }
footer { color: var(--muted); font-size: 13px; margin-top: 32px; }
@media print { * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } body { font-size: 12px; background: var(--panel); }
  .charts, .pair { grid-template-columns: 1fr 1fr; } .maps { grid-template-columns: 1fr 1fr 1fr; } .cards { grid-template-columns: repeat(4, 1fr); } .card b { font-size: 16px; }
  main { max-width: none; padding: 0; } section { border: none; padding: 0; } figure, tr, .card { break-inside: avoid; }
  h2 { break-before: page; } h2:first-of-type { break-before: auto; } h3, h4 { break-after: avoid; } .scroll { overflow: visible; } }
)";

std::string curveClass(std::size_t colour, std::size_t dashes) {
    return fmt::format("s{} d{}", colour % 8, dashes % 8);
}

}  // namespace condenser::report
