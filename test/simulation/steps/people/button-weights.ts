// How readily an admin taps which button. What cannot be taken back is tapped, but seldom: a history must not become a heap of
// overrides.

const weights: readonly (readonly [RegExp, number])[] = [
  [/^(?:Acknowledge|Take it)$/, 4],
  [/^Snooze/, 2],
  [/^Check again$/, 3],
  [/^(?:Open order|Resolve|Order T-|T-\d+)/, 5],
  [/^(?:Mark paid|Mark received|Write off|Reject|Cancel order|It went back|It did not go)/, 0.6],
  [/^(?:Refund|Discard|Remove|Mark delivered)/, 2],
  [/^(?:Accept|Keep|Link to|Take their word|Ask for the rest|New)/, 2.5],
  [/^(?:Ignore|Our records)/, 1],
  [/^Yes/, 6],
  [/^Write a reason$/, 3],
  [/^(?:Undo|Stop waiting)$/, 1.5],
  // What only shows something.
  [/^(?:‹|•|\d+ d$|Refresh|Redraw|Check now|Check quarantine|Chart|Verify|Export|Attention|Awaiting|Paid$|All$)/, 0.7],
  [/^(?:Change|Another currency)/, 0.7],
];
const usualWeight = 2;

export function weightOf(text: string): number {
  return weights.find(([words]) => words.test(text))?.[1] ?? usualWeight;
}
