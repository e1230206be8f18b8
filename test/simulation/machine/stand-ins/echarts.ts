// Charts that nobody looks at: drawing one takes longer than all else that an admin's tap sets off.

export function init(): { setOption(option: unknown): void; renderToSVGString(): string; dispose(): void } {
  return { setOption: () => undefined, renderToSVGString: () => '<svg/>', dispose: () => undefined };
}
