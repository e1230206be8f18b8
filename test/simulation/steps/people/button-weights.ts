// How readily an admin taps which button. What cannot be taken back is tapped, but seldom: a history must not become a heap of
// overrides.

const weights: readonly (readonly [RegExp, number])[] = [
  [/^(?:Acknowledge|Take it)$/, 6],
  [/^Snooze/, 2],
  [/^(?:Check again|Ask again now|Check quarantine)$/, 3],
  [/^(?:Open order|Resolve…|T-\d+)/, 4],
  [/^(?:Mark paid|Mark received|Write off|Reject|Cancel order|It went back|It did not go)/, 0.4],
  [/^(?:Refund|Discard|Remove)/, 0.8],
  [/^Mark delivered$/, 0.8],
  [/^(?:Accept|Keep|Link to|Take their word|Ask for the rest|New)/, 1.5],
  [/^(?:Ignore|Our records)/, 0.8],
  [/^Yes/, 6],
  [/^Write a reason$/, 3],
  [/^(?:No, go back|Leave it)$/, 2],
  [/^(?:Undo|Stop waiting)$/, 1],
  [/^‹/, 0.7],
];
const usualWeight = 2;

export function weightOf(text: string): number {
  return weights.find(([words]) => words.test(text))?.[1] ?? usualWeight;
}
